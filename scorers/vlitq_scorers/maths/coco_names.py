"""The names by which English texts call the 80 object classes of COCO."""

from __future__ import annotations

from collections.abc import Iterable

# A class, then its other names; "_" stands for a space. Plurals are made by rule, and given where that fails.
_CLASSES = """
person: people man woman child children boy girl kid baby babies toddler infant teenager adult lady ladies guy gentleman
  individual human player skier snowboarder surfer skateboarder skater cyclist bicyclist biker motorcyclist rider jockey
  pedestrian passenger driver worker chef waiter waitress policeman police_officer officer soldier farmer student
  teacher doctor nurse tourist spectator athlete batter umpire referee bride groom fisherman firefighter fireman cowboy
  musician customer mother father brother sister grandmother grandfather crowd
bicycle: bike tricycle unicycle mountain_bike
car: automobile sedan suv taxi cab minivan van jeep hatchback limousine limo sports_car
motorcycle: motorbike motor_bike motor_cycle moped scooter dirt_bike
airplane: aeroplane plane aircraft jet jetliner airliner biplane jumbo_jet fighter_jet air_plane
bus: minibus school_bus double-decker double_decker
train: locomotive tram streetcar train_car steam_engine
truck: lorry lorries pickup pickup_truck fire_truck firetruck semi-truck dump_truck
boat: ship sailboat rowboat motorboat speedboat canoe kayak yacht ferry ferries raft dinghy gondola
traffic_light: traffic_signal stoplight stop_light
fire_hydrant: hydrant
stop_sign:
parking_meter:
bench: park_bench
bird: duck goose geese seagull gull pigeon parrot owl eagle hawk swan flamingo penguin ostrich pelican rooster hen crow
  sparrow peacock duckling
cat: kitten kitty kitties
dog: puppy puppies pup poodle labrador beagle golden_retriever retriever terrier husky huskies corgi dachshund pug
  bulldog collie chihuahua dalmatian german_shepherd sheep_dog sheepdog
horse: pony ponies foal mare stallion
sheep: lamb ewe
cow: cattle calf calves bull ox oxen heifer
elephant:
bear: polar_bear grizzly_bear brown_bear black_bear panda
zebra:
giraffe:
backpack: knapsack rucksack
umbrella: parasol
handbag: purse hand_bag shoulder_bag
tie: necktie bow_tie bowtie
suitcase: luggage suit_case
frisbee: flying_disc
skis: ski
snowboard: snow_board
sports_ball: ball soccer_ball tennis_ball beach_ball golf_ball
kite:
baseball_bat:
baseball_glove: baseball_mitt
skateboard: skate_board
surfboard: surf_board boogie_board
tennis_racket: racket racquet tennis_racquet
bottle: water_bottle wine_bottle beer_bottle
wine_glass: wineglass
cup: mug teacup coffee_cup coffee_mug paper_cup
fork:
knife: knives
spoon: teaspoon tablespoon
bowl:
banana:
apple:
sandwich: burger hamburger cheeseburger
orange: oranges
broccoli:
carrot:
hot_dog: hotdog
pizza:
donut: doughnut
cake: cupcake cheesecake cup_cake
chair: armchair stool recliner high_chair office_chair
couch: sofa loveseat settee
potted_plant: houseplant house_plant pot_plant
bed: bunk_bed
dining_table: table desk coffee_table kitchen_table
toilet: commode toilet_seat toilet_bowl
tv: television tv_set television_set monitor computer_monitor tv_screen
laptop: laptop_computer macbook notebook_computer
mouse: computer_mouse
remote: remote_control tv_remote
keyboard: computer_keyboard
cell_phone: cellphone phone smartphone mobile_phone smart_phone iphone
microwave: microwave_oven
oven: stove toaster_oven
toaster:
sink: bathroom_sink kitchen_sink
refrigerator: fridge freezer
book: textbook
clock: alarm_clock wall_clock
vase:
scissors:
teddy_bear: teddy stuffed_bear
hair_drier: hair_dryer hairdryer blow_dryer
toothbrush: tooth_brush
"""
# Two words that name none of the 80, though one of them does.
_OTHERS = """
street_light cable_car car_seat seat_belt bus_stop bus_station train_station train_track train_platform bike_lane
bike_rack bicycle_lane phone_booth phone_number pay_phone book_shelf book_case flower_bed river_bed bed_room chair_lift
mouse_pad oven_mitt table_tennis table_cloth corn_dog prairie_dog rocking_horse sea_horse red_panda gravy_boat
disco_ball crystal_ball ball_gown ball_game ball_room world_cup super_bowl apple_watch apple_juice orange_juice bear_in
remote_area remote_location remote_place remote_village tie_dye cook_book bull_fight ski_slope ski_resort ski_lift
"""
_YOUNG = ("baby", "adult", "young", "mother", "father")  # before an animal they are no person
_ANIMALS = ("bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe")
_CARRIERS = ("bus", "train", "airplane", "car", "boat")  # "passenger train" is no person either


def table() -> dict[str, list[str]]:
    """Each class, by the name COCO gives it and in COCO's order, to all its singular names, its own first."""
    lines = _CLASSES.strip().replace("\n  ", " ").splitlines()
    rows = [line.replace(":", " ").split() for line in lines]
    return {_spaced(row[0]): [_spaced(name) for name in row] for row in rows}


def phrases() -> dict[str, str | None]:
    """Every name of one or two words, singular and plural, to its class; None for what names none of the 80."""
    found: dict[str, str | None] = {}
    for category, names in table().items():
        for form in _forms(names):
            found[form] = category
            if category in _ANIMALS:
                found |= {f"{young} {form}": category for young in _YOUNG if " " not in form}
            if category in _CARRIERS and " " not in form:
                found[f"passenger {form}"] = category
    return found | dict.fromkeys(_forms(map(_spaced, _OTHERS.split())), None)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _forms(names: Iterable[str]) -> list[str]:
    return [form for name in names for form in (name, plural(name))]


def plural(name: str) -> str:
    """The plural of a noun by the rules of spelling."""
    if name.endswith("man") and name != "human":
        return name.removesuffix("man") + "men"
    if name.endswith("fe"):
        return name.removesuffix("fe") + "ves"
    if name.endswith("y") and name[-2] not in "aeiou":
        return name.removesuffix("y") + "ies"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")
