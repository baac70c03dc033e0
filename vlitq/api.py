"""The Python interface: score a dataset, open a run, select from it, compare selections."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vlitq.calibration import FEWEST, Calibration, CalibrationError
from vlitq.calibration import read as read_calibration
from vlitq.comparison.chosen import Chosen, check, chosen
from vlitq.comparison.compare import Asked
from vlitq.comparison.compare import compare as compare_chosen
from vlitq.comparison.measured import offered
from vlitq.comparison.newest import Newest, newest
from vlitq.comparison.result import Comparison
from vlitq.engine.manifest import Request
from vlitq.engine.run import execute
from vlitq.following import Following
from vlitq.formats.choice import choose
from vlitq.host import Host
from vlitq.node import Precision
from vlitq.opening import open_run, unfinished
from vlitq.overwriting import refuse
from vlitq.plan import EMBEDDED, make_plan
from vlitq.recipe import Recipe
from vlitq.recipe_choice import PathLike, Scorers, asked_recipe, named_recipe, recipe_of, unscored_for, with_recipe
from vlitq.reference import carry, quantiles
from vlitq.relocation import relocate as relocate_run
from vlitq.runtime import cache_folder, runtime
from vlitq.runtime import precision as precision_on
from vlitq.selection.fields import UnknownColumn
from vlitq.selection.request import NothingToRankBy
from vlitq.selection.result import Selection
from vlitq.selection.select import select as select_rows
from vlitq.store import Run, RunError

if TYPE_CHECKING:
    from vlitq.charts import Chart
    from vlitq.report.write import Written

MOST_UNSCORED = 5.0  # per cent of rows that may fail before a run counts as failed


class TooManyUnscored(RunError):
    """More rows could not be scored than were allowed. The run is whole, and `run` holds it."""

    def __init__(self, run: Run, share: float, allowed: float) -> None:
        super().__init__(
            f"{share:.1f} % of the rows could not be scored fully, {allowed:g} % were allowed; the run is complete, "
            f"and `Run.unscored()` lists them: {run.path}"
        )
        self.run = run


def score(  # noqa: PLR0913  # each is one option of `vlitq score`
    data: PathLike,
    *,
    out: PathLike,
    images: PathLike | None = None,
    scorers: Scorers | None = None,
    recipe: PathLike | Recipe | None = None,
    models: str | Sequence[str] | None = None,
    device: str = "auto",
    precision: Precision | Literal["auto"] = "auto",
    batch_size: int | Literal["auto"] = "auto",
    workers: int | None = None,
    limit: int | None = None,
    max_unscored: float | None = None,
    calibration: PathLike | None = None,
    cache: PathLike | Literal[False] | None = None,
    quiet: bool = False,
) -> Run:
    """Score a dataset into the folder `out`; what is there already of the same dataset is not computed again.

    images: the folder that image paths start from; by default the one of `data`. scorers: names, or names with
    parameters; by default the recipe's. models: `"embedded"`, or models as their libraries name them. limit: the
    first rows only. max_unscored: per cent of rows that may fail; above, `TooManyUnscored` is raised once the run is
    complete; by default a warning. calibration: a file of `calibrate`, by which the run then has percentiles. cache:
    the folder of vectors kept between runs; False keeps none.

    Raises `FormatError`, `PlanError` or `RunError` before the first row when something is wrong with the data, the
    scorers and models, or the folder.
    """
    source = Path(data)
    if not source.is_file():
        raise RunError(f"{source} is not a file")
    root = Path(images) if images is not None else source.parent
    if not root.is_dir():
        raise RunError(f"image folder {root} is not a folder")
    if calibration is not None:
        read_calibration(Path(calibration))  # what cannot be read is told before the first row
    if limit is not None and limit < 1:
        raise RunError(f"limit {limit}: score at least one row, or all without a limit")
    where = runtime(device, batch_size, workers)
    host = Host()
    form = choose((offer.thing for offer in host.offers("formats")), source)
    asked = asked_recipe(host, recipe, scorers)
    names = [models] if isinstance(models, str) else list(models or asked.models or [EMBEDDED])
    plan = make_plan(host, asked.scorers, names, precision_on(precision, where.device))
    request = Request(
        data=source,
        images=root,
        out=Path(out),
        format=form,
        cache=None if cache is False else Path(cache) if cache is not None else cache_folder(),
        limit=limit,
        recipe=asked.to_dict(),
        plugins=tuple({"name": p.name, "distribution": p.distribution, "version": p.version, "status": p.status}
                      for p in host.plugins),
        quiet=quiet,
    )  # fmt: skip
    run = execute(plan, request, where)
    if calibration is not None:
        run = carry(run, Path(calibration))
    _check_unscored(run, max_unscored)
    return run


def open(path: PathLike) -> Run:  # `vlitq.open` reads as what it does
    """Open the folder of a run. Raises `RunError` when it holds none; warns when the run is not finished."""
    run = open_run(Path(path))
    if not run.complete:
        warnings.warn(unfinished(run), stacklevel=2)
    return run


def relocate(run: Run | PathLike, data: PathLike, *, images: PathLike | None = None) -> Run:
    """Say where the dataset and the images of a run are now, after they have been moved.

    images: by default where the folder lay beside the dataset before. Warns of images that are not there. Raises
    `RunError` where `data` is not the file that was scored, byte for byte, or none of the images are in the folder.
    """
    return relocate_run(_run(run), Path(data), Path(images) if images is not None else None)


def select(run: Run | PathLike, *, recipe: PathLike | Recipe | None = None, **asked: Any) -> Selection:
    """Choose rows of a run; nothing is scored again.

    Takes the arguments of `vlitq.selection.select.select`: budget, method, by, gates, stratify, quota, one_per,
    missing, unit, seed, ignore_labels, options. With `recipe`, what is not given comes from it. Without, whoever says
    how to choose (any but budget, unit, seed and ignore_labels) gets that and no more; else the recipe decides that the
    run was scored with.
    """
    opened = _finished(run)
    host = Host()
    given = {name: value for name, value in asked.items() if value is not None}
    followed = named_recipe(host, recipe) if recipe is not None else recipe_of(opened)
    following = Following(given, followed, recipe is not None)
    try:
        selection = select_rows(opened, selectors=host.selectors(), **following.arguments)
    except UnknownColumn as error:
        told = followed.name if recipe is None or isinstance(recipe, Recipe) else os.fspath(recipe)
        raise unscored_for(followed, told, opened, error) from error
    except NothingToRankBy as error:
        raise following.told(error) from error
    selection = replace(selection, notes=(*selection.notes, *following.notes))
    return with_recipe(selection, followed) if following.follows else selection


def compare(
    run: Run | PathLike,
    selections: Mapping[str, Selection | PathLike],
    *,
    stratify: str = "source",
    seeds: int = 3,
    measures: Sequence[str] | None = None,
) -> Comparison:
    """Selections of a run by name, as made or as written, beside random controls of the same budget and the whole run.

    stratify: the column by whose strata they are told apart, and the stratified control is drawn. seeds: draws of each
    control. measures: names of the measures of whole sets to take; by default all that plugins register.

    Raises `RunError` for a selection of another run, or of this one before it changed.
    """
    opened = _opened(run)
    asked = Asked(stratify, seeds, offered(Host(), measures))
    return compare_chosen(opened, _named(selections), asked)


def explore(run: Run | PathLike, *, port: int = 0, started: Callable[[str], None] = print) -> None:
    """Serve the explorer of a run on 127.0.0.1 until it is stopped from the keyboard.

    port: 0 for any that is free. started: called with the address of the page. Needs `pip install 'vlitq[look]'`;
    raises `VlitqError` without.
    """
    from vlitq.view.server import serve

    serve(_opened(run).path, port, started)


def write_report(
    run: Run | PathLike,
    selections: Mapping[str, Selection | PathLike] | None = None,
    *,
    out: PathLike = "report.html",
    stratify: str = "source",
    told: Callable[[str, float], None] | None = None,
) -> Written:
    """Write what a run found and what selections did as one HTML page that opens anywhere, below 15 MB.

    selections: as for `compare`; by default the three newest that still fit the run. stratify: the column whose strata
    are told apart. told: called with the name and the seconds of each part when it is done. Warns of parts that could
    not be made, and says so in their place. Raises `RunError` for a selection of another run, `NotOurs` where another
    file than a report stands at `out`.
    """
    from vlitq.report.material import NEWEST, Material
    from vlitq.report.write import write

    opened = _opened(run)
    shown = newest(opened, NEWEST) if selections is None else _asked_for(opened, selections)
    material = Material(opened, shown.selections, stratify, shown.older)
    written = write(material, Path(out), notes=shown.problems, told=told)
    for failure in [*shown.problems, *written.failures]:
        warnings.warn(f"the report lacks a part: {failure}", stacklevel=2)
    return written


def _asked_for(run: Run, selections: Mapping[str, Selection | PathLike]) -> Newest:
    named = _named(selections)
    for one in named:
        check(run, one)
    return Newest(tuple(named), {}, ())


def plot(run: Run | PathLike, column: str, *, selections: Mapping[str, Selection | PathLike] | None = None) -> Chart:
    """How a column's values lie, with what up to three selections keep, by name: for a notebook; `.png()` for a file.

    Raises `UnknownColumn`, and `ChartError` for a column that has no value or holds the numbers of other rows.
    """
    from vlitq.report.plot import plot_column

    return plot_column(_opened(run), column, _named(selections or {}))


def calibrate(runs: Sequence[Run | PathLike], out: PathLike) -> Calibration:
    """Write the quantiles of some reference runs to a file, for `score(..., calibration=out)` of other data.

    Runs of several models can share one file: each column is kept by its scorer's parameters and weights.
    Raises `CalibrationError` when no column has enough values, `RunError` for a run that is not finished, and `NotOurs`
    where another file stands at `out`.
    """
    refuse(Path(out), "calibration", "calibration.json", _is_calibration)
    made = Calibration(())
    for run in runs:
        made = made.joined(quantiles(_finished(run)))
    if not made.quantiles:
        raise CalibrationError(f"no column has {FEWEST} values or more: there is nothing to calibrate by")
    made.write(Path(out))
    return made


def _is_calibration(path: Path) -> bool:
    try:
        read_calibration(path)
    except CalibrationError:
        return False
    return True


def unscored_share(run: Run) -> float:
    """Per cent of the rows for which some score that should exist does not."""
    return 100 * len(run.unscored()["row"].unique()) / max(len(run), 1)


def _opened(run: Run | PathLike) -> Run:
    return run if isinstance(run, Run) else open(run)


def _run(run: Run | PathLike) -> Run:
    return run if isinstance(run, Run) else open_run(Path(run))


def _finished(run: Run | PathLike) -> Run:
    """The run. Raises `RunError` where it is not finished: what is made of a part would pass for the whole."""
    found = _run(run)
    if not found.complete:
        raise RunError(unfinished(found))
    return found


def _named(selections: Mapping[str, Selection | PathLike]) -> list[Chosen]:
    """Selections by name, as made or as written."""
    if not isinstance(selections, Mapping):
        raise RunError(f"selections are given by name, {{'best': 'best.json'}} say, not as {selections!r:.80}")
    return [chosen(name, one if isinstance(one, Selection) else Path(one)) for name, one in selections.items()]


def _check_unscored(run: Run, allowed: float | None) -> None:
    share = unscored_share(run)
    if allowed is not None and share > allowed:
        raise TooManyUnscored(run, share, allowed)
    if share > MOST_UNSCORED:
        warnings.warn(f"{share:.1f} % of the rows could not be scored fully: see Run.unscored()", stacklevel=3)
