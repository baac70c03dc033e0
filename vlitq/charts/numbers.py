"""How numbers are written in charts and beside them: short, and in the same way everywhere."""

from __future__ import annotations

import math

# Vega writes 1.2M, and 1.2G where people write 1.2B.
AXIS_LABEL = (
    "datum.value == 0 ? '0' : abs(datum.value) >= 1e15 || abs(datum.value) < 1e-4 ? format(datum.value, '.2~e')"
    " : abs(datum.value) >= 1e4 ? replace(format(datum.value, '.3~s'), 'G', 'B') : datum.label"
)
_LETTERS = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


def short(value: float) -> str:
    """Three digits, or whole thousands: 0.123, 12.3, 1,234, 1.23M, 1.2e+20, infinity."""
    size = abs(value)
    if not math.isfinite(value):
        return "none" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
    if size >= 1e15:
        return f"{value:.3g}"
    for unit, letter in _LETTERS:
        if size >= unit:
            return f"{value / unit:.3g}{letter}"
    return f"{value:,.0f}" if size >= 1000 else f"{value:.3g}"


def share(part: float, whole: float) -> str:
    """Per cent, such that neither 0 % nor 100 % is said of some: "12 %", "99.9 %", "less than 0.1 %"."""
    if not whole:
        return "0 %"
    per_cent = 100 * part / whole
    if 0 < per_cent < 0.1:
        return "less than 0.1 %"
    if 99.9 < per_cent < 100:
        return "more than 99.9 %"
    return f"{per_cent:.0f} %" if per_cent in (0, 100) or 1 <= per_cent <= 99 else f"{per_cent:.1f} %"
