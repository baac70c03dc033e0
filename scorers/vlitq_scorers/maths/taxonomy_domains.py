"""Which domain a text speaks of, by words that few other domains use."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

ENOUGH_ASKED, ENOUGH_ANSWERED = 2, 4  # votes that name a domain; a word of `sure` has two, one of `likely` has one


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
        biopsy patient patients diagnosis diagnose diagnostic ultrasound chest lung lungs lobe pneumonia cancer
        carcinoma tissue fracture retina retinal fundus mammogram endoscopy endoscopic immunohistochemical stain
        stained staining hematoxylin eosin symptom symptoms disease clinical medical dermatology anatomical thorax
        abdomen abdominal pleural cardiac
        """,
        "scan organ organs bone bones kidney liver brain heart skin treatment cells cell swelling surgery doctor",
    ),
    "science": _vocabulary(
        """
        equation equations theorem triangle hypotenuse perimeter radius diameter circumference polygon quadrilateral
        parallelogram trapezoid rhombus congruent tangent sine cosine integral derivative polynomial algebra geometry
        physics chemistry chemical biology molecule molecules atom atoms electron photosynthesis organism organisms
        ecosystem food-chain magnet magnets magnetic velocity acceleration thermal kinetic solute solution particles
        experiment experiments hypothesis species allele genotype phenotype mammal fossil mineral rock planet planets
        scientific science textbook mathematics math maths arithmetic angle angles solve vertex vertices predator prey
        producers consumers decomposers larva lifecycle
        """,
        "energy force mass temperature colony state states area volume circle square length cycle continent ocean",
    ),
    "document": _vocabulary(
        """
        chart charts graph graphs histogram diagram diagrams flowchart infographic document documents invoice receipt
        spreadsheet screenshot screenshots floorplan x-axis y-axis webpage website slide slides form letterhead memo
        newspaper mock-up blueprint worksheet org-chart pdf app ui menu-bar homepage book bookcover bar-chart
        """,
        "table column columns row rows legend axis page plot pie bars title author letter date values floor plan",
    ),
    "food": _vocabulary(
        """
        food foods dish dishes recipe recipes cook cooking cooked bake baked baking ingredient ingredients cuisine
        meal meals pizza cake burger sandwich salad soup dessert dough calories nutritional nutrition breakfast lunch
        dinner tasty delicious flavor restaurant kitchenware pasta sushi noodles fruit fruits vegetables vegetable
        donut donuts snack
        """,
        "plate bowl eat eating taste rice bread cheese chicken meat banana bananas apple apples",
    ),
    "street": _vocabulary(
        """
        traffic driving driver drivers pedestrian pedestrians crosswalk intersection ego-vehicle satellite aerial
        highway lane lanes dashcam self-driving autonomous roadway motorists remote-sensing
        """,
        "street road car cars vehicle vehicles bus truck bicycle sidewalk parked sign parking city",
    ),
    "art": _vocabulary(
        """
        painting paintings painted painter artwork artworks artist artists meme memes comic comics cartoon cartoons
        poster posters poem poems poetry sculpture portrait mural masterpiece artistic engraving sketch brushstrokes
        fresco museum movie film films movies album anime manga panel
        """,
        "art style character drawing illustration funny canvas renaissance",
    ),
}

_VOTES = {
    word: [(name, 2 * (word in domain.sure) + (word in domain.likely))
           for name, domain in DOMAINS.items() if word in domain.sure | domain.likely]
    for word in frozenset[str]().union(*[domain.sure | domain.likely for domain in DOMAINS.values()])
}  # fmt: skip


def domain(asked: Set[str], answered: Set[str]) -> str:
    """The domain that has most votes among the words asked; where these are too few, among all words; else general."""
    votes = dict.fromkeys(DOMAINS, 0)
    for words, enough in ((asked, ENOUGH_ASKED), (answered - asked, ENOUGH_ANSWERED)):
        for word in _VOTES.keys() & words:
            for name, weight in _VOTES[word]:
                votes[name] += weight
        best = max(votes, key=votes.__getitem__)
        if votes[best] >= enough:
            return best
    return "general"
