"""Small plans made by hand that hold every rule, and ways to break one of them.

All plants are those of ``tests.factories``: GRAZ on calendar DAY, now is Monday 2027-03-01 08:00.
Times are written as day of March and clock, ``"1 08:00"``, on the clock of Vienna.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from scheduler import factory as f
from scheduler.network.model import (
    Need,
    NeedKind,
    Network,
    Order,
    Peg,
    Shortage,
    Supply,
    SupplyKind,
)
from scheduler.policy import Policy
from scheduler.schedule import PlanRow, RowKind
from scheduler.validate import validate
from tests import factories as a


def t(text: str) -> datetime:
    """``"1 08:00"`` is 08:00 on 1 March 2027 in Vienna; ``"-1 …"`` counts back into February."""
    day, clock = text.split()
    return a.at(f"2027-03-01 {clock}") + timedelta(days=int(day) - 1)


POLICY = Policy()


@dataclass(frozen=True)
class Case:
    """A plan with what it was made from."""

    snapshot: f.Snapshot
    network: Network
    rows: tuple[PlanRow, ...]
    policy: Policy = POLICY

    def codes(self) -> set[str]:
        return {finding.code for finding in self.findings()}

    def findings(self) -> list[Any]:
        return validate(self.snapshot, self.network, self.rows, policy=self.policy)


Change = Callable[[Case], Case]


def quantity(value: Any) -> Fraction:
    return Fraction(str(value))


def order(ident: str, routing: f.Routing | None, amount: Any = 1, **fields: Any) -> Order:
    """An order of ``amount`` pieces, all of which go through every step."""
    pieces = quantity(amount)
    steps = routing.steps if routing else ()
    known: dict[str, Any] = {
        "id": ident,
        "item": routing.item if routing else "BIKE",
        "plant": routing.plant if routing else "GRAZ",
        "quantity": pieces,
        "start_quantity": pieces,
        "routing": routing,
        "bom": None,
        "step_quantity": tuple(pieces for _ in steps),
    }
    return Order(**(known | fields))


def made_by(order: Order, **fields: Any) -> Supply:
    """What an order makes."""
    known: dict[str, Any] = {
        "id": f"OUT:{order.id}",
        "kind": SupplyKind.ORDER,
        "item": order.item,
        "plant": order.plant,
        "quantity": order.quantity,
        "available": None,
        "output_of": order.id,
    }
    return Supply(**(known | fields))


def supply(ident: str, kind: SupplyKind, item: str, amount: Any, **fields: Any) -> Supply:
    known: dict[str, Any] = {
        "id": ident,
        "kind": kind,
        "item": item,
        "plant": "GRAZ",
        "quantity": quantity(amount),
        "available": None,
    }
    return Supply(**(known | fields))


def peg(supply: Supply, kind: NeedKind, ident: str, amount: Any = None, **fields: Any) -> Peg:
    """All of a supply, or ``amount`` of it, is for the need of ``ident``."""
    pieces = supply.quantity if amount is None else quantity(amount)
    place: dict[str, Any] = {"item": supply.item, "plant": supply.plant}
    known: dict[str, Any] = place | {"quantity": pieces, "when": None}
    return Peg(supply.id, Need(kind=kind, id=ident, **(known | fields)), pieces)


def network(
    orders: Iterable[Order] = (),
    supplies: Iterable[Supply] = (),
    pegs: Iterable[Peg] = (),
    demands: Iterable[f.Demand] = (),
    shortages: Iterable[Shortage] = (),
) -> Network:
    demands = tuple(demands)
    return Network(
        demands=demands,
        remaining={d.id: quantity(d.quantity) for d in demands},
        orders={o.id: o for o in orders},
        supplies={s.id: s for s in supplies},
        pegs=tuple(pegs),
        shortages=tuple(shortages),
    )


def make(
    order: Order, step: str, machine: str | None, start: str, end: str, **fields: Any
) -> PlanRow:
    """A row for a step of an order; without ``setup`` there is none."""
    setup = fields.pop("setup", start)
    known: dict[str, Any] = {
        "kind": RowKind.MAKE,
        "order": order.id,
        "step": step,
        "part": 0,
        "item": order.item,
        "plant": order.plant,
        "quantity": order.step_quantity[0],
        "machine": machine,
        "slot": 0,
        "workers": (),
        "setup": t(setup),
        "start": t(start),
        "end": t(end),
    }
    return PlanRow(**(known | fields))


def carry(kind: RowKind, ident: str, item: str, start: str, end: str, **fields: Any) -> PlanRow:
    """A row for a transfer or a delivery."""
    known: dict[str, Any] = {
        "kind": kind,
        "order": ident,
        "step": "",
        "part": 0,
        "item": item,
        "plant": "GRAZ",
        "quantity": Fraction(1),
        "machine": None,
        "slot": 0,
        "workers": (),
        "setup": t(start),
        "start": t(start),
        "end": t(end),
    }
    return PlanRow(**(known | fields))


def case(
    snapshot: f.Snapshot, orders: Iterable[Order], rows: Iterable[PlanRow], **net: Any
) -> Case:
    """A plan of orders that are made for nobody, unless ``net`` has supplies, pegs and demands."""
    return Case(snapshot, network(orders, **net), tuple(rows))


# ---------------------------------------------------------------------------- changes


def move(start: str, end: str, setup: str | None = None, row: int = 0, **fields: Any) -> Change:
    """Give a row other times."""

    def change(plan: Case) -> Case:
        when = {"setup": t(setup or start), "start": t(start), "end": t(end)}
        return set_row(row, **when, **fields)(plan)

    return change


def set_row(row: int = 0, **fields: Any) -> Change:
    """Give a row other facts."""

    def change(plan: Case) -> Case:
        rows = list(plan.rows)
        rows[row] = replace(rows[row], **fields)
        return replace(plan, rows=tuple(rows))

    return change


def drop(row: int = 0) -> Change:
    return lambda plan: replace(plan, rows=plan.rows[:row] + plan.rows[row + 1 :])


def add(*rows: PlanRow) -> Change:
    return lambda plan: replace(plan, rows=plan.rows + rows)


def again(row: int = 0) -> Change:
    return lambda plan: replace(plan, rows=(*plan.rows, plan.rows[row]))


def snapshot_with(**lists: Any) -> Change:
    """Other lists in the snapshot; rows are parsed again."""
    return lambda plan: replace(plan, snapshot=plan.snapshot.model_copy(update=lists))


def network_with(**fields: Any) -> Change:
    return lambda plan: replace(plan, network=replace(plan.network, **fields))


def order_with(ident: str, **fields: Any) -> Change:
    def change(plan: Case) -> Case:
        orders = plan.network.orders | {ident: replace(plan.network.orders[ident], **fields)}
        return replace(plan, network=replace(plan.network, orders=orders))

    return change


def supply_with(ident: str, **fields: Any) -> Change:
    def change(plan: Case) -> Case:
        changed = replace(plan.network.supplies[ident], **fields)
        supplies = plan.network.supplies | {ident: changed}
        return replace(plan, network=replace(plan.network, supplies=supplies))

    return change


def peg_with(number: int = 0, **fields: Any) -> Change:
    def change(plan: Case) -> Case:
        pegs = list(plan.network.pegs)
        pegs[number] = replace(pegs[number], **fields)
        return replace(plan, network=replace(plan.network, pegs=tuple(pegs)))

    return change


def step_with(ident: str, step: str, **fields: Any) -> Change:
    """Other facts of a step of an order's routing."""

    def change(plan: Case) -> Case:
        routing = plan.network.orders[ident].routing
        assert routing is not None
        steps = tuple(s.model_copy(update=fields) if s.id == step else s for s in routing.steps)
        return order_with(ident, routing=routing.model_copy(update={"steps": steps}))(plan)

    return change


def several(*changes: Change) -> Change:
    """One after the other."""

    def change(plan: Case) -> Case:
        for one in changes:
            plan = one(plan)
        return plan

    return change
