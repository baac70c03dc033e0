"""Which domain a text speaks of, by words that few other domains use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

ENOUGH_ASKED, ENOUGH_ANSWERED = 2, 8  # votes that name a domain; a word of `sure` has two, one of `likely` has one


@dataclass(frozen=True)
class Vocabulary:
    """Words of a domain: one of `sure` names it in a question, of `likely` it takes two."""

    sure: frozenset[str]
    likely: frozenset[str]


def _vocabulary(sure: str, likely: str) -> Vocabulary:
    return Vocabulary(frozenset(sure.split()), frozenset(likely.split()))


DOMAINS: Mapping[str, Vocabulary] = {
    "medical": _vocabulary(
        """
        x-ray xray x-rays ct mri pet-ct radiograph radiographs radiology radiological lesion lesions tumor tumors
        tumour tumours histology histological histopathology histopathological pathology pathological pathologist
        biopsy patient patients diagnosis diagnose diagnostic ultrasound lung lungs lobe pneumonia cancer carcinoma
        fracture retina retinal fundus mammogram endoscopy endoscopic immunohistochemical staining hematoxylin eosin
        symptom symptoms disease clinical medical imaging artery arteries vein spleen colon bladder spine skull
        pancreas kidney liver brain diseases modality organ lymphocytes epidermis dermatology anatomical thorax organs
        abdomen abdominal pleural cardiac
        """,
        "scan chest stain stained tissue bone bones heart skin treatment cells cell swelling surgery doctor",
    ),
    "document": _vocabulary(
        """
        chart charts graph graphs histogram diagram diagrams flowchart infographic document documents invoice receipt
        spreadsheet screenshot screenshots floorplan x-axis y-axis webpage website slides letterhead memo newspaper
        mock-up blueprint worksheet org-chart pdf app ui homepage book widget icon page subheading
        """,
        "form table column columns row rows legend axis plot pie bars title author letter date values floor plan",
    ),
    "science": _vocabulary(
        """
        equation equations theorem triangle hypotenuse perimeter radius circumference polygon quadrilateral
        parallelogram trapezoid rhombus congruent tangent sine cosine integral derivative polynomial algebra geometry
        physics chemistry chemical biology molecule molecules atom atoms electron photosynthesis organism organisms
        ecosystem food-chain magnetic velocity acceleration thermal kinetic solute solution particles hypothesis
        allele genotype phenotype scientific science textbook mathematics math maths arithmetic vertex vertices
        predator prey producers consumers decomposers larva lifecycle
        """,
        """
        species mammal fossil mineral rock magnet magnets angle angles experiment diameter planet planets energy force
        mass temperature colony state states area volume circle square length cycle continent ocean
        """,
    ),
    "food": _vocabulary(
        """
        food foods dish dishes recipe recipes cook cooking cooked bake baked baking ingredient ingredients cuisine
        meal meals pizza cake burger sandwich salad soup dessert dough calories nutritional nutrition breakfast lunch
        dinner tasty delicious flavor restaurant kitchenware pasta sushi noodles fruit fruits vegetables vegetable
        donut donuts snack cheese
        """,
        "plate bowl eat eating taste rice bread chicken meat banana bananas apple apples",
    ),
    "street": _vocabulary(
        """
        traffic driving ego cam driver drivers pedestrian pedestrians crosswalk intersection ego-vehicle satellite
        aerial highway lane lanes dashcam self-driving autonomous roadway residential runway farmland harbor overpass
        motorists remote-sensing
        """,
        "street road car cars vehicle vehicles bus truck bicycle sidewalk parked sign parking city",
    ),
    "art": _vocabulary(
        """
        painting paintings painted painter artwork artworks artist artists meme memes comic comics cartoon cartoons
        poster posters poem poems poetry song songs rap haiku lyrics sculpture portrait mural masterpiece artistic
        engraving sketch brushstrokes fresco museum anime manga
        """,
        "art style character drawing illustration funny canvas renaissance",
    ),
}

_VOTES = {
    word: [(name, 2 * (word in domain.sure) + (word in domain.likely))
           for name, domain in DOMAINS.items() if word in domain.sure | domain.likely]
    for word in frozenset[str]().union(*[domain.sure | domain.likely for domain in DOMAINS.values()])
}  # fmt: skip


def domain(asked: Set[str], answered: Sequence[str] = ()) -> str:
    """The domain that has most votes among the words asked; where these are too few, among all words; else general."""
    telling = _VOTES.keys() & asked
    named = _most(telling, ENOUGH_ASKED)
    return named or _most(telling | (_VOTES.keys() & answered), ENOUGH_ANSWERED) or "general"


def _most(words: Set[str], enough: int) -> str | None:
    """The domain with most votes of some telling words, the first of equals; None where these are too few."""
    if 2 * len(words) < enough:
        return None
    votes = dict.fromkeys(DOMAINS, 0)
    for word in words:
        for name, weight in _VOTES[word]:
            votes[name] += weight
    best = max(votes, key=votes.__getitem__)
    return best if votes[best] >= enough else None
