"""Finds what is no text of anybody's: left-over markup and damaged characters."""

from __future__ import annotations

import re

_TAGS = (
    "a|b|body|br|button|center|code|div|em|font|form|h[1-6]|head|hr|html|i|iframe|img|input|label|li|link|meta|ol|p|pre|"
    "script|span|strong|style|sub|sup|table|tbody|td|th|title|tr|u|ul|video"
)
# Every quantifier is bounded, and no class takes what opens the pattern: linear in the text.
_HTML = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]{{0,200}})?\s?/?>", re.IGNORECASE)
_TOKEN = re.compile(
    r"<\|[\w ]{1,30}\|>|</?s>|<</?SYS>>|\[/?INST\]|\[(?:UNK|PAD|CLS|SEP|MASK)\]|<0x[0-9A-F]{2}>"
    r"|<(?:unk|pad|eos|bos|mask|im_start|im_end|im_patch|endoftext|image[_ ]?\d{0,3}|ImageHere|video|audio)>"
)
_IMAGE_LINK = re.compile(r"!\[[^\[\]\n]{0,200}\]\([^\s()]{1,400}\)")
_ROLE = re.compile(
    r"(?:^|\n)[ \t]{0,4}(?:#{1,3} ?)?(?:Human|Assistant|GPT|AI|Bot|ChatGPT) ?:"
    r"|(?:^|\s)(?:#{1,3} ?)?(?:USER|ASSISTANT|HUMAN|SYSTEM) ?:|^[ \t]{0,4}User ?:"
)
_ROLE_NAMES = ("Human", "Assistant", "GPT", "AI", "Bot", "USER", "ASSISTANT", "HUMAN", "SYSTEM", "User")
_WRITES_MARKUP = ("html", "web page", "webpage", "website", "javascript", "css", "svg", "xml", "markup")

_CONTROLS = bytes(code for code in range(0x80) if (code < 0x20 and code not in b"\t\n\r") or code == 0x7F)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#[xX][0-9a-fA-F]{1,5});")
# UTF-8 read as Windows-1252: Ã or Â and a continuation byte, â€ and a third, ðŸ of an emoji, ï»¿ of a byte order mark.
_DAMAGED = re.compile(
    "[ÃÂ][\u0080-\u00bfƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ€]|â€|ðŸ|ï»¿"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ufeff\ue000-\uf8ff\ud800-\udfff]"
)


def asks_for_markup(instruction: str) -> bool:
    """Whether the answer is to be a web page or the like: HTML in it is then no damage."""
    lower = instruction.lower()
    return any(name in lower for name in _WRITES_MARKUP)


def leftovers(text: str) -> int:
    """Special tokens, role labels at the head of a line, and Markdown's image links that are left in a text."""
    found = 0
    if "<" in text or "[" in text:
        found += len(_TOKEN.findall(text)) + len(_IMAGE_LINK.findall(text))
    if ":" in text and any(name in text for name in _ROLE_NAMES):
        found += len(_ROLE.findall(text))
    return found


def tags(text: str) -> int:
    """HTML tags in a text."""
    return len(_HTML.findall(text)) if "<" in text else 0


def damaged_characters(text: str) -> int:
    """Replacement, control and private characters, lone surrogates, UTF-8 read as Windows-1252, HTML entities."""
    found = len(_ENTITY.findall(text)) if "&" in text else 0
    if not text.isascii():
        return found + len(_DAMAGED.findall(text))
    encoded = text.encode()
    return found + len(encoded) - len(encoded.translate(None, _CONTROLS))
