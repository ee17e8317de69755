"""Given up: what is not made any more because something it needs cannot be had.

Fed by the ledger after each pass; read by the next one. What had lost only to something that is
itself given up is tried once more.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.network.catalogue import EVER
from scheduler.network.model import NeedKind

if TYPE_CHECKING:
    from fractions import Fraction

    from scheduler.findings import Findings
    from scheduler.network.ledger import Lack, Ledger, Want
    from scheduler.network.wanted import Reason


@dataclass(slots=True)
class GivenUp:
    """What is served from what there is only, or not at all, with the reason.

    ``demands`` by id; ``orders`` are work orders, ``safety`` item and plant.
    """

    demands: dict[str, Reason] = field(default_factory=dict)
    orders: dict[str, Reason] = field(default_factory=dict)
    safety: dict[str, Reason] = field(default_factory=dict)
    _missing: dict[str, Lack] = field(default_factory=dict)
    """Demand → what it lacked."""
    _tried_again: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        """How much was given up."""
        return len(self.demands) + len(self.orders) + len(self.safety)

    def add_blocked(self, ledger: Ledger, *, gently: bool) -> bool:
        """Give up what cannot be carried out for want of something it needs; whether any was.

        Parameters
        ----------
        gently
            Of all demands of one order only the one that ranks last is given up: the others may do
            with what there is.
        """
        before = self.size
        served: dict[str, list[Want]] = defaultdict(list)
        for holding, want, _ in ledger.pegs:
            served[holding.output_of or holding.id].append(want)
        for lack in ledger.lacks:
            if lack.want.kind in (NeedKind.DEMAND, NeedKind.SAFETY):
                continue
            ranks = self._climb(lack, served, ledger)
            last = sorted(ranks, key=lambda name: (-ranks[name], name))
            for name in last[:1] if gently else last:
                self.demands.setdefault(name, (lack.code, lack.reason))
                self._missing.setdefault(name, lack)
        return self.size > before

    def _climb(self, lack: Lack, served: dict[str, list[Want]], ledger: Ledger) -> dict[str, int]:
        """From an order or transfer that lacks something up to its demands, with ranks."""
        ranks: dict[str, int] = {}
        reason = (lack.code, lack.reason)
        front, seen = [lack.want.id], {lack.want.id}
        while front:
            name = front.pop()
            order = ledger.orders.get(name)
            if order is not None and order.work_order is not None:
                # Who waits for a work order may find another source.
                self.orders.setdefault(name, reason)
                continue
            for want in served.get(name, []):
                if want.kind is NeedKind.DEMAND:
                    ranks[want.id] = want.rank
                elif want.kind is NeedKind.SAFETY:
                    self.safety.setdefault(want.id, reason)
                elif want.id not in seen:
                    seen.add(want.id)
                    front.append(want.id)
        return ranks

    def try_again(self, ledger: Ledger, rank: dict[str, int]) -> bool:
        """Take back who may do with what others left, each once, by rank; whether anybody."""
        free: dict[tuple[str, str], Fraction] = {}
        found = False
        for name in sorted(self.demands.keys() - self._tried_again, key=lambda n: rank[n]):
            lack = self._missing[name]
            place = (lack.want.item, lack.want.plant)
            if place not in free:
                free[place] = ledger.shelf(*place).free(EVER)
            if free[place] >= lack.quantity:
                free[place] -= lack.quantity
                self._tried_again.add(name)
                del self.demands[name], self._missing[name]
                found = True
        return found

    def note_orders(self, findings: Findings) -> None:
        """Work orders that cannot be finished."""
        for name, (_, reason) in self.orders.items():
            findings.add(
                "work_order.no_material",
                f"work_orders/{name}",
                f"Work order {name} cannot be finished: {reason}.",
                "Find the material, or cancel the order.",
                effect="It is not planned; what it was for is served otherwise.",
            )
