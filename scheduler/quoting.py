"""Quote: when could this ship, if everything that is planned stays where it is?

ATP from what the plan leaves over (stock, receipts, surplus of planned orders, each from its date),
CTP by making or buying the rest in the gaps of the plan. Pure: nothing is reserved, the plan is not
changed. Fed by a plan; read by the command line and, later, the service.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from scheduler.build import Built, extend
from scheduler.engines.insert import Timelines
from scheduler.explain import Planned as Explained
from scheduler.explain import reasons, supply_words
from scheduler.factory import Demand, Receipt, Snapshot, StockLot
from scheduler.factory.zones import zone_of
from scheduler.frames.promises import end_of, planned_ends
from scheduler.measures import undated
from scheduler.network import NeedKind, Network, Supply, SupplyKind, build_network
from scheduler.policy import Alternatives, Policy
from scheduler.schedule import PlanRow, RowKind, Schedule

if TYPE_CHECKING:
    from datetime import date, datetime

    Day = date  # the type, where a field has the same name

QUOTE = "quote"
"""Id of the demand that is asked for."""
SPARE = 512


class Planned(Explained, Protocol):
    """What quoting reads of a plan."""

    @property
    def policy(self) -> Policy: ...
    @property
    def rows(self) -> list[PlanRow]: ...


@dataclass(frozen=True, slots=True)
class Portion:
    """Part of the quantity: where it comes from and when it is there."""

    kind: SupplyKind
    quantity: Fraction
    date: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The answer to "when can you ship this?".

    Parameters
    ----------
    date
        When all of it ships (aware); None: it cannot be dated, and ``reason`` says why.
    late_hours
        Hours past the requested date; 0 when on time or when there is no date.
    breakdown
        ATP and CTP portions, the earliest first.
    """

    item: str
    plant: str
    quantity: Decimal
    requested: Day | datetime | None
    date: datetime | None
    reason: str
    breakdown: tuple[Portion, ...]
    late_hours: float

    @property
    def answer(self) -> Day | datetime | None:
        """What the customer is told: the requested date where all is there by then, else ``date``.

        None: no date.
        """
        on_time = self.date is not None and self.requested is not None and not self.late_hours
        return self.requested if on_time else self.date


def quote(
    plan: Planned,
    *,
    item: str,
    quantity: Decimal,
    by: date | datetime | None = None,
    plant: str | None = None,
    timelines: Timelines | None = None,
) -> Quote:
    """Date one more order against a plan.

    Parameters
    ----------
    quantity
        In the item's own unit.
    by
        Requested date; a day means its end.
    plant
        Plant it ships from; absent: the first plant that makes, buys or is sent the item.
    timelines
        The plan's gaps, where they were read before; absent: they are read now.

    Raises
    ------
    KeyError
        When the snapshot has no such item.
    """
    if all(i.id != item for i in plan.snapshot.items):
        raise KeyError(item)
    plant = plant or _plant_of(plan.snapshot, item)
    demand = Demand(id=QUOTE, item=item, plant=plant, quantity=quantity, requested=by)
    rest = left_over(plan, demand)
    network = build_network(rest, plan.policy)
    built = extend(plan.built, network, plan.policy)
    lines = timelines or Timelines.of(plan.built.problem, plan.schedule, spare=SPARE)
    prefer = plan.policy.alternatives is Alternatives.PRIORITY
    schedule = lines.quote(built.problem, prefer=prefer)
    return _answer(rest, demand, network, built, schedule)


def _plant_of(snapshot: Snapshot, item: str) -> str:
    """Where an item is had: made, sent to, or bought; else the first plant."""
    made = [r.plant for r in snapshot.routings if r.item == item]
    sent = [lane.to_plant for lane in snapshot.lanes if lane.item == item]
    bought = [p.plant for p in snapshot.purchases if p.item == item and p.plant is not None]
    known = [p.id for p in snapshot.plants]
    return [*made, *sent, *bought, *known][0]


