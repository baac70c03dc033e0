"""Runs as references: the quantiles of one, and another read by them."""

from __future__ import annotations

from pathlib import Path

from vlitq.calibration import (
    PERCENTILE,
    Calibration,
    CalibrationError,
    Drift,
    can_be_calibrated,
    drift,
    measured,
)
from vlitq.calibration import read as read_calibration
from vlitq.run_folder import CALIBRATION
from vlitq.store import Run, numbers


def quantiles(run: Run) -> Calibration:
    """The quantiles of every column of numbers: what other runs of the same scorers can be read by."""
    table = run.table()
    wanted = {n: c for n, c in run.columns.items() if can_be_calibrated(c) and not n.endswith(PERCENTILE)}
    keys = {scorer: entry["key"] for scorer, entry in run.manifest["scorers"].items()}
    made = (measured(name, keys[name.partition(".")[0]], numbers(table[name])) for name in wanted)
    return Calibration(tuple(entry for entry in made if entry is not None))


def carry(run: Run, file: Path) -> Run:
    """Keep a calibration with a run: its columns then have percentiles, as `SCORER.COLUMN_percentile`.

    Raises `CalibrationError` where it holds nothing of these scorers with these parameters and weights.
    """
    given = read_calibration(file)
    keys = {entry["key"] for entry in run.manifest["scorers"].values()}
    if not any(entry.key in keys for entry in given.quantiles):
        raise CalibrationError(
            f"calibration {file} holds no column of this run's scorers with these parameters and models"
        )
    given.write(run.path / CALIBRATION)
    return Run(run.path)


def drifts(run: Run) -> list[Drift]:
    """The columns whose values lie elsewhere than those of the reference that the run carries, the furthest first."""
    table = run.table()
    pairs = ((reference, numbers(table[name])) for name, reference in run.percentiles.items())
    found = [told for reference, values in pairs if (told := drift(reference, values)) is not None]
    return sorted(found, key=lambda told: (-told.distance, told.column))
