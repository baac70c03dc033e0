"""How a comparison reads in a terminal: never wider than it is, marks where random is beaten, nothing said twice."""

from __future__ import annotations

from vlitq.comparison.plain import mark, plain
from vlitq.comparison.result import Comparison, Figure, Kind, Value
from vlitq.schema import Direction

KINDS: dict[str, Kind] = {"mine": "selection", "random": "control", "stratified": "control", "whole run": "whole"}
BESIDE = {"mine": ("random", "stratified")}


def one(value: float) -> Value:
    return Value(value, value, value)


def figure(mine: float, better: Direction = "higher", section: str = "Diversity", name: str = "set.vendi") -> Figure:
    """Random's draws go from 2 to 4."""
    values = {"mine": one(mine), "random": Value(3, 2, 4), "stratified": Value(3, 3, 4), "whole run": one(9)}
    return Figure(section, name, values, better)


def comparison(*figures: Figure, **more: object) -> Comparison:
    return Comparison("run", KINDS, figures, ("a note " * 30,), BESIDE, **more)  # type: ignore[arg-type]  # fields


def test_beyond_every_draw_of_random_is_better_or_worse_and_within_them_neither() -> None:
    higher = [mark(figure(value), "mine", "random") for value in (4.1, 4, 2, 1.9)]
    assert higher == ["+", "", "", "!"]
    assert mark(figure(1.9, "lower"), "mine", "random") == "+"
    assert mark(figure(1.9, "neutral"), "mine", "random") == ""
    assert mark(Figure("s", "n", {"mine": one(1)}, "higher"), "mine", "random") == ""


def test_a_table_stands_under_its_measure_with_arrow_mark_and_range() -> None:
    lines = plain(comparison(figure(5)), 100).splitlines()
    assert "           mine  random  stratified  whole run" in lines
    assert lines[lines.index("set") + 1] == "  vendi ↑  5 +   2..4    3..4        9"


def test_the_head_counts_the_figures_beyond_random() -> None:
    text = plain(comparison(figure(5), figure(1, name="set.a"), figure(3, name="set.b"), figure(9, "neutral")), 100)
    assert [line.split() for line in text.splitlines() if line.startswith("mine")] == [["mine", "1", "1", "3"]]


def test_figures_that_are_the_same_in_every_set_are_counted_and_not_shown() -> None:
    same = Figure("Diversity", "set.dull", {name: one(1) for name in KINDS}, "higher")
    text = plain(comparison(figure(5), same), 100)
    assert "dull" not in text
    assert "1 is the same in every set" in text


def test_a_narrow_terminal_gets_more_tables_and_no_line_beyond_it() -> None:
    many: dict[str, Kind] = {f"selection {number}": "selection" for number in range(9)}
    values = {name: one(number) for number, name in enumerate(many)}
    found = Comparison("run", many, (Figure("Size", "rows", values),), ("a note " * 30,))
    lines = plain(found, 60).splitlines()
    assert max(map(len, lines)) <= 60
    assert sum(line.startswith("rows") for line in lines) == 3
    assert [cell for line in lines if line.startswith("rows") for cell in line.split()[1:]] == list("012345678")


def test_selections_stand_beside_the_controls_of_their_own_budget() -> None:
    kinds: dict[str, Kind] = {
        "a": "selection",
        "b": "selection",
        "random, 2 rows": "control",
        "random, 3 rows": "control",
    }
    found = Comparison("run", kinds, (Figure("Size", "rows", {name: one(len(name)) for name in kinds}),), (),
                       {"a": ("random, 3 rows",), "b": ("random, 2 rows",)})  # fmt: skip
    lines = plain(found, 80).splitlines()
    assert any(line.split() == ["a", "random", "b", "random"] for line in lines)
    assert any(line.split() == ["3", "rows", "2", "rows"] for line in lines)


def test_the_overlap_of_controls_with_each_other_is_left_to_the_table() -> None:
    between = Figure("Overlap (Jaccard)", "random", {"mine": one(0.5), "random": one(0.25)})
    with_mine = Figure("Overlap (Jaccard)", "mine", {"mine": one(1), "random": one(0.5)})
    assert "0.25" not in plain(comparison(with_mine, between), 100)


def test_no_figures_leave_the_notes() -> None:
    assert "↑ higher" in plain(Comparison("run", {}, ()), 80)


def test_a_long_name_loses_its_beginning() -> None:
    kinds: dict[str, Kind] = {"x" * 30 + "/the_end": "selection"}
    text = plain(Comparison("run", kinds, (Figure("Size", "rows", dict.fromkeys(kinds, one(1))),)), 80)
    assert "…" in text
    assert "/the_end" in text
    assert "x" * 25 not in text
