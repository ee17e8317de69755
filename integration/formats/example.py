"""The example of the template: a small bicycle plant, ours, that plans as it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from scheduler import factory as f

_MINUTE = timedelta(minutes=1)
_WEEKDAYS = (0, 1, 2, 3, 4)
_PLANT = "GRAZ"


def bicycle_plant() -> f.Snapshot:
    """Frames are welded on one of two machines and painted; bicycles are fitted from them."""
    return f.Snapshot(
        name="Example: a bicycle plant",
        now=datetime(2027, 3, 1, 6, 0, tzinfo=ZoneInfo("Europe/Vienna")),
        plants=(f.Plant(id=_PLANT, name="Graz", time_zone="Europe/Vienna", calendar="DAY"),),
        items=(
            f.Item(id="BIKE-26", name="City bicycle", cost=Decimal(180)),
            f.Item(id="FRAME-26", name="Frame, welded and painted"),
            f.Item(id="TUBE", name="Steel tube", unit="m"),
            f.Item(id="WHEEL", name="Wheel"),
        ),
        replenishments=(
            f.Replenishment(item="FRAME-26", plant=_PLANT, lot_multiple=5, safety_stock=5),
        ),
        boms=_bills(),
        routings=_routings(),
        purchases=_purchases(),
        calendars=_calendars(),
        work_centres=(f.WorkCentre(id="WELDING", plant=_PLANT),),
        machines=_machines(),
        labour_pools=(f.LabourPool(id="FITTERS", plant=_PLANT, people=2),),
        setup_matrices=(
            f.SetupMatrix(
                id="COLOURS",
                changeovers=(
                    f.Changeover(from_family="RED", to_family="BLUE", time=30 * _MINUTE),
                    f.Changeover(from_family="BLUE", to_family="RED", time=45 * _MINUTE),
                ),
            ),
        ),
        customers=(f.Customer(id="ALPENRAD", name="Alpenrad retail"),),
        suppliers=(f.Supplier(id="STAHL", name="Steel merchant"), f.Supplier(id="RUND")),
        stock=(f.StockLot(item="TUBE", plant=_PLANT, quantity=120),),
        receipts=(
            f.Receipt(
                id="PO-77/1",
                item="WHEEL",
                plant=_PLANT,
                quantity=40,
                due=date(2027, 3, 4),
                supplier="RUND",
            ),
        ),
        demands=_demands(),
    )


def _bills() -> tuple[f.Bom, ...]:
    return (
        f.Bom(
            id="B-BIKE-26",
            item="BIKE-26",
            lines=(
                f.BomLine(item="FRAME-26", quantity=1),
                f.BomLine(item="WHEEL", quantity=2),
            ),
        ),
        f.Bom(
            id="B-FRAME-26",
            item="FRAME-26",
            lines=(f.BomLine(item="TUBE", quantity=Decimal("3.2"), loss=Decimal("0.05")),),
        ),
    )


def _routings() -> tuple[f.Routing, ...]:
    weld = f.Step(
        id="WELD",
        work_centre="WELDING",
        setup=15 * _MINUTE,
        run_per_unit=12 * _MINUTE,
    )
    paint = f.Step(
        id="PAINT",
        alternatives=(f.Alternative(machine="BOOTH"),),
        run_per_unit=4 * _MINUTE,
        setup_family="RED",
        minimum_lag=10 * _MINUTE,
    )
    fit = f.Step(
        id="FIT",
        alternatives=(f.Alternative(machine="BENCH"),),
        run_per_unit=25 * _MINUTE,
        labour=(f.LabourNeed(pool="FITTERS"),),
    )
    return (
        f.Routing(id="R-FRAME-26", item="FRAME-26", plant=_PLANT, steps=(weld, paint)),
        f.Routing(id="R-BIKE-26", item="BIKE-26", plant=_PLANT, steps=(fit,)),
    )


def _purchases() -> tuple[f.Purchase, ...]:
    days = f.LeadTimeUnit.WORKING_DAYS
    return (
        f.Purchase(
            item="TUBE",
            plant=_PLANT,
            supplier="STAHL",
            lead_time=f.LeadTime(amount=3, unit=days),
            multiple=6,
        ),
        f.Purchase(
            item="WHEEL",
            plant=_PLANT,
            supplier="RUND",
            lead_time=f.LeadTime(amount=8, unit=days),
            minimum=20,
        ),
    )


def _calendars() -> tuple[f.Calendar, ...]:
    return (
        f.Calendar(
            id="DAY",
            rules=(
                f.CalendarRule(days=_WEEKDAYS, starts="06:00", ends="10:00"),
                f.CalendarRule(days=_WEEKDAYS, starts="10:30", ends="14:30"),
                f.CalendarRule(
                    kind=f.RuleKind.HOLIDAY,
                    valid_from=date(2027, 3, 29),
                    valid_to=date(2027, 3, 29),
                    reason="Easter Monday",
                ),
            ),
        ),
    )


def _machines() -> tuple[f.Machine, ...]:
    return (
        f.Machine(id="WELD-1", plant=_PLANT, work_centre="WELDING"),
        f.Machine(id="WELD-2", plant=_PLANT, work_centre="WELDING", efficiency=Decimal("0.8")),
        f.Machine(id="BOOTH", plant=_PLANT, setup_matrix="COLOURS", setup_state="BLUE"),
        f.Machine(id="BENCH", plant=_PLANT, kind=f.MachineKind.MULTIPLE, capacity=2),
    )


def _demands() -> tuple[f.Demand, ...]:
    return (
        f.Demand(
            id="SO-1042/10",
            item="BIKE-26",
            plant=_PLANT,
            quantity=10,
            customer="ALPENRAD",
            order="SO-1042",
            requested=date(2027, 3, 8),
        ),
        f.Demand(
            id="SO-1043/10",
            item="BIKE-26",
            plant=_PLANT,
            quantity=4,
            customer="ALPENRAD",
            order="SO-1043",
            requested=date(2027, 3, 12),
            priority=5,
            partial=f.Partial.FORBIDDEN,
        ),
    )
