"""What people marked: rows marked drop are never taken, those marked keep before any other while the budget lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from vlitq.counted import counted
from vlitq.schema import Array, Status
from vlitq.selection.budget import spend
from vlitq.selection.fields import Fields
from vlitq.selection.ledger import Ledger, tally
from vlitq.selection.request import Request
from vlitq.selector import Choice, Pool

DROPPED, KEPT = "marked drop by hand", "marked keep by hand"
# Statuses of a record that is whole: nobody can train on others, whatever was said of them.
WHOLE = (Status.OK.value, Status.ROLE_ORDER.value, Status.IMAGE_COUNT.value)


def honour(labels: Mapping[int, str], fields: Fields, ledger: Ledger) -> Array:
    """Drop the rows marked drop, and set those aside that are marked keep, past all that drops rows; their numbers.

    Those whose record or image cannot be read stay with the others.
    """
    drop, keep = _marked(labels, "drop"), _marked(labels, "keep")
    if len(drop):
        ledger.decide(drop, "human", lambda at: [DROPPED] * len(at))
        ledger.note(f"{counted(len(drop), 'row')} dropped: {DROPPED}")
    status = fields["status"].values
    whole = np.isin(status[keep], WHOLE)
    _note_broken(keep[~whole], status, ledger)
    keep = keep[whole]
    ledger.set_aside(keep)
    _note_past_validity(keep[status[keep] != Status.OK.value], status, ledger)
    return keep


def say_missing(kept: Array, names: Iterable[str], fields: Fields, ledger: Ledger) -> None:
    """Say of the rows marked keep which of the scores that decide they miss."""
    for name in names:
        rows = kept[fields[name].missing[kept]]
        if len(rows):
            ledger.say(rows, f"{name} is missing")


def ranking_all(request: Request) -> Request:
    """The request, by which rows marked keep rank last in a column that they miss: all others that do are dropped."""
    return request if request.missing in ("last", "middle") else replace(request, missing="last")


def bought(kept: Array, rows: Array, pool: Pool, amount: int, ledger: Ledger) -> Array:
    """The rows marked keep that the budget buys, the best ranked first; the others are decided, and told.

    pool: that of `rows`, which `kept` are among.
    """
    if not len(kept):
        return kept
    marked = np.flatnonzero(np.isin(rows, kept, kind="table"))
    wanted = marked[pool.part(marked).ranking()]
    taken = spend(wanted, pool.cost, amount)
    left = np.flatnonzero(~np.isin(wanted, taken))
    if len(left):
        bought_of = f"the budget buys {len(taken)} of the {counted(len(wanted), 'row')} so marked"

        def why(at: Array) -> Iterable[str]:
            return (f"{KEPT}, ranked {place + 1}; {bought_of}" for place in left[at])

        ledger.decide(rows[wanted[left]], "budget", why)
        ledger.note(f"{counted(len(left), 'row')} {KEPT}, and not taken: {bought_of}, the best ranked")
    if len(taken):
        ledger.note(f"{counted(len(taken), 'row')} taken before all others: {KEPT}")
    return np.asarray(rows[taken])


def before(choice: Choice, first: Array, rest: Array) -> Choice:
    """What a method chose of the positions `rest` of a pool, after the positions `first`, marked keep."""
    reasons = dict.fromkeys(first.tolist(), KEPT) | {int(rest[at]): why for at, why in choice.reasons.items()}
    return Choice(np.concatenate([first, rest[choice.order]]).astype(np.int64), reasons)


def _marked(labels: Mapping[int, str], label: str) -> Array:
    return np.array(sorted(row for row, said in labels.items() if said == label), dtype=np.int64)


def _note_broken(rows: Array, status: Array, ledger: Ledger) -> None:
    if len(rows):
        ledger.say(rows, f"{KEPT} all the same")
        ledger.note(f"{counted(len(rows), 'row')} {KEPT} cannot be trained on, and left out: {tally(status[rows])}")


def _note_past_validity(rows: Array, status: Array, ledger: Ledger) -> None:
    if len(rows):
        ledger.note(f"{counted(len(rows), 'row')} {KEPT}, past the validity gate: {tally(status[rows])}")
