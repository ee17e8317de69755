"""Plans for the tests by rule group: each is checked by the validator, and told in local time."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from scheduler.factory import Snapshot
from scheduler.network import NeedKind, SupplyKind
from scheduler.policy import Policy
from scheduler.schedule import PlanRow, RowKind
from scheduler.solve import Plan, plan
from tests.cases.plants import breaches as every_breach
from tests.factories import VIENNA


def planned(snapshot: Snapshot, policy: Policy | None = None, *, seconds: float = 0) -> Plan:
    """The plan of a snapshot, which holds every rule; ``seconds`` of 0 take the first one."""
    found = plan(snapshot, policy, seconds=seconds)
    assert breaches(found) == []
    return found


def breaches(found: Plan) -> list[str]:
    """Rules that a plan breaks, by the validator; a customer's latest date is none."""
    return [finding.message for finding in every_breach(found)]


def date(found: Plan, demand: str = "SO-1") -> str | None:
    """When a demand is delivered in full, as ``2027-03-01 09:00``; None for never."""
    planned = next(p.planned for p in found.promises if p.demand == demand)
    return None if planned is None else local(planned)


def dates(found: Plan) -> dict[str, Any]:
    """When every demand is delivered in full."""
    return {p.demand: date(found, p.demand) for p in found.promises}


def late(found: Plan, demand: str = "SO-1") -> float:
    """Hours of lateness."""
    return next(p.lateness_hours for p in found.promises if p.demand == demand)


def reason(found: Plan, demand: str = "SO-1") -> str:
    """Why a demand is late, or has no date."""
    return next(p.reason for p in found.promises if p.demand == demand)


def local(moment) -> str:
    """A moment as people of the plant write it."""
    return f"{moment.astimezone(VIENNA):%Y-%m-%d %H:%M}"


def rows(found: Plan, name: str = "", kind: RowKind = RowKind.MAKE) -> list[PlanRow]:
    """Rows of an item, order or step (of all without a name) in the order of their starts."""
    chosen = (r for r in found.rows if r.kind is kind and name in ("", r.item, r.order, r.step))
    return sorted(chosen, key=lambda r: (r.start, r.order, r.step))


def runs(found: Plan, name: str = "", kind: RowKind = RowKind.MAKE) -> list[tuple[str, str]]:
    """Start and end of each of the rows."""
    return [(local(r.start), local(r.end)) for r in rows(found, name, kind)]


def machines(found: Plan, name: str = "") -> list[str | None]:
    """The machine of each of the rows."""
    return [r.machine for r in rows(found, name)]


def made(found: Plan, item: str) -> list[Fraction]:
    """Quantity of each order of an item."""
    return [o.quantity for o in found.network.orders.values() if o.item == item]


def bought(found: Plan, item: str) -> list[tuple[Any, str]]:
    """New purchases of an item: how many, and when they are there."""
    return [
        (s.quantity, local(s.available))
        for s in found.network.supplies.values()
        if s.kind is SupplyKind.PURCHASE and s.item == item and s.available is not None
    ]


def served(
    found: Plan, ident: str = "SO-1", kind: NeedKind = NeedKind.DEMAND
) -> dict[str, Fraction]:
    """Where a demand's (or order's) quantity comes from: item and kind of supply, and how many."""
    total: dict[str, Fraction] = {}
    for name, quantity in _served(found, ident, kind):
        total[name] = total.get(name, Fraction(0)) + quantity
    return total


def _served(found: Plan, ident: str, kind: NeedKind) -> Iterator[tuple[str, Fraction]]:
    for peg in found.network.pegs:
        if (peg.need.kind, peg.need.id) == (kind, ident):
            supply = found.network.supplies[peg.supply]
            yield f"{supply.item} {supply.kind}", peg.quantity


def codes(found: Plan) -> set[str]:
    """Codes of what was found wrong or assumed."""
    return {f.code for f in found.findings}