def left_over(plan: Planned, demand: Demand) -> Snapshot:
    """The snapshot as it is for one more demand: what the plan has not pegged, and nothing else to
    plan.
    """
    pegged: dict[str, Fraction] = defaultdict(Fraction)
    for peg in plan.network.pegs:
        pegged[peg.supply] += peg.quantity
    ends = _ends(plan.rows)
    stock: list[StockLot] = []
    receipts: list[Receipt] = []
    for supply in plan.network.supplies.values():
        free = supply.quantity - pegged[supply.id]
        if free <= 0 or supply.reserved_for is not None:
            continue
        there = supply.available or ends.get(supply.output_of or supply.id)
        if supply.kind is SupplyKind.STOCK:
            stock.append(
                StockLot(
                    item=supply.item,
                    plant=supply.plant,
                    quantity=exact(free),
                    lot=supply.id,
                    available_from=supply.available,
                    usable_until=supply.expires,
                )
            )
        elif there is not None:
            receipts.append(_receipt(supply, free, there))
    return plan.snapshot.model_copy(
        update={
            "stock": tuple(stock),
            "receipts": tuple(receipts),
            "work_orders": (),
            "demands": (demand,),
            "planned": (),
        }
    )


def _receipt(supply: Supply, free: Fraction, there: datetime) -> Receipt:
    return Receipt(
        id=supply.id,
        item=supply.item,
        plant=supply.plant,
        quantity=exact(free),
        due=there,
        supplier="planned",
    )


def _ends(rows: list[PlanRow]) -> dict[str, datetime]:
    """End of each order and transfer."""
    ends: dict[str, datetime] = {}
    for row in rows:
        if row.kind is not RowKind.SHIP:
            ends[row.order] = max(row.end, ends.get(row.order, row.end))
    return ends


def exact(quantity: Fraction) -> Decimal:
    """A fraction as a decimal, rounded down at 12 places: availability is never made larger."""
    return Decimal(quantity.numerator * 10**12 // quantity.denominator) / Decimal(10**12)


def _answer(
    snapshot: Snapshot, demand: Demand, network: Network, built: Built, schedule: Schedule
) -> Quote:
    if undated(built.problem, schedule).any():
        reason = f"no capacity for it before {built.horizon.end:%d %b %Y}"
        built = replace(built, undated={QUOTE: reason, **built.undated})
    when = planned_ends(built, schedule).get(QUOTE)
    plant = next((p for p in snapshot.plants if p.id == demand.plant), None)
    late = 0.0
    if when is not None and demand.requested is not None:
        asked = end_of(demand.requested, None if plant is None else zone_of(plant.time_zone))
        late = max(0.0, (when - asked).total_seconds() / 3600)
    why = reasons(snapshot, network, built, schedule).get(QUOTE, "")
    return Quote(
        item=demand.item,
        plant=demand.plant,
        quantity=demand.quantity,
        requested=demand.requested,
        date=when,
        reason=built.undated.get(QUOTE, why),
        breakdown=_breakdown(network, built, schedule),
        late_hours=round(late, 4),
    )


def _breakdown(network: Network, built: Built, schedule: Schedule) -> tuple[Portion, ...]:
    ends: dict[str, int] = {}
    for name, end in zip(built.operations, schedule.end.tolist(), strict=True):
        if name.kind is not RowKind.SHIP:
            ends[name.order] = max(end, ends.get(name.order, 0))
    portions = []
    for peg in network.pegs:
        if peg.need.kind is not NeedKind.DEMAND:
            continue
        supply = network.supplies[peg.supply]
        there = supply.available
        if there is None and (tick := ends.get(supply.output_of or supply.id)) is not None:
            there = built.horizon.moment(tick) if tick < built.problem.end else None
        portions.append(Portion(supply.kind, peg.quantity, there, supply_words(supply)))
    return tuple(sorted(portions, key=lambda p: (p.date is None, p.date or built.horizon.end)))
