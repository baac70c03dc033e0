"""The dictionary forms of English verbs that instructions use, and of nouns by the rules of spelling."""

from __future__ import annotations

_VERBS = """
accept achieve act adapt add adjust affect allow analyse analyze answer appear apply argue arrange ask assemble assess
assign assist assume avoid bake balance be become begin belong break brew bring build buy calculate call caption
capture carry catch categorise categorize cause celebrate challenge change chase check choose cite clarify classify
clean climb close collect combine come comment communicate compare complete compose compute conclude confirm connect
consider consist contain continue contribute control convert convey cook copy correct cost count cover craft create
critique cross cut dance deal decide decode deduce define demonstrate depend depict derive describe design detect
determine develop differ differentiate discover discuss display distinguish distribute divide do draft draw dress
drink drive earn eat edit elaborate eliminate emphasize enable encode end enhance enjoy enter enumerate establish
estimate evaluate examine exist expand expect experience explain explore express extend extract face fall feel fight
fill find finish fit fix fly focus follow forecast form format function gather generate get give go grow guess guide
handle hang happen have hear help highlight hint hit hold identify illustrate imagine impact imply improve include
increase indicate infer influence inform inspect inspire integrate intend interact interpret introduce investigate
involve join judge jump justify keep know label lack land lead lean learn leave lie like list listen live locate look
lose love maintain make manage map mark match matter mean measure meet mention modify move name narrate need note
notice observe obtain occur offer open operate order organise organize outline outnumber overlap own paint paraphrase
park participate pass pay perform pick place plan play point portray pose position predict prepare present prevent
print proceed process produce promote propose prove provide pull purchase push put quote rank rate reach react read
realize reason recall receive recite recognise recognize recommend record reduce refer reflect relate release rely
remain remember remove render replace reply report represent reproduce require resemble resolve respond rest result
retrieve return reveal review revise rewrite ride run say search see seem segment select sell send separate serve set
share shoot show sign simplify sing sit skate sketch sleep smell smile solve sort sound speak specify spell spend spot
stand start state stay stop store study suggest suit sum summarise summarize support suppose surf survive swim
symbolize take talk taste teach tell test thank think throw touch trace track train transcribe transform translate
travel treat try turn type understand use utilize verify view visit visualize wait walk want wash watch wear weigh win
wish wonder work worry write yield
"""
_IRREGULAR = """
made make; seen see; saw see; shown show; drawn draw; written write; wrote write; held hold; worn wear; wore wear; taken
take; took take; given give; gave give; found find; built build; held hold; sat sit; stood stand; said say; told tell;
known know; knew know; done do; did do; does do; went go; gone go; ate eat; eaten eat; won win; sold sell; bought buy;
thought think; felt feel; got get; grown grow; grew grow; ran run; spoke speak; spoken speak; meant mean; kept keep;
left leave; led lead; lying lie; caught catch; chosen choose; chose choose; hung hang; came come; became become; broken
break; thrown throw; driven drive; ridden ride; flown fly; sung sing; put put; cut cut; set set; spent spend
"""
_NOUNS = """
people person; men man; women woman; children child; feet foot; teeth tooth; mice mouse; geese goose; knives knife;
wives wife; lives life; leaves leaf; shelves shelf; halves half; wolves wolf; loaves loaf; criteria criterion; phenomena
phenomenon; analyses analysis; axes axis; bases basis; data data; series series; species species; movies movie; cookies
cookie; ties tie; pies pie; shoes shoe; toes toe; clothes clothes; glasses glasses; pants pants; news news; canvas
canvas; buses bus; gas gas; lens lens; bonus bonus; species species; mathematics mathematics; physics physics
"""


def _pairs(text: str) -> dict[str, str]:
    return {pair.split()[0]: pair.split()[1] for pair in text.split(";")}


_KNOWN_VERBS = frozenset(_VERBS.split())
_VERB_FORMS, _NOUN_FORMS = _pairs(_IRREGULAR), _pairs(_NOUNS)
_VOWELS = "aeiou"


def verb_lemma(word: str) -> str | None:
    """The dictionary form of a verb in lower case; None of a word that is no form of the verbs known here."""
    if word in _KNOWN_VERBS:
        return word
    if word in _VERB_FORMS:
        return _VERB_FORMS[word]
    return next((stem for stem in _stems(word) if stem in _KNOWN_VERBS), None)


def _stems(word: str) -> list[str]:
    """What may stand before an ending, the likeliest first."""
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word.removesuffix(ending)
            single = [stem[:-1]] if len(stem) > 2 and stem[-1] == stem[-2] else []
            return [stem, f"{stem}e", *single, *([f"{stem[:-1]}y"] if stem.endswith("i") else [])]
    if word.endswith("s"):
        return [word[:-1], word.removesuffix("es"), f"{word.removesuffix('ies')}y"]
    return []


def noun_lemma(word: str) -> str:
    """The singular of a noun in lower case, without a possessive."""
    word = word.removesuffix("'s").removesuffix("’s").rstrip("'’")
    if word in _NOUN_FORMS:
        return _NOUN_FORMS[word]
    if word.endswith("ies") and len(word) > 4:
        return f"{word.removesuffix('ies')}y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word.removesuffix("es")
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3
    return word[:-1] if is_plural else word
