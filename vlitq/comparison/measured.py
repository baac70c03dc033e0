"""Asks the measures that plugins register about every set; one that fails is told of, and the others go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.comparison.result import Figure, Value
from vlitq.comparison.rows import Rows
from vlitq.comparison.sets import RowSet
from vlitq.failure import described
from vlitq.host import Host, Offer
from vlitq.measure import Measure


@dataclass(frozen=True)
class Measured:
    """The figures of the measures, by axis; and a note for each that could not say anything of a set."""

    figures: tuple[Figure, ...]
    notes: tuple[str, ...]


def offered(host: Host, names: Sequence[str] | None) -> tuple[Offer, ...]:
    """The measures of these names, or all. Raises `HostError` for one that is not there or is claimed twice."""
    return tuple(host.find("measures", name) for name in (host.names("measures") if names is None else names))


def measured(every: Rows, sets: Sequence[RowSet], offers: Sequence[Offer]) -> Measured:
    """What each measure says of each set; of a control the spread over its draws."""
    measures = [(offer, offer.thing()) for offer in offers]
    said: dict[tuple[int, str], list[Mapping[str, float]]] = {}
    notes: dict[str, list[str]] = {}
    for one in sets:
        for rows in one.draws:
            subset = every.of(rows)
            for number, (offer, measure) in enumerate(measures):
                try:
                    numbers = dict(measure.measure(subset))
                except Exception as error:  # a plugin's border: its failure is its own, and told of
                    notes.setdefault(f"measure {measure.name!r} of {offer.plugin.label} has nothing to say: "
                                     f"{described(error)}", []).append(one.name)  # fmt: skip
                    numbers = {}
                said.setdefault((number, one.name), []).append(numbers)
    figures = [figure for number, (_, measure) in enumerate(measures) for figure in _figures(measure, number, said)]
    figures.sort(key=lambda figure: figure.section)
    told = (f"{note} (of {', '.join(dict.fromkeys(names))})" for note, names in notes.items())
    return Measured(tuple(figures), tuple(told))


def _figures(
    measure: Measure, number: int, said: Mapping[tuple[int, str], Sequence[Mapping[str, float]]]
) -> list[Figure]:
    by_set = {name: draws for (of, name), draws in said.items() if of == number}
    figures = []
    for one in measure.numbers:
        known = {
            name: Value.of([float(draw[one]) for draw in draws])
            for name, draws in by_set.items()
            if all(one in draw and np.isfinite(draw[one]) for draw in draws)
        }
        label = one if one == measure.name else f"{measure.name}.{one}"
        if known:
            better = measure.directions.get(one, "neutral")
            figures.append(Figure(measure.axis.capitalize(), label, known, better))
    return figures
