"""Sourcing: new supply for what stock and receipts do not serve — made, bought, or brought.

Fed by the ledger after netting. Ways are tried by priority; of equal ones making comes before
buying and buying before bringing. Nothing that cannot be had is dropped: it becomes a lack with
its reason.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory.units import ceiling
from scheduler.network.bringing import Bringing
from scheduler.network.buying import Buying
from scheduler.network.explode import Exploder, ExplosionError
from scheduler.network.ledger import NOTHING, Holding, Ledger, Want, replaced_by
from scheduler.network.making import Failures, Making, UnmakeableError, share_out
from scheduler.network.soonest import Soonest
from scheduler.network.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.network.catalogue import Catalogue
    from scheduler.policy import Policy


class Sourcing:
    """New supply in one ledger."""

    def __init__(self, ledger: Ledger, exploder: Exploder, making: Making, policy: Policy) -> None:
        self._ledger = ledger
        self._catalogue: Catalogue = ledger.catalogue
        self._exploder = exploder
        self._making = making
        self._ways = Ways(ledger)
        buying = Buying(ledger, policy)
        bringing = Bringing(ledger, self._ways, policy)
        self._by: dict[str, Callable[[Sequence[Want], str, str], Failures]] = {
            "make": self._make,
            "buy": buying.buy,
            "bring": bringing.bring,
            "make_with": self._make_with,
        }
        soonest = Soonest(ledger, exploder, self._ways, buying)
        self.earliest = soonest.of
        """When new supply could be there for a want; None when none can be had."""
        making.soonest_start = soonest.start

    def supply(self, wants: Sequence[Want], item: str, plant: str) -> None:
        """New supply for all that is open of ``wants``; what cannot be had becomes a lack."""
        failures: Failures = {}
        for way in self._ways.of(item, plant):
            left = [w for w in wants if w.left and w.new]
            if not left:
                break
            for key, failure in self._by[way](left, item, plant).items():
                failures.setdefault(key, failure)
        for want in wants:
            if want.left and want.new and want.substitutes:
                self._supply_substitutes(want)
            if want.left:
                code, reason = failures.get(id(want)) or self._ways.no_source(item, plant)
                self._ledger.lack(want, code, reason)

    def _make(self, wants: Sequence[Want], item: str, plant: str) -> Failures:
        return self._making.make(wants, item, plant, self._catalogue.routings(item, plant))

    def _make_with(self, wants: Sequence[Want], item: str, plant: str) -> Failures:
        """The item only comes out of making something else: that is made for it."""
        failures: Failures = {}
        mother = self._ways.mothers(item, plant)[0]
        co = next(c for c in mother.co_products if c.item == item)
        kept = self._catalogue.replenishment(mother.item, plant)
        precision = self._catalogue.units.precision(mother.item)
        for want in wants:
            # What an earlier run gave more than was wanted.
            share_out(self._ledger, [want], self._free(item, plant))
            if want.left <= 0:
                continue
            try:
                share = want.left / Fraction(co.quantity)
                good = self._exploder.output(mother) * (-(-share // 1) if co.fixed else share)
                good = ceiling(good, precision)
                chosen = self._making.choose(
                    self._catalogue.routings(mother.item, plant),
                    mother.item,
                    plant,
                    want.when,
                    good,
                )
                made = self._making.order(chosen, mother.item, plant, good, want.when, [want], kept)
                share_out(self._ledger, [want], [h for h in made[1:] if h.item == item])
            except UnmakeableError as error:
                failures[id(want)] = (error.code, error.reason)
            except ExplosionError as error:
                failures[id(want)] = (error.code, error.reason)
        return failures

    def _free(self, item: str, plant: str) -> list[Holding]:
        shelf = self._ledger.shelf(item, plant)
        return [h for h in shelf.holdings if h.left > 0 and h.output_of is not None]

    def _supply_substitutes(self, want: Want) -> None:
        """A component that cannot be had is replaced by the first substitute that can."""
        for substitute in want.substitutes:
            item = substitute.item
            valid = substitute.valid[0] <= want.when < substitute.valid[1]
            if not valid or not self._ways.of(item, want.plant):
                continue
            quantity = want.left * substitute.ratio
            stand_in = replaced_by(want, item, quantity)
            want.quantity -= want.left
            want.left = NOTHING
            self._ledger.ask(stand_in)
            return
