"""Results as text: for a terminal, and as cells of a table."""

from __future__ import annotations

from benchmarks.results import Result, Spread


def shown(result: Result) -> str:
    """The result as a terminal reads it."""
    lines = [
        f"{result.title}{' (quick)' if result.quick else ''}",
        f"  $ {result.command}",
        f"  {result.machine}, load before {result.load_before:.1f}",
    ]
    if result.could_not_run:
        return "\n".join([*lines, f"  could not run: {result.could_not_run}"])
    for figure in result.figures:
        cells = "; ".join(f"{name}: {cell(value)}" for name, value in figure.subjects.items())
        lines.append(f"  {figure.label}{f' ({figure.unit})' if figure.unit else ''}: {cells}")
    for claim in result.claims:
        verdict = "holds" if claim.holds else "MISSED"
        lines.append(f"  {verdict}: {claim.text}: {cell(claim.measured)}, {claim.sense} {claim.target:g}")
    return "\n".join([*lines, *(f"  note: {note}" for note in result.notes)])


def cell(value: Spread | str) -> str:
    """A spread as `median (low to high)`, a single value by itself."""
    if isinstance(value, str):
        return value
    if value.repeats == 1:
        return number(value.median)
    return f"{number(value.median)} ({number(value.low)} to {number(value.high)} of {value.repeats})"


def number(value: float) -> str:
    """Counts in full, the rest to three significant digits."""
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
