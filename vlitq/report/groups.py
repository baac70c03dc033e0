"""Duplicate groups: how many there are, how large, and some of them side by side with what selections keep of each."""

from __future__ import annotations

import numpy as np

from vlitq.charts.kinds import bars
from vlitq.counted import counted
from vlitq.report.blocks import Block, Cards, Figure, Section, Table
from vlitq.report.grouping import Grouping, cosines_with, groupings, least_alike, size_bins
from vlitq.report.material import Material
from vlitq.schema import Array

LARGEST, LEAST_ALIKE = 8, 4  # groups shown
OPEN = 4  # of them, without a click
SHOWN = 6  # samples of a group
COMPARED = 500  # samples of a group whose cosine with its first is looked at
UNLIKE = "One of those whose first and last sample are least alike"
PLACES = 3  # of a cosine


def section(material: Material) -> Section | None:
    """The groups of the column that says best what is a duplicate; None where no scorer has looked for duplicates."""
    found = groupings(material)
    if not found:
        return None
    main = next((one for one in found if len(one)), found[0])
    shown = min(LARGEST + LEAST_ALIKE, len(main))
    cut = f" Shown are {shown} groups." if shown < len(main) else ""
    lead = (
        f"{counted(len(main.order), 'sample')} of {len(material.run):,} are in {counted(len(main), 'group')} of "
        f"duplicates by {main.column}; {main.repeats:,} could go and leave one of each group."
        f"{cut} {_how(material, main)}"
    )
    blocks: list[Block] = [*_sizes(main), _table(material, found), *_cards(material, main)]
    return Section("groups", "Duplicate groups", lead.strip(), blocks)


def _how(material: Material, main: Grouping) -> str:
    """How many the search has found of the near-duplicates there are, where it did not look at all pairs."""
    recall = material.run.summary().get(f"{main.column.partition('.')[0]}.recall")
    told = [f"The search has found about {recall:.0%} of the near-duplicates there are."] if recall is not None else []
    return " ".join(told)


def _sizes(main: Grouping) -> list[Figure]:
    if not len(main):
        return []
    bins = size_bins(main.sizes)
    alt = f"{counted(len(main), 'group')}; the largest has {main.sizes[0]:,} samples."
    values = {label: {"groups": float(count)} for label, count in bins}
    return [Figure(bars("groups-sizes", "Groups by size", alt, values, "groups"))]


def _table(material: Material, found: list[Grouping]) -> Table:
    head = ["column", "groups", "samples in them", "beside the first of each", "largest", "what it says"]
    rows = [
        [
            one.column,
            len(one),
            len(one.order),
            one.repeats,
            int(one.sizes.max(initial=0)) or None,
            material.run.columns[one.column].description,
        ]
        for one in found
    ]
    return Table("Groups of duplicates by column", head, rows)


def _cards(material: Material, main: Grouping) -> list[Cards]:
    """The largest groups, then of the rest those whose samples are least alike: there a grouping may be wrong."""
    largest = np.arange(min(LARGEST, len(main)))
    unlike = least_alike(material, main, np.arange(len(largest), len(main)))[:LEAST_ALIKE]
    groups = [_shown(material, main.rows(group)) for group in [*largest, *unlike]]
    cards, ids = iter(material.cards([one for group in groups for one in group])), material.fields.stored("id")
    return [
        Cards(
            f"A group of {len(main.rows(group)):,}, the first {ids[int(main.rows(group)[0])].as_py()}",
            [next(cards) for _ in shown],
            _note(material, main.rows(group), len(shown), "One of the largest" if at < len(largest) else UNLIKE),
            folded=at >= OPEN,
        )
        for at, (group, shown) in enumerate(zip([*largest, *unlike], groups, strict=True))
    ]


def _shown(material: Material, rows: Array) -> list[tuple[int, str, tuple[str, ...]]]:
    """The samples of a group to show, as `Material.cards` takes them."""
    looked_at, first = rows[:COMPARED], int(rows[0])
    cosines = cosines_with(material, first, looked_at)
    return [
        (int(looked_at[at]), _heading(material, first, int(looked_at[at]), cosines, at), _kept(material, looked_at[at]))
        for at in _most_telling(material, looked_at, cosines).tolist()
    ]


def _note(material: Material, rows: Array, shown: int, why: str) -> str:
    kept = [f"{one.name} keeps {int(np.isin(rows, one.rows).sum()):,}" for one in material.selections]
    more = [f"{len(rows) - shown:,} more are not shown"] if len(rows) > shown else []
    return f"{'; '.join([why, *kept, *more])}."


def _most_telling(material: Material, rows: Array, cosines: dict[str, Array]) -> Array:
    """Positions of the samples to show: the first, then those that a selection keeps, then those least like it."""
    likeness = np.nan_to_num(sum(cosines.values(), start=np.zeros(len(rows))), nan=np.inf)
    kept = np.any([np.isin(rows, one.rows) for one in material.selections] or [np.zeros(len(rows), bool)], axis=0)
    order = np.lexsort((likeness, ~kept, np.arange(len(rows)) > 0))
    return np.asarray(order[:SHOWN])


def _heading(material: Material, first: int, row: int, cosines: dict[str, Array], at: int) -> str:
    if row == first:
        return "The first of the group"
    content = material.fields.row("content")
    if content[row] == content[first]:
        return "The same images and text as the first"
    told = [f"{side} {values[at]:.{PLACES}f}" for side, values in cosines.items() if not np.isnan(values[at])]
    return f"Cosine with the first: {', '.join(told)}" if told else "In the same group"


def _kept(material: Material, row: int) -> tuple[str, ...]:
    """What each selection does with the sample."""
    told = []
    for one in material.selections:
        kept, reason = (one.decisions[name][row].as_py() for name in ("kept", "reason"))
        told.append(f"{one.name} keeps it: {reason}" if kept else f"{one.name} drops it: {reason}")
    return tuple(told)
