"""Lots: in which quantities a need is made, bought or brought, and which are met together.

Fed by the rules of the plant; read by ``sourcing``. The rules are

    smallest number of lots that is at least the need, up to a tolerance of representation
    every lot ≥ minimum, ≤ maximum, a whole multiple; no needless excess
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from scheduler.factory import Purchase, Replenishment, Routing, TransferLane
from scheduler.factory.units import ceiling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal

    from scheduler.network.ledger import Want

NOTHING = Fraction(0)


@dataclass(frozen=True)
class LotRule:
    """Sizes of lots, in the item's unit.

    Parameters
    ----------
    precision
        Smallest amount that can be counted.
    minimum, multiple
        0 for none.
    maximum
        None for no limit.
    tolerance
        Part of a lot (of the need, where lots have no multiple) that is noise and no need.
    """

    precision: Fraction
    minimum: Fraction = NOTHING
    multiple: Fraction = NOTHING
    maximum: Fraction | None = None
    tolerance: Fraction = NOTHING

    @property
    def step(self) -> Fraction:
        """Lots are whole multiples of this."""
        return self.multiple if self.multiple > 0 else self.precision

    @property
    def least(self) -> Fraction:
        """Smallest lot."""
        return max(ceiling(self.minimum, self.step), self.step)

    @property
    def most(self) -> Fraction | None:
        """Largest lot; at least one multiple, whatever the maximum says."""
        if self.maximum is None:
            return None
        return max(self.maximum // self.step * self.step, self.step)

    @cached_property
    def plain(self) -> bool:
        """Whether it only says to count in whole amounts."""
        return self.minimum <= 0 and self.multiple <= 0 and self.maximum is None

    def rounded(self, need: Fraction) -> Fraction:
        """The need in whole multiples: at least one, and no more for what is only noise."""
        noise = self.tolerance * (self.multiple if self.multiple > 0 else need)
        return max(ceiling(need - noise, self.step), self.step)

    def sizes(self, need: Fraction, room: Fraction | None = None) -> list[Fraction]:
        """Lots for a net need above zero.

        Parameters
        ----------
        room
            Most that may be left over, where the need allows; None for no limit.
        """
        if self.plain and need.denominator == 1 and self.precision == 1:
            return [need]
        wanted = self.rounded(need)
        total = max(wanted, self.least)
        if room is not None and total > wanted:
            total = max(wanted, min(total, (need + room) // self.step * self.step))
            return [total]
        most = self.most
        if most is None or total <= most:
            return [total]
        full, rest = divmod(total, most)
        lots = [most] * int(full)
        if rest <= 0:
            return lots
        least = min(self.least, most)
        if rest < least and most + rest >= 2 * least:
            # The last full lot gives way, so that the minimum of the last lot makes no excess.
            lots[-1] -= least - rest
        return [*lots, max(rest, least)]


def lot_rule(
    precision: Fraction, tolerance: Decimal, kept: Replenishment | None, routing: Routing
) -> LotRule:
    """Rule for making: the routing's, else the item's at that plant."""

    def pick(own: Decimal | None, usual: Decimal | None) -> Fraction | None:
        value = usual if own is None else own
        return None if value is None else Fraction(value)

    return LotRule(
        precision,
        pick(routing.lot_minimum, kept.lot_minimum if kept else None) or NOTHING,
        pick(routing.lot_multiple, kept.lot_multiple if kept else None) or NOTHING,
        pick(routing.lot_maximum, kept.lot_maximum if kept else None) or None,
        Fraction(tolerance),
    )


def purchase_rule(precision: Fraction, tolerance: Decimal, way: Purchase | TransferLane) -> LotRule:
    """Rule for buying or bringing."""
    maximum = way.maximum if isinstance(way, Purchase) else None
    return LotRule(
        precision,
        Fraction(way.minimum),
        Fraction(way.multiple),
        Fraction(maximum) if maximum else None,
        Fraction(tolerance),
    )


def buckets(
    wants: Sequence[Want], start_of_bucket: Callable[[int], int], length: int | None
) -> Iterator[list[Want]]:
    """Wants that are met together, in order of need.

    Parameters
    ----------
    start_of_bucket
        Start of the local day of a moment.
    length
        Seconds of one bucket; None: each want for itself.
    """
    ordered = sorted(wants, key=lambda w: (w.when, w.rank, w.id))
    if length is None:
        yield from ([want] for want in ordered)
        return
    bucket: list[Want] = []
    until = 0
    for want in ordered:
        if bucket and want.when >= until:
            yield bucket
            bucket = []
        if not bucket:
            until = start_of_bucket(want.when) + length
        bucket.append(want)
    if bucket:
        yield bucket
