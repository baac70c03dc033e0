"""Which scripts the letters of a text belong to, by their ISO 15924 codes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import lru_cache

UNKNOWN = "Zzzz"  # ISO 15924: a letter of a script that is not in the table
SYLLABLES_OF_HAN = 0.1  # kana or hangul per Han character from which on the Han characters belong to them

# First and last character of the blocks of Unicode 15 that hold letters, in order.
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x02AF, "Latn"),
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "Armn"),
    (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x06FF, "Arab"),
    (0x0700, 0x074F, "Syrc"),
    (0x0750, 0x077F, "Arab"),
    (0x0780, 0x07BF, "Thaa"),
    (0x0870, 0x08FF, "Arab"),
    (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"),
    (0x0A80, 0x0AFF, "Gujr"),
    (0x0B00, 0x0B7F, "Orya"),
    (0x0B80, 0x0BFF, "Taml"),
    (0x0C00, 0x0C7F, "Telu"),
    (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"),
    (0x0D80, 0x0DFF, "Sinh"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Laoo"),
    (0x0F00, 0x0FFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"),
    (0x1100, 0x11FF, "Hang"),
    (0x1200, 0x139F, "Ethi"),
    (0x1780, 0x17FF, "Khmr"),
    (0x1800, 0x18AF, "Mong"),
    (0x1C80, 0x1C8F, "Cyrl"),
    (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"),
    (0x2C60, 0x2C7F, "Latn"),
    (0x2DE0, 0x2DFF, "Cyrl"),
    (0x3005, 0x3007, "Hani"),
    (0x3040, 0x30FF, "Hrkt"),
    (0x3130, 0x318F, "Hang"),
    (0x31F0, 0x31FF, "Hrkt"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xA640, 0xA69F, "Cyrl"),
    (0xA720, 0xA7FF, "Latn"),
    (0xAC00, 0xD7FF, "Hang"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB00, 0xFB06, "Latn"),
    (0xFB1D, 0xFB4F, "Hebr"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFE, "Arab"),
    (0xFF21, 0xFF5A, "Latn"),
    (0xFF66, 0xFF9F, "Hrkt"),
    (0x20000, 0x323AF, "Hani"),
)
_STARTS = [first for first, _, _ in _BLOCKS]
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_SYMBOLS = "ªµº"  # letters to Unicode, signs to a reader


def writing_systems(text: str) -> dict[str, int]:
    """Letters of a text by the writing system they belong to; marks, digits, punctuation and emoji are none.

    Kana and the Han characters among them are Japanese ("Jpan"), hangul and the Han characters among it Korean
    ("Kore"); Han characters by themselves are "Hani".
    """
    counts = script_counts(text)
    han, kana, hangul = (counts.pop(script, 0) for script in ("Hani", "Hrkt", "Hang"))
    found = {"Jpan": kana, "Kore": hangul, "Hani": 0}
    syllables = "Jpan" if kana >= hangul else "Kore"
    found[syllables if found[syllables] > SYLLABLES_OF_HAN * han else "Hani"] += han
    return counts | {script: count for script, count in found.items() if count}


def script_counts(text: str) -> dict[str, int]:
    """Letters of a text by their script's ISO 15924 code; hiragana and katakana are "Hrkt". Linear in the text."""
    counts: dict[str, int] = {}
    latin = len(text.encode("ascii", "ignore").translate(None, _NO_LETTERS))
    if latin:
        counts["Latn"] = latin
    if not text.isascii():
        for character, count in Counter("".join(_NOT_ASCII.findall(text))).items():
            script = script_of(character)
            if script is not None:
                counts[script] = counts.get(script, 0) + count
    return counts


@lru_cache(maxsize=2**14)
def script_of(character: str) -> str | None:
    """The ISO 15924 code of a letter's script; None for what is no letter."""
    if not character.isalpha() or character in _SYMBOLS:
        return None
    place = bisect_right(_STARTS, ord(character)) - 1
    _, last, script = _BLOCKS[place]
    return script if place >= 0 and ord(character) <= last else UNKNOWN
