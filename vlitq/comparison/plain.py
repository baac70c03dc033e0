"""A comparison to read in a terminal: as wide as it is, what is the same left out, and marks where random is beaten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # result.py prints itself by this module
    from vlitq.comparison.result import Comparison, Figure, Value

MOST_LINES = 40  # of a section; the table and the JSON hold all
LONGEST_NAME = 24  # of a set, in a head
GAP = "  "
HOW_TO_READ = "↑ higher, ↓ lower is better; + better, ! worse than every draw of the selection's random control"


def plain(found: Comparison, width: int) -> str:
    """Text of lines up to `width` characters, longer where a figure's name and one set do not fit."""
    grouped = groupby(found.figures, attrgetter("section"))
    sections = [_section(found, name, list(group), width) for name, group in grouped]
    notes = (HOW_TO_READ, *found.notes)
    told = [fill(note, width, initial_indent="* ", subsequent_indent="  ", break_long_words=False) for note in notes]
    return "\n\n".join([f"Selections of {found.run}", *_tally(found), *filter(None, sections), "\n".join(told)]) + "\n"


def mark(figure: Figure, of: str, random: str) -> str:
    """`+` where the selection is better than every draw of the control, `!` where worse, else nothing."""
    ours, theirs = figure.values.get(of), figure.values.get(random)
    if ours is None or theirs is None or figure.better == "neutral":
        return ""
    above, below = ours.mean > theirs.high, ours.mean < theirs.low
    better, worse = (above, below) if figure.better == "higher" else (below, above)
    return "+" if better else "!" if worse else ""


def _tally(found: Comparison) -> list[str]:
    """How many figures of each selection lie outside of random's range."""
    lines = []
    for one, controls in found.controls.items():
        judged = [f for f in found.figures if f.better != "neutral" and {one, controls[0]} <= f.values.keys()]
        marks = [mark(figure, one, controls[0]) for figure in judged]
        lines.append([one, str(marks.count("+")), str(marks.count("!")), str(len(judged))])
    head = ["", "better than every draw", "worse than every draw", "figures with a better end"]
    return [_titled("Beside random", _aligned([head, *lines]))] if lines else []


def _section(found: Comparison, name: str, figures: Sequence[Figure], width: int) -> str:
    controls = {one for one, kind in found.sets.items() if kind == "control"}
    named = [figure for figure in figures if figure.name not in controls]  # of overlaps, those between controls
    telling = [figure for figure in named if not _the_same(figure)]
    shown = telling[:MOST_LINES]
    left = []
    if same := len(named) - len(telling):
        left.append(f"{same} {'is' if same == 1 else 'are'} the same in every set")
    if len(telling) > len(shown):
        left.append(f"{len(telling) - len(shown)} more are in the table (`--out FILE.csv`, `--json`)")
    tables = [_table(found, shown, sets) for sets in _blocks(found, shown, width)]
    return _titled(name, "\n\n".join(tables), *left) if tables or left else ""


def _titled(title: str, *texts: str) -> str:
    return "\n".join([title, "=" * len(title), *filter(None, texts)])


def _the_same(figure: Figure) -> bool:
    seen = {number for value in figure.values.values() for number in (value.low, value.high)}
    return len(figure.values) > 1 and len(seen) == 1


def _blocks(found: Comparison, figures: Sequence[Figure], width: int) -> Iterator[list[str]]:
    """The sets in the order shown, as many as fit side by side; a selection's controls follow it where they can."""
    room = width - max((len(label) for label, _ in _labelled(figures)), default=0)
    block: list[str] = []
    for group in _groups(found, figures):
        wide = {one: len(GAP) + _width(found, figures, one) for one in [*block, *group]}
        if block and sum(wide.values()) > room:
            yield block
            block = []
        for one in group:
            if block and sum(wide[other] for other in [*block, one]) > room:
                yield block
                block = []
            block.append(one)
    if block:
        yield block


def _groups(found: Comparison, figures: Sequence[Figure]) -> list[list[str]]:
    """Selections that have the same controls with these, and the whole run by itself."""
    held = {one for figure in figures for one in figure.values}
    groups = [
        [*selections, *controls]
        for controls in dict.fromkeys(found.controls.values())
        for selections in [[one for one, theirs in found.controls.items() if theirs == controls]]
    ]
    rest = [[one] for one in found.sets if not any(one in group for group in groups)]
    kept = [[one for one in group if one in held] for group in [*groups, *rest]]
    return [group for group in kept if group]


def _table(found: Comparison, figures: Sequence[Figure], sets: Sequence[str]) -> str:
    names = [_cut(one).split(", ", 1) for one in sets]
    depth = max(map(len, names))
    heads = [["", *(name[line] if line < len(name) else "" for name in names)] for line in range(depth)]
    lines = [
        [label, *(_cell(found, figure, one) if figure else "" for one in sets)] for label, figure in _labelled(figures)
    ]
    return _aligned([*heads, *lines])


def _labelled(figures: Sequence[Figure]) -> list[tuple[str, Figure | None]]:
    """A label a figure; those of one scorer or measure stand under its name."""
    lines: list[tuple[str, Figure | None]] = []
    for owner, group in groupby(figures, lambda figure: figure.name.rpartition(".")[0]):
        lines += [(owner, None)] if owner else []
        for figure in group:
            arrow = {"higher": " ↑", "lower": " ↓"}.get(figure.better, "")
            own = figure.name.rpartition(".")[2]
            lines.append((f"{GAP if owner else ''}{own}{arrow}", figure))
    return lines


def _cell(found: Comparison, figure: Figure, of: str) -> str:
    value = figure.values.get(of)
    if value is None:
        return "–"
    if of not in found.controls:
        return _span(value)
    return f"{_span(value)} {mark(figure, of, found.controls[of][0])}".rstrip()


def _span(value: Value) -> str:
    low, high = value.ends()
    return low if low == high else f"{low}..{high}"


def _width(found: Comparison, figures: Sequence[Figure], of: str) -> int:
    return max([*map(len, _cut(of).split(", ", 1)), *(len(_cell(found, figure, of)) for figure in figures)])


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"…{name[1 - LONGEST_NAME :]}"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = (GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
    return "\n".join(rows)
