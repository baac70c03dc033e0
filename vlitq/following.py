"""What a selection is asked for: what was given, and what a recipe adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vlitq.recipe import Recipe
from vlitq.selection.request import NothingToRankBy
from vlitq.selector import SelectionError
from vlitq.store import RunError

HOW = frozenset(
    {"method", "by", "gates", "stratify", "quota", "one_per", "missing", "options"}
)  # says how to choose, not how much


@dataclass(frozen=True)
class Following:
    """The arguments given for a selection, and the recipe it may follow; `named` where that was asked for, and is not
    merely the one that the run was scored with."""

    given: Mapping[str, Any]
    recipe: Recipe
    named: bool

    @property
    def how(self) -> list[str]:
        """The arguments given that say how to choose, sorted."""
        return sorted(self.given.keys() & HOW)

    @property
    def set_aside(self) -> set[str]:
        """What the recipe says of how to choose and is not asked: all, where the user says how and names no recipe."""
        return set(self.recipe.select.keys() & HOW) if self.how and not self.named else set()

    @property
    def base(self) -> dict[str, Any]:
        """What comes from the recipe."""
        return {name: value for name, value in self.recipe.selection().items() if name not in self.set_aside}

    @property
    def arguments(self) -> dict[str, Any]:
        """Those of the selection. Raises `RunError` where nothing says how much to keep, `SelectionError` for options
        of no method."""
        asked = {**self.base, **self.given}
        if "options" in self.given and "method" not in asked:
            raise SelectionError(f"options are given, and no method that has them: name it (--method){self._aside}")
        if "budget" in asked:
            return asked
        scores = self.named and not self.base
        silent = f"recipe {self.recipe.name!r} scores, and leaves selecting to you; " if scores else ""
        raise RunError(
            f"{silent}how much to keep? Give a budget (--budget, budget= in Python): a share such as '20%', or a "
            "number of rows"
        )

    @property
    def follows(self) -> bool:
        """True where the recipe has a part in how rows are chosen."""
        return bool(self.base.keys() & HOW) or (self.named and bool(self.base))

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the recipe does not count."""
        given, name = ", ".join(self.how), repr(self.recipe.name)
        if lost := sorted(self.set_aside - self.given.keys()):
            stays = ", ".join(sorted(self.base.keys() - self.given.keys()))
            rest = f"; taken from it: {stays}" if stays else ""
            return (f"recipe {name} is set aside, with {given} given; not taken from it: {', '.join(lost)}{rest}",)
        if changed := sorted(self.recipe.select.keys() & set(self.how)):
            return (f"given in place of what recipe {name} has: {', '.join(changed)}",) if self.named else ()
        return ()

    def told(self, error: NothingToRankBy) -> SelectionError:
        """The error, with how it came to a method that ranks."""
        named = "method" in self.arguments
        method = f"method {error.method!r}" + ("" if named else ", which is used where none is named,")
        keep = ", or name the recipe (--recipe), of which all the rest then stays" if self.set_aside else ""
        return SelectionError(
            f"{method} ranks by a score, and nothing says by which{self._aside}. Give --by EXPR (by=EXPR in Python), "
            f"or --method random{keep}. Columns: {error.columns}"
        )

    @property
    def _aside(self) -> str:
        """What became of the recipe, as a clause."""
        if not self.set_aside:
            return ""
        return f": with {', '.join(self.how)} given, recipe {self.recipe.name!r} is set aside"
