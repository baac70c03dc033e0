"""What `--models` understands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from small_clip import write_small_clip

from vlitq.node import Feature
from vlitq.roles import ModelRole
from vlitq_scorers.features import AnswerLoss, ClipImage, ClipText, ConseImage, ConseText, TextEmbedding
from vlitq_scorers.models import vlitq_register_models


def features(model: str) -> tuple[str, Mapping[ModelRole, Feature]]:
    asked = [(family.name, family.features(model, "fp32")) for family in vlitq_register_models()]
    return next(((name, found) for name, found in asked if found is not None), ("", {}))


def owners(model: str) -> list[str]:
    return [family.name for family in vlitq_register_models() if family.features(model, "fp32") is not None]


def test_embedded_fills_every_role() -> None:
    assert features("embedded") == (
        "embedded",
        {
            "clip_image": ConseImage(),
            "clip_text": ConseText(),
            "text_embedding": TextEmbedding("embedded"),
            "language_model": AnswerLoss("embedded"),
        },
    )


@pytest.mark.parametrize("pretrained", ["laion2b_s34b_b79k", "/abs/path.pt", "./rel.pt", "a/b.safetensors", ""])
def test_an_architecture_and_what_follows_its_slash_is_a_clip_model(pretrained: str) -> None:
    image, text = ClipImage("ViT-B-32", pretrained), ClipText("ViT-B-32", pretrained)
    assert features(f"ViT-B-32/{pretrained}") == (
        "open_clip",
        {"clip_image": image, "clip_text": text, "text_embedding": text},
    )


@pytest.mark.parametrize("model", ["hf-hub:org/name", "local-dir:/some/folder"])
def test_open_clips_own_schemes_are_clip_models(model: str) -> None:
    name, found = features(model)
    assert name == "open_clip"
    assert found["clip_image"] == ClipImage(model, "")


def test_an_architecture_added_at_run_time_is_known(tmp_path: Path) -> None:
    small = write_small_clip(tmp_path)
    assert features(f"{small.architecture}/{small.checkpoint}")[0] == "open_clip"


def test_a_misspelt_architecture_is_left_to_open_clips_error() -> None:
    assert features("ViT-B-23/laion2b_s34b_b79k")[0] == "open_clip"


@pytest.mark.parametrize("model", ["all-mpnet-base-v2", "BAAI/bge-small-en-v1.5", "clip-ViT-B-32"])
def test_a_hub_id_is_a_sentence_model(model: str) -> None:
    assert features(model) == ("sentence_transformers", {"text_embedding": TextEmbedding(model)})


def test_a_folder_that_holds_a_model_is_a_sentence_model(tmp_path: Path) -> None:
    assert features(str(tmp_path)) == ("", {})
    (tmp_path / "modules.json").write_text("[]")
    assert features(str(tmp_path)) == ("sentence_transformers", {"text_embedding": TextEmbedding(str(tmp_path))})


@pytest.mark.parametrize("model", ["openai-community/gpt2", "/some/folder"])
def test_a_causal_language_model_is_named_by_its_scheme(model: str) -> None:
    assert features(f"causal-lm:{model}") == ("transformers", {"language_model": AnswerLoss(model)})


def test_a_folder_of_a_causal_language_model_is_no_sentence_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    assert features(str(tmp_path)) == ("transformers", {"language_model": AnswerLoss(str(tmp_path))})
    assert owners(str(tmp_path)) == ["transformers"]
    assert owners(f"causal-lm:{tmp_path}") == ["transformers"]
    (tmp_path / "modules.json").write_text("[]")
    assert features(str(tmp_path))[0] == "sentence_transformers"


@pytest.mark.parametrize("config", ["{", "[]", '{"architectures": null}', '{"architectures": ["BertModel"]}'])
def test_a_folder_of_another_model_stays_a_sentence_model(config: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(config)
    assert features(str(tmp_path))[0] == "sentence_transformers"


def test_precision_reaches_every_feature() -> None:
    models = ("embedded", "ViT-B-32/openai", "causal-lm:org/name", "all-mpnet-base-v2")
    for family, model in zip(vlitq_register_models(), models, strict=True):
        for feature in (family.features(model, "bf16") or {}).values():
            assert feature.parameters()["precision"] == "bf16"


def test_naming_a_model_loads_no_library() -> None:
    code = (
        "import sys; from vlitq_scorers.models import vlitq_register_models as r\n"
        "[f.features(m, 'fp32') for f in r() for m in ('embedded', 'ViT-B-32/openai', 'a/b')]\n"
        "assert not {'torch', 'open_clip', 'timm', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
