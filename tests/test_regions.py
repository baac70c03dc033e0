"""Boxes and points in the text of turns: read in every notation, judged, and told from other numbers."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from worlds import column, record, run, write

from vlitq.node import Ragged
from vlitq.sample import Sample, Turn
from vlitq.testing import check_scorer
from vlitq_scorers.maths.boxes import iou, is_inside, is_possible
from vlitq_scorers.maths.region_syntax import regions
from vlitq_scorers.validity.regions import Regions

ASKED = "Where is the dog? Give its bounding box."


def score(*answers: str, asked: str = ASKED, size: tuple[int, int] | None = None, **parameters: Any) -> dict[str, Any]:
    """The columns of one sample with these answers, null as None."""
    turns = [turn for answer in answers for turn in (Turn("human", asked), Turn("assistant", answer))]
    sizes = np.array([size] if size else [], np.float32).reshape(-1, 2)
    inputs = [Sample("s", turns=tuple(turns))], Ragged(sizes, np.array([0, len(sizes)]))
    found = Regions(**parameters).score(*inputs)
    return {c.name: c.check(found[c.name], 1).tolist()[0] for c in Regions.columns}


@pytest.mark.parametrize(
    ("text", "numbers", "scale"),
    [
        ("[0.12, 0.30, 0.45, 0.80]", (0.12, 0.30, 0.45, 0.80), "normalised"),
        ("[0.123,0.456]", (0.123, 0.456), "normalised"),
        ("[[0.12, 0.3, 0.45, 0.8]]", (0.12, 0.3, 0.45, 0.8), "normalised"),
        ("[12, 30, 450, 800]", (12, 30, 450, 800), "whole"),
        ("(63,119,133,177)", (63, 119, 133, 177), "whole"),
        ("[[035,120,400,500]]", (35, 120, 400, 500), "permille"),
        ("<box>(10,20),(300,400)</box>", (10, 20, 300, 400), "permille"),
        ("<box>[[10, 20, 300, 400]]</box>", (10, 20, 300, 400), "permille"),
        ("<box>(10,20)</box>", (10, 20), "permille"),
        ("<box>0.1, 0.2, 0.3, 0.4</box>", (0.1, 0.2, 0.3, 0.4), "normalised"),
        ("<|box_start|>(10,20),(300,400)<|box_end|>", (10, 20, 300, 400), "permille"),
        ("{<25><30><60><70>}", (25, 30, 60, 70), "percent"),
        ('<point x="61.5" y="40.2" alt="dog">dog</point>', (61.5, 40.2), "percent"),
        ("<loc_0><loc_333><loc_666><loc_999>", (0, 333 / 999, 666 / 999, 1), "tokens"),
        ("<loc0000><loc0341><loc0682><loc1023>", (341 / 1023, 0, 1, 682 / 1023), "tokens"),
        ("<box><patch_index_0000><patch_index_1023></box>", (1 / 64, 1 / 64, 63 / 64, 63 / 64), "tokens"),
        ('{"point_2d": [120, 40]}', (120, 40), "whole"),
        ("[12.5, 300.25, 50.0, 400.0]", (12.5, 300.25, 50, 400), "whole"),
        ("[0.2, 300, 0.5, 400]", (0.2, 300, 0.5, 400), "mixed"),
    ],
)
def test_a_region_is_read_in_every_notation(text: str, numbers: tuple[float, ...], scale: str) -> None:
    (region,) = regions(f"The dog {text} sleeps.")
    assert region.numbers == pytest.approx(numbers)
    assert region.scale == scale


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[0.10,0.20,0.30,0.40;0.50,0.60,0.70,0.80]", 2),
        ("<box>(1,2),(3,4)(5,6),(7,8)</box>", 2),
        ("[[10, 20, 30, 40], [50, 60, 70, 80]]", 2),
        ("<loc_1><loc_2><loc_3><loc_4><loc_5><loc_6><loc_7><loc_8>", 2),
        ('<points x1="1.0" y1="2.0" x2="3.0" y2="4.0" alt="cups">cups</points>', 2),
    ],
)
def test_several_regions_in_one_pair_of_brackets_are_several(text: str, count: int) -> None:
    assert len(regions(text)) == count


@pytest.mark.parametrize(
    "text",
    [
        "see [12]",
        "as shown [1, 2]",
        "[1, 2, 3, 4, 5]",
        "[link](http://a.b)",
        "(3, 4)",
        "f(1, 2, 3)",
        "[]",
        "[x1, y1, x2, y2]",
    ],
)
def test_other_brackets_are_no_regions(text: str) -> None:
    assert regions(text) == []


def test_a_list_in_a_sum_is_no_box_and_the_same_list_where_a_box_is_asked_for_is_one() -> None:
    assert score("The sorted list is [1, 2, 3, 4].", asked="Sort the numbers.")["boxes"] == 0
    assert score("It is at [1, 2, 3, 4].")["boxes"] == 1


def test_a_sample_without_regions_has_counts_of_zero_and_no_share() -> None:
    found = score("A dog.")
    counts = {"boxes": 0, "points": 0, "malformed": 0, "outside": 0, "implausible": 0}
    assert found == counts | {"convention": None, "duplicate_iou": None, "valid_share": None}


def test_a_good_box_is_valid() -> None:
    found = score("[0.12, 0.30, 0.45, 0.80]")
    assert (found["boxes"], found["convention"], found["valid_share"]) == (1, "normalised", 1)


def test_of_the_orders_of_four_numbers_eighteen_are_found_to_be_wrong_and_six_are_possible_boxes() -> None:
    shares = [score(str(list(order)))["valid_share"] for order in permutations((0.12, 0.31, 0.45, 0.82))]
    assert (shares.count(0), shares.count(1)) == (18, 6)


def test_half_of_the_regions_can_be_valid() -> None:
    found = score("the dog [0.12, 0.30, 0.45, 0.80]", "the cat [0.45, 0.30, 0.12, 0.80]")
    assert (found["implausible"], found["valid_share"]) == (1, 0.5)


@pytest.mark.parametrize(
    ("answer", "convention"),
    [
        ("[0.5, 0.2, 1.3, 0.9]", "normalised"),
        ("<box>(100,200),(1300,400)</box>", "permille"),
        ("{<25><30><60><120>}", "percent"),
        ('<point x="101.5" y="40.2">dog</point>', "percent"),
        ("<loc_10><loc_20><loc_30><loc_1200>", "tokens"),
        ("<box><patch_index_0010><patch_index_1200></box>", "tokens"),
        ("[-0.20, 0.20, 0.30, 0.90]", "normalised"),
    ],
)
def test_a_region_that_leaves_the_image_is_outside_in_every_convention(answer: str, convention: str) -> None:
    found = score(answer)
    assert (found["outside"], found["convention"], found["valid_share"]) == (1, convention, 0)


def test_whole_numbers_that_fit_the_image_are_pixels_and_others_per_mille() -> None:
    assert score("[10, 20, 300, 400]", size=(640, 480))["convention"] == "pixels"
    assert score("[10, 20, 300, 900]", size=(640, 480))["convention"] == "permille"
    assert score("[10, 20, 300, 900]")["convention"] == "permille"
    assert score("[10, 20, 300, 1900]")["convention"] == "pixels"


def test_pixels_beyond_the_image_are_outside_only_where_its_size_is_known() -> None:
    assert score("[10, 20, 300, 1900]", size=(640, 480))["outside"] == 1
    assert score("[10, 20, 300, 1900]")["outside"] == 0


def test_the_user_can_say_what_whole_numbers_are() -> None:
    box = "[10, 20, 300, 900]"
    assert score(box, size=(640, 480), whole_numbers="pixels")["outside"] == 1
    assert score(box, size=(640, 480), whole_numbers="percent")["outside"] == 1
    assert score("[10, 20, 30, 90]", size=(640, 480), whole_numbers="permille")["convention"] == "permille"
    with pytest.raises(ValueError, match="whole_numbers"):
        Regions(whole_numbers="inches")  # type: ignore[arg-type]  # wrong on purpose


def test_two_conventions_in_a_sample_are_mixed() -> None:
    assert score("[0.12, 0.30, 0.45, 0.80]", "<box>(10,20),(300,400)</box>")["convention"] == "mixed"


@pytest.mark.parametrize(
    "answer",
    [
        "<box>(10,20),(300,400)",
        "<box>(10,20),(300,)</box>",
        "<box>the dog</box>",
        "[0.12, 0.30, 0.45]",
        "It is at [0.12, 0.30, 0.4",
        "<loc_10><loc_20><loc_30>",
        '<point x="10">dog</point>',
        "[0.12, 0..3, 0.45, 0.80]",
    ],
)
def test_what_is_begun_as_a_region_and_is_none_is_malformed(answer: str) -> None:
    found = score(answer)
    assert (found["malformed"], found["boxes"], found["points"], found["valid_share"]) == (1, 0, 0, 0)


def test_one_place_said_of_two_things_is_a_duplicate_and_of_one_thing_is_none() -> None:
    assert score("a dog [0.10, 0.10, 0.30, 0.30] and a cat [0.10, 0.10, 0.30, 0.30]")["duplicate_iou"] == 1
    assert score("the dog [0.10, 0.10, 0.30, 0.30]. The dog [0.10, 0.10, 0.30, 0.30]")["duplicate_iou"] is None
    overlap = score("a dog [0.00, 0.00, 0.20, 0.10] and a cat [0.10, 0.00, 0.30, 0.10]")["duplicate_iou"]
    assert overlap == pytest.approx(1 / 3)


def test_boxes_of_different_turns_are_not_compared() -> None:
    assert score("a dog [0.10, 0.10, 0.30, 0.30]", "a cat [0.10, 0.10, 0.30, 0.30]")["duplicate_iou"] is None


def test_geometry() -> None:
    assert iou((0, 0, 2, 2), (1, 1, 3, 3)) == pytest.approx(1 / 7)
    assert iou((0, 0, 1, 1), (1, 0, 2, 1)) == 0
    assert iou((2, 2, 0, 0), (0, 0, 2, 2)) == 0
    assert is_possible((0.5, 0.5))
    assert not is_possible((0, 0, 0, 1))
    assert is_inside((0, 0, 640, 480), 640, 480)
    assert not is_inside((0, 0, 480, 640), 640, 480)


@pytest.mark.parametrize(
    "text",
    ["", "\0\x1b[0m\u202e", "\ud800[0.1", "😀" * 9, "שלום [0.10, 0.20, 0.30, 0.40]", "[١, ٢, ٣, ٤]"]
    + [
        unit * 100_000 for unit in ("[[[[[[", "[1,[1,[1,", "<box><box>", "{<1>{<1>", "[0.1, 0.2, 0.3, 0.40]", "(1, 2, ")
    ],
)
def test_hostile_text_is_scored(text: str) -> None:
    found = score(text)
    assert (found["valid_share"] is None) == (found["boxes"] + found["points"] + found["malformed"] == 0)


def test_a_run_reads_the_size_of_the_image_and_scores_without_it_where_it_is_missing(tmp_path: Path) -> None:
    Image.new("RGB", (640, 480)).save(tmp_path / "a.png")
    box = "The bounding box is [10, 20, 300, 1900]."
    data = write(tmp_path / "data.json", [record(1, box, ["a.png"]), record(2, box, ["gone.png"]), record(3, box)])
    scored = run(data, tmp_path / "run", Regions())
    assert column(scored, "regions.outside") == [1, 0, 0]
    assert column(scored, "regions.convention") == ["pixels"] * 3


def test_the_laws_hold_whatever_whole_numbers_are() -> None:
    check_scorer(Regions(whole_numbers="pixels"))
