"""Netting: what is there, or coming, is given to what is wanted before anything new is made.

Fed by the ledger; the rest is left to ``sourcing``. In the order of ranks each want gets

1. what is reserved for it, whenever it comes;
2. of its own item, then of its substitutes in their order: what is there when it is needed, or so
   little
   later that the policy waits, or anyway before something new could be there.

While ranks are served the latest supply that will do is taken, so that early supply is kept for
who needs it early; then the same quantities are handed out first come, first served, so that
stock goes before receipts. Neither changes who gets how much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction

from scheduler.network.catalogue import EVER
from scheduler.network.ledger import NOTHING, Holding, Ledger, Shelf, Want, least, less

Grant = tuple[Want, Holding, Fraction, int]
"""Who gets what, and by when it had to be there."""
NewReady = Callable[[Want], int | None]
"""When something new could be there for a want; None when nothing can be had."""


def serve(ledger: Ledger, wants: Sequence[Want], wait: int | None, new_ready: NewReady) -> None:
    """Give existing supply to the wants of one pool; what they still lack stays in ``left``.

    Parameters
    ----------
    wait
        Seconds later than needed that are waited for supply; None for any time.
    """
    grants: dict[int, list[Grant]] = defaultdict(list)
    shelves: dict[int, Shelf] = {}
    for want in sorted(wants, key=lambda w: (w.rank, w.when)):
        own = ledger.shelf(want.item, want.plant)
        _take_reserved(ledger, own, want)
        if want.left and own.holdings:
            for limit in _limits(want, own, wait, new_ready):
                for holding, part in own.take(want, limit, want.left):
                    want.left = less(want.left, part)
                    grants[id(own)].append((want, holding, part, limit))
                    shelves[id(own)] = own
        if want.left and want.substitutes:
            _take_substitutes(ledger, want, wait, new_ready, grants, shelves)
    for key, granted in grants.items():
        for want, holding, part, _ in _first_come(shelves[key], granted):
            ledger.give(holding, want, part)


def _limits(want: Want, shelf: Shelf, wait: int | None, new_ready: NewReady) -> tuple[int, ...]:
    """What is there in time is taken first, then what is waited for: else a want of high rank that
    can wait for ever would leave the stock it needs now to others.
    """
    latest = _limit(want, shelf, wait, new_ready)
    soon = want.when + (wait or 0)
    return (soon, latest) if soon < latest else (latest,)


def _limit(want: Want, shelf: Shelf, wait: int | None, new_ready: NewReady) -> int:
    """Latest arrival that is still waited for."""
    if wait is None or not want.new:
        return EVER
    latest = shelf.latest()
    if latest is None or latest <= want.when + wait:
        return want.when + wait
    ready = new_ready(want)
    return EVER if ready is None else max(want.when + wait, ready)


def _take_reserved(ledger: Ledger, shelf: Shelf, want: Want) -> None:
    """What is set aside for a want, whenever it comes."""
    if not shelf.reserved:
        return
    for owner in sorted(want.owners & shelf.reserved.keys()):
        for holding in shelf.reserved[owner]:
            if want.left and holding.left and shelf.usable(holding, want):
                part = least(want.left, holding.left)
                want.left = less(want.left, part)
                holding.left = less(holding.left, part)
                ledger.give(holding, want, part)


def _take_substitutes(
    ledger: Ledger,
    want: Want,
    wait: int | None,
    new_ready: NewReady,
    grants: dict[int, list[Grant]],
    shelves: dict[int, Shelf],
) -> None:
    for substitute in want.substitutes:
        if not want.left or not substitute.valid[0] <= want.when < substitute.valid[1]:
            continue
        shelf = ledger.shelf(substitute.item, want.plant)
        for limit in _limits(want, shelf, wait, new_ready):
            for holding, part in shelf.take(want, limit, want.left * substitute.ratio):
                replace(want, substitute.item, part, substitute.ratio)
                grants[id(shelf)].append((want, holding, part, limit))
                shelves[id(shelf)] = shelf


def replace(want: Want, item: str, quantity: Fraction, ratio: Fraction) -> None:
    """So much of a substitute stands in for the want's own item."""
    want.left -= quantity / ratio
    want.quantity -= quantity / ratio
    want.replaced[item] = want.replaced.get(item, NOTHING) + quantity


def _turn(grant: Grant) -> tuple[int, int, int]:
    """By limit; then by date where all come in time, by rank where some have to wait."""
    want, _, _, limit = grant
    return (limit, want.rank, 0) if limit >= EVER else (limit, want.when, want.rank)


def _first_come(shelf: Shelf, grants: list[Grant]) -> list[Grant]:
    """The same quantities, earliest supply to the earliest want.

    What was granted by a limit can always be handed out this way: wants in the order of their
    limits, each from the earliest supply left; what has no limit goes by rank. Lots that expire
    stay with whom they were granted to.
    """
    if shelf.expiring or len({h.ready for h in shelf.holdings}) < 2:
        return grants
    for _, holding, part, _ in grants:
        holding.left += part
    shelf.put_back()
    lines: dict[str, list[Holding]] = defaultdict(list)
    for holding in sorted(shelf.holdings, key=lambda h: (h.ready, h.id)):
        lines[holding.batch if shelf.by_batch else ""].append(holding)
    result = []
    at: dict[str, int] = defaultdict(int)
    for want, _, part, limit in sorted(grants, key=_turn):
        batch = want.batch if shelf.by_batch else ""
        line = lines[batch]
        while part:
            holding = line[at[batch]]
            if not holding.left:
                at[batch] += 1
                continue
            piece = least(part, holding.left)
            holding.left = less(holding.left, piece)
            part = less(part, piece)
            result.append((want, holding, piece, limit))
    return result
