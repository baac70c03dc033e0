"""The map of the samples: near each other where their images and texts are, coloured by any column."""

from __future__ import annotations

import numpy as np

from vlitq.projection import project
from vlitq.report.blocks import Map, Section
from vlitq.report.map_colours import colours
from vlitq.report.material import Material
from vlitq.report.regions import regions, table
from vlitq.schema import Array

POINTS = 20_000  # drawn at most: of more, the page grows and the eye sees no more
FEWEST = 2


def section(material: Material) -> Section | None:
    """The map, with a table of its regions behind it; None where fewer than two samples have a place."""
    places = project(material.run)
    if len(places.placed) < FEWEST:
        return None
    found = regions(material, places)
    rows = _shown(places.placed)
    coloured = colours(material, found, rows)
    drawn = Map(
        x=places.x[rows].astype(np.float64),
        y=places.y[rows].astype(np.float64),
        rows=rows,
        ids=[str(one) for one in material.fields.stored("id").take(rows).to_pylist()],
        colours=coloured.by_name,
        note=" ".join([places.how, *_cut(len(rows), len(places.placed)), *_left(coloured.left)]),
        table=table(material, found),
    )
    lead = (
        "Samples that are alike in image and text lie near each other; the axes have no meaning of their own. "
        "Colour the map by a column to see where it is low, and which parts a selection leaves out."
    )
    return Section("map", "Map of the samples", lead, (drawn,))


def _shown(placed: Array) -> Array:
    if len(placed) <= POINTS:
        return placed
    return np.sort(np.random.default_rng(0).choice(placed, POINTS, replace=False))


def _cut(shown: int, placed: int) -> list[str]:
    return [f"Shown are {shown:,} of {placed:,}, drawn at random."] if shown < placed else []


def _left(columns: int) -> list[str]:
    return [f"Of the columns {columns:,} that differ least are left out: the page has no room."] if columns else []
