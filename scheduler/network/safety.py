"""Safety stock: what is missing to keep it, time-phased, after every demand has been served.

Fed by the ledger; read by ``planning``. The stock that will be there at a time is what has
arrived by then less what is used by then; stock that a later demand is pegged to guards until it
is used.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from scheduler.network.catalogue import EVER
from scheduler.network.ledger import NOTHING, Ledger, Want
from scheduler.network.model import NeedKind

if TYPE_CHECKING:
    from scheduler.factory import Replenishment


class SafetyLevels:
    """Safety stock of one item at one plant over time.

    Parameters
    ----------
    starts, levels
        The level from each moment on.
    """

    def __init__(self, kept: Replenishment, ledger: Ledger) -> None:
        at = ledger.catalogue.clocks.at
        steps = sorted((at(s.starts, kept.plant), Fraction(s.quantity)) for s in kept.safety_levels)
        self.starts = [-EVER, *(start for start, _ in steps)]
        self.levels = [Fraction(kept.safety_stock), *(level for _, level in steps)]

    @property
    def any(self) -> bool:
        """Whether there is ever any."""
        return any(self.levels)

    def at(self, moment: int) -> Fraction:
        """The level at a moment."""
        return self.levels[bisect_right(self.starts, moment) - 1]


def missing(ledger: Ledger, kept: Replenishment, ready: int | None, rank: int) -> list[Want]:
    """What must be supplied to keep the safety stock, at each time it falls short.

    Parameters
    ----------
    ready
        When new supply could be there; None: now. What is short before then no order can mend.
    """
    levels = SafetyLevels(kept, ledger)
    if not levels.any:
        return []
    now = ledger.catalogue.now
    first = max(now, ready or now)
    moments, stock = _projected(ledger, kept.item, kept.plant)
    checks = sorted(
        {first, *(m for m in moments if m > first), *(s for s in levels.starts if s > first)}
    )
    wants = []
    extra = NOTHING
    for moment in checks:
        i = bisect_right(moments, moment) - 1
        there = stock[i] if i >= 0 else NOTHING
        short = levels.at(moment) - there - extra
        if short > 0:
            extra += short
            wants.append(
                Want(
                    kind=NeedKind.SAFETY,
                    id=f"{kept.item}@{kept.plant}",
                    item=kept.item,
                    plant=kept.plant,
                    quantity=short,
                    left=short,
                    # What is short when it can first be mended is wanted at once.
                    when=now if moment == first else moment,
                    rank=rank,
                )
            )
    return wants


def _projected(ledger: Ledger, item: str, plant: str) -> tuple[list[int], list[Fraction]]:
    """Moments, and the stock from each on; what is set aside for somebody does not count."""
    shelf = ledger.shelf(item, plant)
    changes: dict[int, Fraction] = {}
    used: dict[int, Fraction] = {}
    reserved = {id(h) for line in shelf.reserved.values() for h in line}
    for holding in (*shelf.holdings, *(h for line in shelf.reserved.values() for h in line)):
        # Of what is set aside only what its owner takes comes and goes.
        quantity = holding.quantity - (holding.left if id(holding) in reserved else NOTHING)
        if holding.ready >= EVER or quantity <= 0:
            continue
        changes[holding.ready] = changes.get(holding.ready, NOTHING) + quantity
        if holding.expires is not None and holding.left > 0 and id(holding) not in reserved:
            changes[holding.expires] = changes.get(holding.expires, NOTHING) - holding.left
    for moment, quantity in shelf.outgoing:
        used[moment] = used.get(moment, NOTHING) + quantity
    for moment, quantity in used.items():
        changes[moment] = changes.get(moment, NOTHING) - quantity
    moments = sorted(changes)
    return moments, list(accumulate(changes[m] for m in moments))
