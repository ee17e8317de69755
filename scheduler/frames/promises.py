"""Promises: requested, promised and planned date of each demand, side by side and never mixed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory.zones import zone_of
from scheduler.measures import completions
from scheduler.network.model import NeedKind
from scheduler.schedule import RowKind, Schedule, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from scheduler.build.model import Built
    from scheduler.factory import Demand, Snapshot
    from scheduler.network.model import Network

HOUR = timedelta(hours=1)
NO_PLAN = {
    Status.INFEASIBLE: "No plan can be made: the rules contradict each other.",
    Status.UNKNOWN: "No plan was found in the time given.",
    Status.CANCELLED: "Planning was stopped before this demand had a date.",
}


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """What can be said to one customer about one demand.

    Parameters
    ----------
    quantity
        Still to be delivered, in the item's own unit.
    requested, promised
        As written in the order (a day means its end at the plant); None: none was given.
    planned
        When the last part is delivered, aware, UTC. None: it has no date, and ``reason`` says why.
    finished
        When all of it is made, brought or received, aware, UTC; before ``planned`` where it waits
        for the dock. None: it has no date.
    lateness_hours
        Elapsed hours from the requested (without one: the promised) date to ``planned``; 0 when on
        time, when nothing was asked for, or when there is no date.
    reason
        Why it is late, past its latest acceptable date or without one; empty when on time.
    latest
        Latest acceptable date as written; None: late is accepted.
    past_latest
        Whether it is planned after ``latest`` (a day means its end at the plant).
    """

    demand: str
    item: str
    plant: str
    customer: str
    quantity: Fraction
    requested: datetime | date | None
    promised: datetime | date | None
    planned: datetime | None
    lateness_hours: float
    reason: str = ""
    finished: datetime | None = None
    latest: datetime | date | None = None
    past_latest: bool = False

    @property
    def late(self) -> bool:
        """Whether it is delivered after the date it is measured against."""
        return self.lateness_hours > 0


def promises(
    snapshot: Snapshot,
    network: Network,
    built: Built,
    schedule: Schedule,
    reasons: Mapping[str, str] | None = None,
) -> list[PromiseRow]:
    """One row per demand that is planned or should have been, in the order of the snapshot.

    Parameters
    ----------
    reasons
        Why demands are late, by id, where that is known.
    """
    planned = planned_ends(built, schedule)
    ready = finished(network, built, schedule)
    open_demands = {demand.id: demand for demand in network.demands}
    zones = {plant.id: zone_of(plant.time_zone) for plant in snapshot.plants}
    listed = [d for d in snapshot.demands if d.id in open_demands or d.id in built.undated]
    known = {demand.id for demand in listed}
    # Demands that only the network knows (quotes, forecasts) come last.
    listed += [demand for demand in network.demands if demand.id not in known]
    nothing = NO_PLAN.get(schedule.status, "It has no operations and no supply.")
    found = []
    for demand in listed:
        why = built.undated.get(demand.id, "")
        end = None if why else planned.get(demand.id)
        zone = zones.get(demand.plant)
        late, past = lateness(demand, end, zone), past_latest(demand, end, zone)
        if end is None:
            why = why or nothing
        elif late or past:
            why = (reasons or {}).get(demand.id, "")
        if past:
            why = f"after its latest date {demand.latest}{': ' if why else ''}{why}"
        quantity = network.remaining.get(demand.id, Fraction(demand.quantity - demand.delivered))
        made = None if end is None else min(end, ready.get(demand.id, end))
        row = _row(demand, quantity, end, late, why, made)
        found.append(replace(row, past_latest=past))
    return found


def planned_ends(built: Built, schedule: Schedule) -> dict[str, datetime]:
    """When each demand is delivered in full; one with an operation that has no place is absent."""
    if schedule.size != built.problem.size:
        return {}
    done = completions(built.problem, schedule.end)
    return {
        demand: built.horizon.moment(tick)
        for demand, tick in zip(built.demands, done.tolist(), strict=True)
        if tick < built.problem.end and demand not in built.undated
    }


def finished(network: Network, built: Built, schedule: Schedule) -> dict[str, datetime]:
    """When everything that serves each demand is there, before it goes to the dock."""
    if schedule.size != built.problem.size:
        return {}
    ends: dict[tuple[str, str | None], int] = {}
    for name, end in zip(built.operations, schedule.end.tolist(), strict=True):
        if name.kind is not RowKind.SHIP:
            for key in ((name.order, name.step), (name.order, None)):
                ends[key] = max(end, ends.get(key, end))
    found: dict[str, datetime] = {}
    for peg in network.pegs:
        if peg.need.kind is not NeedKind.DEMAND:
            continue
        supply = network.supplies[peg.supply]
        there = supply.available
        if there is None:
            tick = ends.get((supply.output_of or supply.id, supply.step))
            there = built.horizon.moment(tick) if tick is not None else None
        if there is not None:
            found[peg.need.id] = max(there, found.get(peg.need.id, there))
    return found


def lateness(demand: Demand, planned: datetime | None, zone: ZoneInfo | None) -> float:
    """Hours from the date asked for to ``planned``, never below 0; 0 when either is missing."""
    asked = demand.requested if demand.requested is not None else demand.promised
    if planned is None or asked is None:
        return 0.0
    # Four decimals keep a minute exact enough to be added up over thousands of demands.
    return round(max(timedelta(0), planned - end_of(asked, zone)) / HOUR, 4)


def past_latest(demand: Demand, planned: datetime | None, zone: ZoneInfo | None) -> bool:
    """Whether ``planned`` is after the latest date the customer accepts."""
    if planned is None or demand.latest is None:
        return False
    return planned > end_of(demand.latest, zone)


def end_of(moment: datetime | date, zone: ZoneInfo | None) -> datetime:
    """The instant itself, or the end (24:00) of a day in the plant's zone (none: UTC)."""
    if isinstance(moment, datetime):
        return moment
    after = moment + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=zone or UTC).astimezone(UTC)


def late_rows(rows: Iterable[PromiseRow]) -> list[PromiseRow]:
    """The late ones, the worst first."""
    return sorted((row for row in rows if row.late), key=lambda row: -row.lateness_hours)


def _row(
    demand: Demand,
    quantity: Fraction,
    planned: datetime | None,
    late: float,
    reason: str,
    made: datetime | None,
) -> PromiseRow:
    return PromiseRow(
        demand=demand.id,
        item=demand.item,
        plant=demand.plant,
        customer=demand.customer or "",
        quantity=quantity,
        requested=demand.requested,
        promised=demand.promised,
        planned=planned,
        lateness_hours=late,
        reason=reason,
        finished=made,
        latest=demand.latest,
    )
