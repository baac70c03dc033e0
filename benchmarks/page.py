"""Renders docs/benchmarks.md from the kept results, and nothing else: `python -m benchmarks.page`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.__main__ import NAMES
from benchmarks.render import cell
from benchmarks.results import FOLDER, Claim, Figure, Result, load
from benchmarks.timing import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
SELECTION = ROOT / "docs" / "selection.md"
BEGIN, END = "<!-- begin: written by python -m benchmarks.page -->\n", "<!-- end -->"
INTRODUCTION = """# Benchmarks

How fast vlitq is against bare loops that do the same work, and how it fares beside its rivals on the same inputs.
Written by `python -m benchmarks.page` from `benchmarks/results/`, which `make bench` fills.

Cells are medians with the smallest and largest of the repeats; a claim holds when its median does. What is compared
runs in turn, in the same minutes, and vlitq starts with an empty feature cache every time. Absolute rates are those of
the machine named below each table; the ratios are what to compare. A load well above 0 says that the machine was busy
with other things, and the timing worth little.

Data-Juicer runs from an environment of its own, made by `python -m benchmarks.rivals.setup`, through its own command,
with its defaults unless a row says otherwise. The other rivals have environments of the same making; each is timed in
a process of its own on the same files or vectors, and what it needed beside is noted below its table.
"""


def main() -> None:
    """Writes the page."""
    PAGE.write_text("\n".join(_page()) + "\n")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    if (methods := _result("methods")) is not None:
        before, _, rest = SELECTION.read_text().partition(BEGIN)
        SELECTION.write_text(before + BEGIN + "\n".join(_by_data(methods)) + "\n" + END + rest.partition(END)[2])
        print(f"wrote the methods' tables in {SELECTION.relative_to(ROOT)}")


def _by_data(methods: Result) -> Iterator[str]:
    """A table for each dataset, the figures' labels being `dataset: figure`."""
    for data in dict.fromkeys(figure.label.partition(": ")[0] for figure in methods.figures):
        yield f"\n**{data}**\n"
        its = (figure for figure in methods.figures if figure.label.startswith(f"{data}: "))
        yield from _table(tuple(replace(figure, label=figure.label.partition(": ")[2]) for figure in its))
    yield from (f"- {note}" for note in methods.notes)
    yield f"\n`{methods.command}`, {methods.when[:10]}, {methods.machine}."


def _page() -> Iterator[str]:
    results = [_result(name) for name in NAMES]
    yield INTRODUCTION
    yield from _claims([result for result in results if result is not None])
    for name, result in zip(NAMES, results, strict=True):
        yield from _section(result) if result is not None else _absent(name)


def _result(name: str) -> Result | None:
    path: Path = FOLDER / f"{name}.json"
    return load(path) if path.exists() else None


def _claims(results: list[Result]) -> Iterator[str]:
    yield "| claim | target | measured | |\n| --- | --- | --- | --- |"
    for result in results:
        for claim in result.claims:
            yield _claim(claim)
        if result.could_not_run:
            yield f"| {result.title} | | could not run | **missed** |"
    yield ""


def _claim(claim: Claim) -> str:
    verdict = "holds" if claim.holds else "**missed**"
    return f"| {claim.text} | {claim.sense} {claim.target:g} | {cell(claim.measured)} | {verdict} |"


def _section(result: Result) -> Iterator[str]:
    yield f"## {result.title}\n"
    if result.could_not_run:
        yield f"Could not run:\n\n```\n{result.could_not_run}\n```\n"
    else:
        for figures in _tables(result.figures):
            yield from _table(figures)
    yield from (f"- {note}" for note in result.notes)
    machine = f"{result.machine}, load before it {result.load_before:.1f}"
    yield f"\n`{result.command}`, {result.when[:10]}, on {machine}; {_versions(result)}.\n"


def _tables(figures: tuple[Figure, ...]) -> Iterator[tuple[Figure, ...]]:
    """The figures in their order, a table of its own from each figure on that shares no subject with those before."""
    table: tuple[Figure, ...] = ()
    for figure in figures:
        if table and not figure.subjects.keys() & {subject for earlier in table for subject in earlier.subjects}:
            yield table
            table = ()
        table += (figure,)
    yield table


def _table(figures: tuple[Figure, ...]) -> Iterator[str]:
    """A row a subject, a column a figure: there are more programs than figures, and their names are long."""
    subjects = list(dict.fromkeys(subject for figure in figures for subject in figure.subjects))
    yield "| | " + " | ".join(figure.label + (f" ({figure.unit})" if figure.unit else "") for figure in figures) + " |"
    yield "| --- |" + " --- |" * len(figures)
    for subject in subjects:
        cells = [cell(figure.subjects[subject]) if subject in figure.subjects else "" for figure in figures]
        yield f"| {subject} | " + " | ".join(cells) + " |"
    yield ""


def _versions(result: Result) -> str:
    return ", ".join(f"{package} {version}" for package, version in result.versions.items() if version != "absent")


def _absent(name: str) -> Iterator[str]:
    yield f"## {name}\n\nNot measured yet: `python -m benchmarks {name}`.\n"


if __name__ == "__main__":
    main()
