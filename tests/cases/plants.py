"""Plans of the cases: made, validated, and read back on the plant's clock."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from scheduler import factory as f
from scheduler.explain import Link, explain_demand
from scheduler.findings import Finding
from scheduler.frames import PromiseRow
from scheduler.policy import Policy
from scheduler.quoting import Quote, quote
from scheduler.schedule import PlanRow, RowKind
from scheduler.solve import Plan, plan
from scheduler.validate import Code, validate
from tests import factories as t

Span = tuple[str, str, str]
"""Step, start and end, as in ``("MAKE", "2027-03-01 08:00", "2027-03-01 09:00")``."""


def planned(
    snapshot: f.Snapshot, policy: Policy | None = None, *, seconds: float = 0.0, seed: int = 0
) -> Plan:
    """A plan that holds every rule; ``seconds`` 0 is the dispatched one."""
    policy = policy or Policy()
    made = plan(snapshot, policy, seconds=seconds, seed=seed)
    assert breaches(made) == []
    return made


def breaches(made: Plan, rows: list[PlanRow] | None = None) -> list[Finding]:
    """Rules that a plan (or other rows for it) breaks, by the validator.

    A customer's latest date is no rule: whoever misses it is named, and stays in the plan.
    """
    found = judged(made, rows)
    return [finding for finding in found if finding.code != Code.AFTER_LATEST]


def judged(made: Plan, rows: list[PlanRow] | None = None) -> list[Finding]:
    """All that the validator says of a plan (or of other rows for it)."""
    return validate(
        made.snapshot,
        made.network,
        made.rows if rows is None else rows,
        policy=made.policy,
        unplanned=made.built.unplanned,
    )


def local(moment: datetime, zone: ZoneInfo = t.VIENNA) -> str:
    """``2027-03-01 08:00`` on the clock of ``zone``."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def made_rows(rows: Iterable[PlanRow]) -> list[PlanRow]:
    """Steps of orders by start."""
    return sorted(
        (row for row in rows if row.kind is RowKind.MAKE), key=lambda row: (row.start, row.order)
    )


def spans(made: Plan, zone: ZoneInfo = t.VIENNA) -> list[Span]:
    """Every step of every order by start."""
    return [
        (row.step, local(row.start, zone), local(row.end, zone)) for row in made_rows(made.rows)
    ]


def span(made: Plan, zone: ZoneInfo = t.VIENNA) -> tuple[str, str]:
    """Start and end of the only step there is."""
    (only,) = spans(made, zone)
    return only[1:]


def row(made: Plan, order: str, step: str = "MAKE") -> PlanRow:
    """The row of one step of an order."""
    return next(r for r in made.rows if (r.order, r.step) == (order, step))


def promise(made: Plan, demand: str = "SO-1") -> PromiseRow:
    """What is said about one demand."""
    return next(line for line in made.promises if line.demand == demand)


def dated(made: Plan, demand: str = "SO-1", zone: ZoneInfo = t.VIENNA) -> str:
    """Planned date of one demand."""
    when = promise(made, demand).planned
    assert when is not None, promise(made, demand).reason
    return local(when, zone)


def orders_of(made: Plan, demand: str) -> set[str]:
    """Orders that a demand is pegged to."""
    return {
        made.network.supplies[peg.supply].output_of or ""
        for peg in made.network.pegs
        if peg.need.id == demand
    }


def finding(made: Plan, code: str) -> Finding:
    """The one finding of a code."""
    (found,) = [x for x in made.findings if x.code == code]
    return found


def chain(made: Plan, demand: str = "SO-1") -> tuple[Link, ...]:
    """Binding chain of a demand, last link first."""
    return explain_demand(made, demand).steps


def ask(made: Plan, item: str, quantity: int, by: date | None = None) -> Quote:
    """When so many more could ship."""
    return quote(made, item=item, quantity=Decimal(quantity), by=by)


def released(moment: datetime, *items: str) -> dict[str, Any]:
    """Lists by which ``items`` cannot be begun before ``moment``: their part is there from then."""
    items = items or ("BIKE",)
    return {
        "boms": [t.bom(item, t.line("PART")) for item in items],
        "stock": [t.stock("PART", 10_000, available_from=moment)],
    }


def shop(*steps: f.Step, zone: str = "Europe/Vienna", **lists: Any) -> f.Snapshot:
    """One BIKE is ordered; it is made by ``steps`` on M1 and M2 of a plant in ``zone``."""
    return t.snapshot(
        **{
            "plants": [t.plant(time_zone=zone)],
            "machines": [t.machine("M1"), t.machine("M2")],
            "routings": [t.routing("BIKE", *steps)],
            "demands": [t.demand()],
        }
        | lists
    )
