"""Small plants a reader can draw, for the tests of every part.

Unless a test says otherwise the plant is GRAZ in Europe/Vienna on calendar DAY (Monday to Friday
08:00-12:00 and 13:00-17:00), and now is Monday 2027-03-01 08:00 local.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler import factory as f

VIENNA = ZoneInfo("Europe/Vienna")
WEEKDAYS = (0, 1, 2, 3, 4)
ZERO = timedelta(0)


def at(text: str, zone: ZoneInfo = VIENNA) -> datetime:
    """``2027-03-01 08:00`` as local time of the plant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def day(text: str) -> date:
    """``2027-03-01`` as a day."""
    return date.fromisoformat(text)


NOW = at("2027-03-01 08:00")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def calendar(ident: str, *spans: str, days: Sequence[int] = WEEKDAYS, **fields: Any) -> f.Calendar:
    """``calendar("DAY", "08:00-12:00", "13:00-17:00")``; further rules go into ``more``."""
    more = tuple(fields.pop("more", ()))
    shifts = tuple(
        f.CalendarRule(days=tuple(days), starts=span[:5], ends=span[6:]) for span in spans
    )
    return f.Calendar(id=ident, rules=shifts + more, **fields)


DAY = calendar("DAY", "08:00-12:00", "13:00-17:00")
WORKDAYS = calendar("WORKDAYS", "00:00-24:00")
"""Open all day from Monday to Friday."""
ALWAYS = f.Calendar(id="ALWAYS", open_by_default=True)


def plant(ident: str = "GRAZ", **fields: Any) -> f.Plant:
    return f.Plant(**{"id": ident, "time_zone": "Europe/Vienna", "calendar": "DAY"} | fields)


def machine(ident: str = "M1", plant: str = "GRAZ", **fields: Any) -> f.Machine:
    return f.Machine(id=ident, plant=plant, **fields)


def item(ident: str, **fields: Any) -> f.Item:
    return f.Item(id=ident, **fields)


def step(
    ident: str = "MAKE",
    *machines: str,
    run: float = 0,
    fixed: float = 0,
    setup: float = 0,
    **fields: Any,
) -> f.Step:
    """A step on any of ``machines``; ``run`` (a piece), ``fixed`` and ``setup`` in minutes."""
    return f.Step(
        id=ident,
        alternatives=tuple(
            f.Alternative(machine=m, priority=n + 1) for n, m in enumerate(machines)
        ),
        run_per_unit=minutes(run),
        fixed=minutes(fixed),
        setup=minutes(setup),
        **fields,
    )


def routing(item: str, *steps: f.Step, plant: str = "GRAZ", **fields: Any) -> f.Routing:
    """The routing ``R-<item>``."""
    return f.Routing(**{"id": f"R-{item}", "item": item, "plant": plant, "steps": steps} | fields)


def line(item: str, quantity: Any = 1, **fields: Any) -> f.BomLine:
    return f.BomLine(item=item, quantity=quantity, **fields)


def bom(item: str, *lines: f.BomLine, **fields: Any) -> f.Bom:
    """The bill ``B-<item>``."""
    return f.Bom(**{"id": f"B-{item}", "item": item, "lines": lines} | fields)


def calendar_days(amount: Any, calendar: str | None = None) -> f.LeadTime:
    return f.LeadTime(amount=amount, unit=f.LeadTimeUnit.CALENDAR_DAYS, calendar=calendar)


def working_days(amount: Any, calendar: str | None = None) -> f.LeadTime:
    return f.LeadTime(amount=amount, unit=f.LeadTimeUnit.WORKING_DAYS, calendar=calendar)


def buy(
    item: str, lead_time: f.LeadTime | float = 5, plant: str | None = "GRAZ", **fields: Any
) -> f.Purchase:
    """Bought from ACME; a plain number is calendar days."""
    lead = lead_time if isinstance(lead_time, f.LeadTime) else calendar_days(lead_time)
    return f.Purchase(
        **{"item": item, "plant": plant, "supplier": "ACME", "lead_time": lead} | fields
    )


def demand(
    ident: str = "SO-1", item: str = "BIKE", quantity: Any = 1, requested: Any = None, **fields: Any
) -> f.Demand:
    return f.Demand(
        **{"id": ident, "item": item, "plant": "GRAZ", "quantity": quantity, "requested": requested}
        | fields
    )


def stock(item: str, quantity: Any, plant: str = "GRAZ", **fields: Any) -> f.StockLot:
    return f.StockLot(item=item, plant=plant, quantity=quantity, **fields)


def receipt(ident: str, item: str, quantity: Any, due: Any, **fields: Any) -> f.Receipt:
    return f.Receipt(
        **{
            "id": ident,
            "item": item,
            "plant": "GRAZ",
            "quantity": quantity,
            "due": due,
            "supplier": "ACME",
        }
        | fields
    )


def work_order(ident: str, item: str, quantity: Any, **fields: Any) -> f.WorkOrder:
    return f.WorkOrder(
        **{"id": ident, "item": item, "plant": "GRAZ", "quantity": quantity} | fields
    )


def lane(
    from_plant: str, to_plant: str, lead_time: f.LeadTime | float = 1, **fields: Any
) -> f.TransferLane:
    """A plain number is calendar days."""
    lead = lead_time if isinstance(lead_time, f.LeadTime) else calendar_days(lead_time)
    return f.TransferLane(from_plant=from_plant, to_plant=to_plant, lead_time=lead, **fields)


