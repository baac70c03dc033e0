"""mmSSR: capabilities in turn, styles in turn within them."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
