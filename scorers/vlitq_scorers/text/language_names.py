"""What a question says of the language of its answer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from vlitq_scorers.maths.words import remembered_words

READ = 2000  # characters of a question that are read

_NAMES = """
ar arabic | bn bengali | cs czech | da danish dansk | de german deutsch | el greek | en english inglés anglais |
es spanish español castellano | fa persian farsi | fi finnish suomi suomeksi | fr french français | he hebrew |
hi hindi | hu hungarian magyar magyarul | id indonesian | it italian italiano | ja japanese | ko korean | ms malay |
nl dutch nederlands | no norwegian norsk | pl polish polsku | pt portuguese português | ro romanian |
ru russian русском русский | sv swedish svenska | sw swahili | ta tamil | te telugu | th thai | tl tagalog filipino |
tr turkish türkçe | uk ukrainian українською | ur urdu | vi vietnamese | zh chinese mandarin cantonese
"""
_CODES = {
    name: code for code, *names in (entry.split() for entry in _NAMES.replace("\n", " ").split("|")) for name in names
}
# Written without spaces, so they are looked for as they stand.
_UNSPACED = {
    "英语": "en", "英文": "en", "英語": "en", "中文": "zh", "汉语": "zh", "漢語": "zh", "中国語": "zh", "日语": "ja",
    "日文": "ja", "日本語": "ja", "法语": "fr", "法文": "fr", "德语": "de", "德文": "de", "西班牙语": "es",
    "俄语": "ru", "韩语": "ko", "한국어": "ko", "영어": "en",
}  # fmt: skip
_ANSWER_IN = re.compile(
    r"\b(?:answer|reply|respond|response|write|describe|explain|say it)\b[^.?!\n]{0,80}?\bin (\w+)", re.IGNORECASE
)
_TRANSLATE = re.compile(r"\btransl|\bübersetz|\btradu|翻译|翻譯|訳|번역", re.IGNORECASE)


class Wish(NamedTuple):
    """What a question says of its answer's language: codes named, whether it must be one of them, or may be any."""

    languages: frozenset[str] = frozenset()
    must: bool = False
    any: bool = False


def wish(question: str) -> Wish:
    """What the first `READ` characters of a question ask for.

    "Answer in X" and a translation that names languages ask for those; a translation that names none for anything.
    A language that is named otherwise ("the French sign") may be the answer's, besides the question's own.
    """
    return _read(question[:READ])


@lru_cache(maxsize=2**13)
def _read(question: str) -> Wish:
    named = frozenset(_CODES[word] for word in _CODES.keys() & set(remembered_words(question)))
    if not question.isascii():
        named |= {code for name, code in _UNSPACED.items() if name in question}
    if _TRANSLATE.search(question):
        return Wish(named, must=bool(named), any=not named)
    if not named:
        return Wish()
    told = frozenset(_CODES[name.lower()] for name in _ANSWER_IN.findall(question) if name.lower() in _CODES)
    told |= {code for name, code in _UNSPACED.items() if f"用{name}" in question}
    return Wish(told or named, must=bool(told))