def snapshot(**lists: Any) -> f.Snapshot:
    """A snapshot of GRAZ at NOW with calendar DAY and supplier ACME.

    A list that is given takes the place of the default's. Items that a given list names and
    ``items`` does not are added, counted in pieces.
    """
    fields: dict[str, Any] = {
        "now": NOW,
        "plants": (plant(),),
        "calendars": (DAY, WORKDAYS, ALWAYS),
        "suppliers": (f.Supplier(id="ACME"),),
    }
    fields |= {key: tuple(rows) if isinstance(rows, list) else rows for key, rows in lists.items()}
    fields["items"] = _with_named_items(fields)
    return f.Snapshot(**fields)


def _with_named_items(fields: dict[str, Any]) -> tuple[f.Item, ...]:
    items = {i.id: i for i in fields.get("items", ())}
    for name in ("demands", "routings", "boms", "purchases", "stock", "receipts", "work_orders"):
        for row in fields.get(name, ()):
            items.setdefault(row.item, item(row.item))
            for part in (*getattr(row, "lines", ()), *getattr(row, "co_products", ())):
                items.setdefault(part.item, item(part.item))
                for substitute in getattr(part, "substitutes", ()):
                    items.setdefault(substitute.item, item(substitute.item))
    return tuple(items.values())


def extended(plan: f.Snapshot, **lists: Any) -> f.Snapshot:
    """The snapshot with rows added to its lists; a value that is no list is replaced."""
    update = {
        key: getattr(plan, key) + tuple(rows) if isinstance(rows, (list, tuple)) else rows
        for key, rows in lists.items()
    }
    return plan.model_copy(update=update)


def one_machine_plant(*demands: f.Demand, run: float = 60, **lists: Any) -> f.Snapshot:
    """BIKE is made on M1 in one step MAKE of ``run`` minutes a piece; it needs no material."""
    return snapshot(
        **{
            "machines": [machine("M1")],
            "routings": [routing("BIKE", step("MAKE", "M1", run=run))],
            "demands": list(demands),
        }
        | lists
    )


def two_machines_one_painter(*demands: f.Demand, **lists: Any) -> f.Snapshot:
    """BIKE is welded on W1 or W2 (60 min) and painted on P1 (30 min) by the one painter."""
    painter = f.LabourNeed(pool="PAINTERS")
    return snapshot(
        **{
            "machines": [machine("W1"), machine("W2"), machine("P1")],
            "labour_pools": [f.LabourPool(id="PAINTERS", plant="GRAZ", people=1)],
            "routings": [
                routing(
                    "BIKE",
                    step("WELD", "W1", "W2", run=60),
                    step("PAINT", "P1", run=30, labour=(painter,)),
                )
            ],
            "demands": list(demands),
        }
        | lists
    )


def two_level_plant(*demands: f.Demand, **lists: Any) -> f.Snapshot:
    """BIKE (60 min on M1) is made of one FRAME (30 min on M2) and two WHEELs.

    A WHEEL is bought in 5 calendar days. A FRAME needs 2 TUBEs (bought, 10 calendar days).
    """
    return snapshot(
        **{
            "machines": [machine("M1"), machine("M2")],
            "routings": [
                routing("BIKE", step("ASSEMBLE", "M1", run=60)),
                routing("FRAME", step("WELD", "M2", run=30)),
            ],
            "boms": [bom("BIKE", line("FRAME"), line("WHEEL", 2)), bom("FRAME", line("TUBE", 2))],
            "purchases": [buy("WHEEL", 5), buy("TUBE", 10)],
            "demands": list(demands),
        }
        | lists
    )


def two_plants(*demands: f.Demand, **lists: Any) -> f.Snapshot:
    """BIKE is made in LINZ (60 min on L1) and can be brought to GRAZ in 2 calendar days."""
    return snapshot(
        **{
            "plants": [plant("GRAZ"), plant("LINZ")],
            "machines": [machine("L1", "LINZ")],
            "routings": [routing("BIKE", step("MAKE", "L1", run=60), plant="LINZ")],
            "lanes": [lane("LINZ", "GRAZ", 2)],
            "demands": list(demands),
        }
        | lists
    )


def many_demands(count: int, steps: int = 5, machines: int = 50, items: int = 200) -> f.Snapshot:
    """``count`` demands over 100 days for items of ``steps`` steps and one bought part each."""
    names = [f"ITEM-{n:03d}" for n in range(items)]
    routings = [
        routing(
            name,
            *(
                step(f"S{k}", f"M{(n * 7 + k * 3) % machines}", run=3, setup=10)
                for k in range(steps)
            ),
        )
        for n, name in enumerate(names)
    ]
    return snapshot(
        machines=[machine(f"M{n}") for n in range(machines)],
        routings=routings,
        boms=[bom(name, line("PART")) for name in names],
        purchases=[buy("PART", 3)],
        demands=[
            demand(
                f"SO-{n:05d}",
                names[(n * 13) % items],
                1 + n % 9,
                day("2027-03-05") + timedelta(days=(n * 37) % 100),
                priority=1 + n % 5,
            )
            for n in range(count)
        ],
    )
