"""Recipes: what they say, and how a mistake in one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vlitq.host import Host
from vlitq.recipe import Recipe, RecipeError, load, loads
from vlitq_scorers.recipes import vlitq_register_recipes

TEXT = """
name = "mine"
source = "Doe 2024"
models = ["embedded"]

[scorers.alignment]
over_images = "mean"
[scorers.complexity]

[select]
budget = "20%"
method = "deita"
by = "alignment.cosine"
gates = ["complexity.turns >= 2"]
seed = 3
[select.options]
threshold = 0.85
"""


def test_a_recipe_names_scorers_with_parameters_and_a_selection() -> None:
    recipe = loads(TEXT)
    assert recipe.name == "mine"
    assert recipe.models == ("embedded",)
    assert recipe.scorers == {"alignment": {"over_images": "mean"}, "complexity": {}}
    assert recipe.selection() == {
        "budget": "20%",
        "method": "deita",
        "by": "alignment.cosine",
        "gates": ["complexity.turns >= 2"],
        "seed": 3,
        "options": {"threshold": 0.85},
    }


def test_a_recipe_survives_the_manifest() -> None:
    recipe = loads(TEXT)
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_a_recipe_without_a_name_has_that_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text("[scorers.complexity]\n")
    assert load(tmp_path / "short.toml").name == "short"
    assert load(tmp_path / "short.toml").selection() == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name = ", "recipe is not TOML: Invalid value \\(at end of document"),
        ("scorer = {}", "no key 'scorer'. Did you mean 'scorers'\\? There are: description, models"),
        ("name = 3", "recipe name = 3: expected text"),
        ("models = 'embedded'", "models = 'embedded': expected a list of texts"),
        ("models = [1]", "models = \\[1\\]: expected a list of texts"),
        ("[scorers]\nalignment = 1", "\\[scorers\\] alignment = 1: expected a table"),
        ("[select]\nbudgte = 3", "recipe: \\[select\\]: no key 'budgte'. Did you mean 'budget'"),
        ("[select]\nseed = '3'", "\\[select\\] seed = '3': expected a whole number"),
        ("[select]\nseed = true", "seed = True: expected a whole number"),
        ("[select]\nunit = 'words'", "unit = 'words': expected one of rows, tokens, images"),
        ("[select]\nmissing = 'skip'", "missing = 'skip': expected one of drop, last, middle"),
        ("[select]\nbudget = '120%'", "\\[select\\]: budget '120%' is not a share"),
        ("[select]\nby = 'a.b +'", "\\[select\\]: cannot read the ranking 'a.b \\+'"),
        ("[select]\ngates = ['a.b']", "\\[select\\]: cannot read the gate 'a.b'"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_expected(text: str, problem: str) -> None:
    with pytest.raises(RecipeError, match=problem):
        loads(text)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("seed = 1")
    with pytest.raises(RecipeError, match=r"recipe .*bad\.toml: no key 'seed'"):
        load(tmp_path / "bad.toml")
    with pytest.raises(RecipeError, match=r"recipe .*gone\.toml cannot be read"):
        load(tmp_path / "gone.toml")


def test_the_recipes_that_are_shipped_can_be_read() -> None:
    recipes = {recipe.name: recipe for recipe in map(load, vlitq_register_recipes())}
    assert {"default", "deita"} <= recipes.keys()
    assert list(recipes["default"].scorers) == [
        "alignment", "relevance", "complexity", "duplicates", "diversity", "schema", "format", "leakage",
    ]  # fmt: skip
    assert all(recipe.description for recipe in recipes.values())


def test_the_columns_that_shipped_recipes_name_are_scored_by_them() -> None:
    from vlitq.selection.gates import parse_gate
    from vlitq.selection.grammar import parse_by

    scorers = [offer.thing for offer in Host().offers("scorers")]
    known = {f"{scorer.name}.{column.name}": column for scorer in scorers for column in scorer.columns}
    for recipe in map(load, vlitq_register_recipes()):
        select = recipe.selection()
        for column in parse_by(select["by"]).columns() if "by" in select else ():
            assert column.sign or known[column.name].direction != "neutral"
        assert all(parse_gate(gate).column in known for gate in select.get("gates", []))
