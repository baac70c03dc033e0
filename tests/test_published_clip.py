"""Published numbers of CLIP scores, through vlitq's own features and scorers.

Tests marked `weights` need a checkpoint in the hub's cache, or a hub: `HF_HUB_OFFLINE=0 pytest -m weights`. They skip,
saying what is missing. The same arithmetic is tested on a small random model beside them, against the papers' formulas
over open_clip itself.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from PIL import Image
from small_clip import SmallClip, write_small_clip

import vlitq
from vlitq.node import Feature, Runtime, Unavailable
from vlitq.schema import Array
from vlitq_scorers.features import ClipImage, ClipText

open_clip = pytest.importorskip("open_clip", reason="the extra vlitq[clip] is not installed")
torch = pytest.importorskip("torch", reason="the extra vlitq[clip] is not installed")

BASE_32, BASE_16 = "ViT-B-32-quickgelu", "ViT-B-16-quickgelu"
F = TypeVar("F", bound=Feature)
PREFIX = "A photo depicts "
HEADLINES = (  # of torchmetrics' documentation
    "28-year-old chef found dead in San Francisco mall",
    "A 28-year-old chef who recently moved to San Francisco was found dead.",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallClip:
    return write_small_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def base_16() -> tuple[ClipImage, ClipText]:
    return require(ClipImage(BASE_16, "openai")), require(ClipText(BASE_16, "openai"))


def require(feature: F) -> F:
    """The feature, or a skip that says what is missing."""
    try:
        feature.weights()
    except Unavailable as missing:
        pytest.skip(str(missing))
    return feature


def folder_of(variable: str, what: str) -> Path:
    """The folder that an environment variable names, or a skip that says which."""
    if variable not in os.environ:
        pytest.skip(f"{variable} is not set: {what}")
    return Path(os.environ[variable])


def encoded(feature: Feature, items: list[Any]) -> Array:
    with feature.open(Runtime()) as encoder:
        return np.asarray(encoder.encode([encoder.prepare(item) for item in items]))


def noise(side: int, seed: int) -> Image.Image:
    """The image that torchmetrics draws: channels first, 255 excluded."""
    return picture(torch.randint(255, (3, side, side), generator=torch.Generator().manual_seed(seed)))


def picture(pixels: Any) -> Image.Image:
    return Image.fromarray(pixels.permute(1, 2, 0).numpy().astype(np.uint8))


def cosine(one: tuple[Feature, Any], other: tuple[Feature, Any]) -> float:
    (a,), (b,) = (encoded(feature, [item]) for feature, item in (one, other))
    return float(a @ b)


def captions_scored(example: Path, captions: str, model: str, out: Path) -> vlitq.Run:
    """The recipe `clipscore` over captions laid out as the authors lay out their example."""
    candidates, references = (json.loads((example / f"{name}.json").read_text()) for name in (captions, "refs"))
    records = [
        {
            "id": name,
            "image": next(path.name for path in (example / "images").iterdir() if path.stem == name),
            "conversations": [{"from": "human", "value": "<image>"}, {"from": "gpt", "value": candidate}],
            "references": references[name],
        }
        for name, candidate in sorted(candidates.items())
    ]
    out.mkdir()
    (out / "data.json").write_text(json.dumps(records))
    return vlitq.score(
        out / "data.json",
        images=example / "images",
        out=out / "run",
        recipe="clipscore",
        models=model,
        device="cpu",
        precision="fp32",
        cache=out / "cache",
        quiet=True,
    )


def column(run: vlitq.Run, name: str) -> Array:
    return np.array(run.table()[name].to_pylist(), float)


# CLIPScore and RefCLIPScore: Hessel et al. 2021, the example of github jmhessel/clipscore


@pytest.mark.weights
@pytest.mark.parametrize(
    ("captions", "clipscore", "refclipscore"), [("good_captions", 0.8585, 0.8450), ("bad_captions", 0.7153, 0.7253)]
)
def test_the_authors_example_has_the_scores_of_its_readme(
    tmp_path: Path, captions: str, clipscore: float, refclipscore: float
) -> None:
    example = folder_of("VLITQ_CLIPSCORE_EXAMPLE", "the folder example/ of github.com/jmhessel/clipscore")
    require(ClipText(BASE_32, "openai"))
    run = captions_scored(example, captions, f"{BASE_32}/openai", tmp_path / "scored")
    # Theirs were computed in half precision on a GPU: the fourth digit may differ.
    assert column(run, "alignment.clipscore").mean() == pytest.approx(clipscore, abs=5e-4)
    assert column(run, "refclipscore.score").mean() == pytest.approx(refclipscore, abs=5e-4)


def test_the_same_recipe_with_a_small_model_gives_what_the_formulas_give(small: SmallClip, tmp_path: Path) -> None:
    captions = {"a": "two cats asleep on a couch", "b": "a dog runs through snow"}
    references = {"a": ["cats sleep", "a sofa with two animals", "cats"], "b": ["a dog in the snow"]}
    images = {name: noise(80, seed) for seed, name in enumerate(captions)}
    example = tmp_path / "example"
    (example / "images").mkdir(parents=True)
    for name, image in images.items():
        image.save(example / "images" / f"{name}.png")
    (example / "captions.json").write_text(json.dumps(captions))
    (example / "refs.json").write_text(json.dumps(references))
    run = captions_scored(example, "captions", f"{small.architecture}/{small.checkpoint}", tmp_path / "scored")
    expected = np.array([by_formula(small, images[name], captions[name], references[name]) for name in captions])
    np.testing.assert_allclose(column(run, "alignment.clipscore"), expected[:, 0], atol=1e-5)
    np.testing.assert_allclose(column(run, "refclipscore.score"), expected[:, 1], atol=1e-5)
    assert expected.min() > 0, "a random model may clip; this one does not"


def by_formula(small: SmallClip, image: Image.Image, caption: str, references: list[str]) -> tuple[float, float]:
    """CLIPScore and RefCLIPScore as the paper defines them, over open_clip alone."""
    model, _, transform = open_clip.create_model_and_transforms(small.architecture, pretrained=str(small.checkpoint))
    texts = open_clip.get_tokenizer(small.architecture)([PREFIX + text for text in (caption, *references)])
    with torch.inference_mode():
        shown = model.eval().encode_image(transform(image)[None], normalize=True)[0].numpy()
        said, *others = model.encode_text(texts, normalize=True).numpy()
    clipscore = 2.5 * max(float(shown @ said), 0)
    nearest = max(float(other @ said) for other in others)
    return clipscore, 2 * clipscore * nearest / (clipscore + nearest)


# Cosines × 100: the examples in torchmetrics' documentation, to the digits of torchmetrics 1.9


@pytest.mark.weights
def test_noise_and_a_photo_of_a_cat_have_their_cosine(base_16: tuple[ClipImage, ClipText]) -> None:
    image, text = base_16
    assert 100 * cosine((image, noise(224, 42)), (text, "a photo of a cat")) == pytest.approx(24.4260, abs=0.02)


@pytest.mark.weights
def test_two_images_of_noise_and_two_headlines_have_their_cosines(base_16: tuple[ClipImage, ClipText]) -> None:
    image, text = base_16
    assert 100 * cosine((image, noise(224, 42)), (image, noise(224, 43))) == pytest.approx(99.4860, abs=0.02)
    assert 100 * cosine((text, HEADLINES[0]), (text, HEADLINES[1])) == pytest.approx(91.3950, abs=0.02)


def test_a_small_models_cosines_are_those_of_open_clip(small: SmallClip) -> None:
    model, _, _ = open_clip.create_model_and_transforms(small.architecture, pretrained=str(small.checkpoint))
    pixels = torch.randint(255, (3, 64, 64), generator=torch.Generator().manual_seed(42))
    mean, deviation = (
        torch.tensor(numbers)[:, None, None] for numbers in (model.visual.image_mean, model.visual.image_std)
    )
    with torch.inference_mode():
        shown = model.eval().encode_image(((pixels / 255 - mean) / deviation)[None], normalize=True)
        said = model.encode_text(open_clip.get_tokenizer(small.architecture)(["a photo of a cat"]), normalize=True)
    names = small.architecture, str(small.checkpoint)
    ours = cosine((ClipImage(*names), picture(pixels)), (ClipText(*names), "a photo of a cat"))
    assert ours == pytest.approx(float(shown[0] @ said[0]), abs=1e-6)


# Texts past the context: github Lightning-AI/torchmetrics, issue 2883


@pytest.mark.weights
def test_a_text_past_the_context_scores_as_the_longest_that_fits(base_16: tuple[ClipImage, ClipText]) -> None:
    image, _ = base_16
    shown = image, picture(torch.randint(255, (3, 224, 224), generator=torch.Generator().manual_seed(0)))
    scores = [100 * cosine(shown, (cut(BASE_16, "openai"), "x " * count)) for count in (74, 75, 76)]
    # Theirs falls to 16.97 at 76 words: the slice loses the token that the model reads.
    assert scores == pytest.approx([27.3988, 26.1583, 26.1583], abs=0.02)


def test_a_text_past_the_context_keeps_its_end_token(small: SmallClip) -> None:
    names = small.architecture, str(small.checkpoint)
    fitting, longer, endless = encoded(cut(*names), ["x " * 75, "x " * 76, "x " * 5000])
    np.testing.assert_allclose(longer, fitting, atol=1e-6)
    np.testing.assert_allclose(endless, fitting, atol=1e-6)
    assert float(fitting @ without_end_token(small, "x " * 76)) < 0.99, "the token makes a difference"


def test_by_default_what_is_past_the_context_counts_by_its_tokens(small: SmallClip) -> None:
    names = small.architecture, str(small.checkpoint)
    whole = encoded(ClipText(*names), ["x " * 76])[0]
    first, rest = encoded(ClipText(*names), ["x " * 75, "x"])
    mean = 75 * first + rest
    np.testing.assert_allclose(whole, mean / np.linalg.norm(mean), atol=1e-6)


def cut(architecture: str, pretrained: str) -> ClipText:
    """A text feature that reads the first chunk only, as all others do."""
    return ClipText(architecture, pretrained, max_chunks=1)


def without_end_token(small: SmallClip, text: str) -> Array:
    """What a slice of the first 77 tokens makes of a text."""
    tokenizer = open_clip.get_tokenizer(small.architecture)
    ids = [tokenizer.sot_token_id, *tokenizer.encode(text)][: tokenizer.context_length]
    model = open_clip.create_model(small.architecture, pretrained=str(small.checkpoint)).eval()
    with torch.inference_mode():
        return np.asarray(model.encode_text(torch.tensor([ids]), normalize=True)[0])


# PAC-S: Sarto et al. 2023, the example of github aimagelab/pacscore: w = 2 where CLIPScore has 2.5


@pytest.mark.weights
@pytest.mark.parametrize(
    ("captions", "pac", "refpac"), [("good_captions", 0.8264, 0.8393), ("bad_captions", 0.5772, 0.6357)]
)
def test_the_example_of_pac_has_the_scores_of_its_readme(
    tmp_path: Path, captions: str, pac: float, refpac: float
) -> None:
    example = folder_of("VLITQ_PACSCORE_EXAMPLE", "the folder example/ of github.com/aimagelab/pacscore")
    checkpoint = folder_of("VLITQ_PACSCORE_CHECKPOINT", "its file checkpoints/clip_ViT-B-32.pth")
    run = captions_scored(example, captions, f"{BASE_32}/{checkpoint}", tmp_path / "scored")
    by_image, by_reference = 2 * column(run, "alignment.cosine"), column(run, "refclipscore.reference_cosine")
    assert by_image.mean() == pytest.approx(pac, abs=1e-3)
    assert (2 * by_image * by_reference / (by_image + by_reference)).mean() == pytest.approx(refpac, abs=1e-3)
