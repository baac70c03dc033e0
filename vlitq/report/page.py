"""The page: sections as one HTML file that opens anywhere, fetches nothing, and runs no script but its own."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any

from vlitq.report.shown import Shown

TEMPLATES = "templates"
UNFOLDED = 280  # characters of a turn that are seen at once; the others unfold
# Characters that no HTML file may hold, or no UTF-8 can.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Heading:
    """What stands at the page's head. facts: what it is of, in short; notes: what a reader must know first."""

    title: str
    facts: Sequence[str]
    notes: Sequence[str] = ()


def page(heading: Heading, sections: Sequence[Shown]) -> str:
    """The whole page. All texts are escaped; the script and the style are let in by their digests alone."""
    from markupsafe import Markup

    style, script = _own("report.css"), _own("report.js")
    policy = (
        f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    template = _environment().get_template("report.html.j2")
    made: str = template.render(
        heading=heading, sections=sections, policy=policy, style=Markup(style), script=Markup(script)  # noqa: S704  # our own files
    )  # fmt: skip
    return _UNFIT.sub("\ufffd", made)


def split_at_a_word(text: str, most: int = UNFOLDED) -> tuple[str, str]:
    """The text's beginning and the rest of it, parted at a space where one is near; no rest of a few words."""
    if len(text) <= most + most // 4:
        return text, ""
    at = max(text.rfind(space, most - 40, most) for space in (" ", "\n"))
    at = at if at > 0 else most
    return text[:at], text[at:].lstrip()


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("vlitq.report", TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["svg"] = _trusted
    environment.filters["split_at_a_word"] = split_at_a_word
    return environment


def _trusted(drawn: str) -> Any:
    """A chart that vl-convert drew, as it is: it escapes the texts in it, and `vlitq.charts` adds no other."""
    from markupsafe import Markup

    return Markup(drawn)  # noqa: S704  # never a text of the dataset


def _own(name: str) -> str:
    return (files("vlitq.report") / TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
