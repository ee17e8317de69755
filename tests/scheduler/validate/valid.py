"""Valid plans, each drawn so that every rule of one family has something to say."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from scheduler import factory as f
from scheduler.network.model import NeedKind, SupplyKind
from scheduler.schedule import RowKind
from tests import factories as a
from tests.scheduler.validate import plants as p
from tests.scheduler.validate.plants import Case, case, make, order, t

HOUR = a.hours(1)
BENCH = a.routing("BIKE", a.step("MAKE", "M1", run=60))
MACHINES = [a.machine("M1"), a.machine("M2")]


def bench() -> Case:
    """Four bikes of an hour each on M1: Monday 08:00-12:00."""
    bikes = order("MO-1", BENCH, 4)
    return case(
        a.snapshot(machines=MACHINES, routings=[BENCH]),
        [bikes],
        [make(bikes, "MAKE", "M1", "1 08:00", "1 12:00")],
    )


def whole_bench() -> Case:
    """The same, in one open window only."""
    return p.step_with("MO-1", "MAKE", resumable=False)(bench())


def two_orders() -> Case:
    """MO-1 before lunch and MO-2 after it, both on M1, with 15 minutes of clearing away after
    MO-1.
    """
    routing = a.routing("BIKE", a.step("MAKE", "M1", run=60, teardown=a.minutes(15)))
    first, second = order("MO-1", routing, 3), order("MO-2", routing, 2)
    return case(
        a.snapshot(machines=MACHINES, routings=[routing]),
        [first, second],
        [
            make(first, "MAKE", "M1", "1 08:00", "1 11:00"),
            make(second, "MAKE", "M1", "1 13:00", "1 15:00"),
        ],
    )


def split_order() -> Case:
    """Four bikes in two parts of at least two."""
    routing = a.routing("BIKE", a.step("MAKE", "M1", "M2", run=60, split=f.Split(minimum=2)))
    bikes = order("MO-1", routing, 4)
    two: dict[str, Any] = {"quantity": Fraction(2)}
    return case(
        a.snapshot(machines=MACHINES, routings=[routing]),
        [bikes],
        [
            make(bikes, "MAKE", "M1", "1 08:00", "1 10:00", **two),
            make(bikes, "MAKE", "M2", "1 08:00", "1 10:00", part=1, **two),
        ],
    )


def dated_machine() -> Case:
    """M1 is valid for the step from 3 March, the step itself from 2 March; M2 always."""
    step = a.step("MAKE", run=60).model_copy(
        update={
            "alternatives": (
                f.Alternative(machine="M1", effective_from=a.day("2027-03-03")),
                f.Alternative(machine="M2"),
            ),
            "effective_from": a.day("2027-03-02"),
        }
    )
    routing = a.routing("BIKE", step)
    bikes = order("MO-1", routing)
    return case(
        a.snapshot(machines=MACHINES, routings=[routing]),
        [bikes],
        [make(bikes, "MAKE", "M1", "3 08:00", "3 09:00")],
    )


def work_centre() -> Case:
    """Any machine of the saws will do; they work at half speed, so an hour takes two."""
    routing = a.routing("BIKE", a.step("CUT", run=60, work_centre="SAWS"))
    bikes = order("MO-1", routing)
    saw = a.machine("SAW-1", work_centre="SAWS", efficiency="0.5")
    return case(
        a.snapshot(
            machines=[*MACHINES, saw],
            work_centres=[f.WorkCentre(id="SAWS", plant="GRAZ")],
            routings=[routing],
        ),
        [bikes],
        [make(bikes, "CUT", "SAW-1", "1 08:00", "1 10:00")],
    )


def line_of_several(units: int = 2) -> Case:
    """A line that holds three, on which each order takes ``units``."""
    step = a.step("MAKE", run=60).model_copy(
        update={"alternatives": (f.Alternative(machine="L", units=units),)}
    )
    routing = a.routing("BIKE", step)
    line = a.machine("L", kind=f.MachineKind.MULTIPLE, capacity=3)
    orders = [order("MO-1", routing), order("MO-2", routing)]
    later, place = ("1 09:00", 0) if units > 1 else ("1 08:00", 1)
    return case(
        a.snapshot(machines=[line], routings=[routing]),
        orders,
        [
            make(orders[0], "MAKE", "L", "1 08:00", "1 09:00"),
            make(orders[1], "MAKE", "L", later, f"1 {int(later[2:4]) + 1:02}:00", slot=place),
        ],
    )


def oven() -> Case:
    """Two orders of one family, two pieces each, bake together for an hour after one setup of half
    an hour.
    """
    step = a.step("BAKE", "OVEN", fixed=60, setup=30, setup_family="RED")
    routing = a.routing("BIKE", step)
    machine = a.machine("OVEN", kind=f.MachineKind.BATCH, capacity=5)
    orders = [order("MO-1", routing, 2), order("MO-2", routing, 2)]
    return case(
        a.snapshot(machines=[machine], routings=[routing]),
        orders,
        [
            make(orders[0], "BAKE", "OVEN", "1 08:30", "1 09:30", setup="1 08:00"),
            make(orders[1], "BAKE", "OVEN", "1 08:30", "1 09:30"),
        ],
    )


def not_ahead() -> Case:
    """M1 works at most two days ahead of need."""
    machine = a.machine("M1", work_ahead=a.hours(48))
    bikes = order("MO-1", BENCH, need=t("10 12:00"))
    return case(
        a.snapshot(machines=[machine], routings=[BENCH]),
        [bikes],
        [make(bikes, "MAKE", "M1", "9 08:00", "9 09:00")],
    )


def changeover() -> Case:
    """M1 stands ready for RED; BLUE after RED takes half an hour."""
    red = a.routing("RED", a.step("PAINT", "M1", run=60, setup_family="RED"))
    blue = a.routing("BLUE", a.step("PAINT", "M1", run=60, setup_family="BLUE"))
    matrix = f.SetupMatrix(
        id="COLOURS",
        plant="GRAZ",
        changeovers=(
            f.Changeover(from_family="RED", to_family="BLUE", time=a.minutes(30)),
            f.Changeover(to_family="BLUE", time=a.minutes(45)),
        ),
    )
    first, second = order("MO-RED", red), order("MO-BLUE", blue)
    return case(
        a.snapshot(
            machines=[a.machine("M1", setup_state="RED")],
            setup_matrices=[matrix],
            routings=[red, blue],
        ),
        [first, second],
        [
            make(first, "PAINT", "M1", "1 08:00", "1 09:00"),
            make(second, "PAINT", "M1", "1 10:00", "1 11:00", setup="1 09:30"),
        ],
    )


def whole_changeover() -> Case:
    """The same on a machine whose setups may not be interrupted."""
    plan = changeover()
    machine = a.machine("M1", setup_state="RED", setup_interruptible=False)
    return p.snapshot_with(machines=(machine,))(plan)


def setters() -> Case:
    """M1 and M2 are each set up for BLUE by the one setter, one after the other (CAP-08)."""
    steps = [a.step("PAINT", name, run=60, setup=20) for name in ("M1", "M2")]
    routings = [a.routing(f"ITEM-{n}", step) for n, step in enumerate(steps)]
    orders = [order(f"MO-{n}", routing) for n, routing in enumerate(routings)]
    return case(
        a.snapshot(
            machines=[a.machine(m, setup_pool="SETTERS") for m in ("M1", "M2")],
            labour_pools=[f.LabourPool(id="SETTERS", plant="GRAZ", people=1)],
            routings=routings,
        ),
        orders,
        [
            make(orders[0], "PAINT", "M1", "1 08:20", "1 09:20", setup="1 08:00"),
            make(orders[1], "PAINT", "M2", "1 08:40", "1 09:40", setup="1 08:20"),
        ],
    )


def counted_people() -> Case:
    """Two painters, one of whom can weld: a welding order, then another, and a painting order
    beside.
    """
    weld = a.routing(
        "FRAME",
        a.step("WELD", "M1", "M2", run=60, labour=(f.LabourNeed(pool="CREW", skill="weld"),)),
    )
    paint = a.routing("BIKE", a.step("PAINT", "M3", run=60, labour=(f.LabourNeed(pool="CREW"),)))
    orders = [order("MO-1", weld), order("MO-2", weld), order("MO-3", paint)]
    crew = f.LabourPool(id="CREW", plant="GRAZ", people=2, skills={"weld": 1})
    return case(
        a.snapshot(
            machines=[*MACHINES, a.machine("M3")], labour_pools=[crew], routings=[weld, paint]
        ),
        orders,
        [
            make(orders[0], "WELD", "M1", "1 08:00", "1 09:00"),
            make(orders[1], "WELD", "M2", "1 09:00", "1 10:00"),
            make(orders[2], "PAINT", "M3", "1 08:00", "1 09:00"),
        ],
    )


def named_people() -> Case:
    """Ann welds (until 5 March) and paints, Ben paints; Ann works the first order and Ben the
    second.
    """
    weld = a.routing(
        "FRAME", a.step("WELD", "M1", run=60, labour=(f.LabourNeed(pool="CREW", skill="weld"),))
    )
    paint = a.routing(
        "BIKE", a.step("PAINT", "M2", run=60, labour=(f.LabourNeed(pool="CREW", skill="paint"),))
    )
    until = a.day("2027-03-05")
    ann = f.Worker(
        id="ANN",
        skills=(f.SkillLevel(skill="weld", effective_to=until), f.SkillLevel(skill="paint")),
    )
    ben = f.Worker(
        id="BEN",
        skills=(f.SkillLevel(skill="paint"),),
        downtimes=(f.Downtime(starts=t("2 08:00"), ends=t("2 10:00")),),
    )
    orders = [order("MO-1", weld), order("MO-2", paint)]
    return case(
        a.snapshot(
            machines=MACHINES,
            labour_pools=[f.LabourPool(id="CREW", plant="GRAZ", members=(ann, ben))],
            routings=[weld, paint],
        ),
        orders,
        [
            make(orders[0], "WELD", "M1", "1 08:00", "1 09:00", workers=("ANN",)),
            make(orders[1], "PAINT", "M2", "1 08:00", "1 09:00", workers=("BEN",)),
        ],
    )


def one_mould(*, whole_order: bool = False) -> Case:
    """Two orders of two steps each share one mould, which may have to stay with the order."""
    need = f.ToolNeed(tool="MOULD", whole_order=whole_order)
    steps = (
        a.step("CAST", "M1", run=60, tools=(need,)),
        a.step("TRIM", "M2", run=60, tools=(need,)),
    )
    routing = a.routing("BIKE", *steps)
    orders = [order("MO-1", routing), order("MO-2", routing)]
    return case(
        a.snapshot(machines=MACHINES, tools=[f.Tool(id="MOULD", plant="GRAZ")], routings=[routing]),
        orders,
        [
            make(orders[0], "CAST", "M1", "1 08:00", "1 09:00"),
            make(orders[0], "TRIM", "M2", "1 10:00", "1 11:00"),
            make(orders[1], "CAST", "M1", "1 11:00", "1 12:00"),
            make(orders[1], "TRIM", "M2", "1 13:00", "1 14:00"),
        ],
    )


def mould_of_the_order() -> Case:
    return one_mould(whole_order=True)


def two_steps(**link: Any) -> Case:
    """Painting follows welding after at least one hour and at most two."""
    fields: dict[str, Any] = {"minimum_lag": HOUR, "maximum_lag": a.hours(2)} | link
    routing = a.routing(
        "BIKE", a.step("WELD", "M1", run=60), a.step("PAINT", "M2", run=60, **fields)
    )
    bikes = order("MO-1", routing)
    return case(
        a.snapshot(machines=MACHINES, routings=[routing]),
        [bikes],
        [
            make(bikes, "WELD", "M1", "1 08:00", "1 09:00"),
            make(bikes, "PAINT", "M2", "1 10:00", "1 11:00"),
        ],
    )


def queued() -> Case:
    """Painting waits an hour in the queue."""
    return two_steps(minimum_lag=a.ZERO, maximum_lag=None, queue=HOUR)


def side_branches() -> Case:
    """Packing follows both welding and printing, which follow nothing."""
    links = (f.Link(step="WELD", minimum_lag=HOUR), f.Link(step="PRINT"))
    routing = a.routing(
        "BIKE",
        a.step("WELD", "M1", run=60),
        a.step("PRINT", "M2", run=60, follows=()),
        a.step("PACK", "M1", run=60, follows=links),
    )
    bikes = order("MO-1", routing)
    return case(
        a.snapshot(machines=MACHINES, routings=[routing]),
        [bikes],
        [
            make(bikes, "WELD", "M1", "1 08:00", "1 09:00"),
            make(bikes, "PRINT", "M2", "1 09:00", "1 10:00"),
            make(bikes, "PACK", "M1", "1 10:00", "1 11:00"),
        ],
    )


def overlapped() -> Case:
    """Four pieces are passed on two by two: welding takes 30 minutes a piece, painting 15."""
    routing = a.routing(
        "BIKE",
        a.step("WELD", "M1", run=30),
        a.step("PAINT", "M2", run=15, transfer_batch=2, minimum_lag=a.minutes(10)),
    )
    bikes = order("MO-1", routing, 4)
    return case(
        a.snapshot(machines=MACHINES, routings=[routing]),
        [bikes],
        [
            # Batches are there at 09:10 and 10:10; work on the second begins 30 minutes in.
            make(bikes, "WELD", "M1", "1 08:00", "1 10:00"),
            make(bikes, "PAINT", "M2", "1 09:40", "1 10:40"),
        ],
    )


def half_done() -> Case:
    """Welding of a work order was done at 08:00; it cools for an hour."""
    plan = two_steps()
    done = f.StepProgress(step="WELD", state=f.StepState.DONE, finished_at=t("1 08:00"))
    work = a.work_order("MO-1", "BIKE", 1, steps=(done,))
    plan = replace(plan, snapshot=a.extended(plan.snapshot, work_orders=[work]))
    fields: dict[str, Any] = {"work_order": work, "step_quantity": (Fraction(0), Fraction(1))}
    return p.several(p.order_with("MO-1", **fields), p.drop(0), p.move("1 09:00", "1 10:00"))(plan)


# ---------------------------------------------------------------------------- material


def with_material() -> Case:
    """A bike needs a frame that is made on Monday, and two tubes: one from stock, one received on 2
    March.
    """
    frame_routing = a.routing("FRAME", a.step("WELD", "M2", run=60))
    bill = a.bom("BIKE", a.line("FRAME"), a.line("TUBE", 2))
    bike = order("MO-BIKE", BENCH, bom=bill)
    frame = order("MO-FRAME", frame_routing)
    demand = a.demand("SO-1", "BIKE", 1)
    stock = p.supply("STOCK:TUBE", SupplyKind.STOCK, "TUBE", 1)
    receipt = p.supply("PO-7", SupplyKind.RECEIPT, "TUBE", 1, available=t("2 08:00"))
    made, sold = p.made_by(frame), p.made_by(bike)
    use: dict[str, Any] = {"step": "MAKE"}
    return case(
        a.snapshot(
            machines=MACHINES,
            routings=[BENCH, frame_routing],
            boms=[bill],
            stock=[a.stock("TUBE", 1)],
            receipts=[a.receipt("PO-7", "TUBE", 1, a.day("2027-03-02"))],
            demands=[demand],
        ),
        [bike, frame],
        [
            make(bike, "MAKE", "M1", "2 08:00", "2 09:00"),
            make(frame, "WELD", "M2", "1 16:00", "1 17:00"),
        ],
        supplies=[stock, receipt, made, sold],
        pegs=[
            p.peg(stock, NeedKind.ORDER, "MO-BIKE", 1, quantity=Fraction(2), **use),
            p.peg(receipt, NeedKind.ORDER, "MO-BIKE", 1, quantity=Fraction(2), **use),
            p.peg(made, NeedKind.ORDER, "MO-BIKE", **use),
            p.peg(sold, NeedKind.DEMAND, "SO-1"),
        ],
        demands=[demand],
    )


def passed_on_frames() -> Case:
    """Four bikes use four frames as they are welded, two by two; each takes half an hour."""
    bike_routing = a.routing("BIKE", a.step("MAKE", "M1", run=30))
    frame_routing = a.routing("FRAME", a.step("WELD", "M2", run=30))
    bike, frame = order("MO-BIKE", bike_routing, 4), order("MO-FRAME", frame_routing, 4)
    made = p.made_by(frame)
    need: dict[str, Any] = {"step": "MAKE", "transfer_batch": Fraction(2)}
    return case(
        a.snapshot(machines=MACHINES, routings=[bike_routing, frame_routing]),
        [bike, frame],
        [
            make(bike, "MAKE", "M1", "1 09:00", "1 11:00"),
            make(frame, "WELD", "M2", "1 08:00", "1 10:00"),
        ],
        supplies=[made],
        pegs=[p.peg(made, NeedKind.ORDER, "MO-BIKE", **need)],
    )


def bought() -> Case:
    """A wheel ordered now, on Monday, takes three calendar days."""
    purchase = a.buy("WHEEL", 3)
    wheel = p.supply(
        "PO:WHEEL@GRAZ:1",
        SupplyKind.PURCHASE,
        "WHEEL",
        1,
        available=t("4 08:00"),
        ordered=t("1 08:00"),
        purchase=purchase,
    )
    routing = a.routing("BIKE", a.step("MAKE", "M1", run=120))
    bike = order("MO-1", routing)
    return case(
        a.snapshot(machines=MACHINES, routings=[routing], purchases=[purchase]),
        [bike],
        [make(bike, "MAKE", "M1", "4 08:00", "4 10:00")],
        supplies=[wheel],
        pegs=[p.peg(wheel, NeedKind.ORDER, "MO-1", step="MAKE")],
    )


def fresh_glue() -> Case:
    """Glue keeps until 2 March; some is used, some is sold with a day of life left."""
    glue_item = a.item("GLUE", minimum_remaining_life=a.hours(24))
    lots = [a.stock("GLUE", 2, usable_until=a.day("2027-03-02"))]
    kept = t("3 00:00")
    used = p.supply("STOCK:1", SupplyKind.STOCK, "GLUE", 1, expires=kept)
    sold = p.supply("STOCK:2", SupplyKind.STOCK, "GLUE", 1, expires=kept)
    demand = a.demand("SO-1", "GLUE", 1, transit=HOUR)
    bike = order("MO-1", BENCH)
    return case(
        a.snapshot(
            items=[glue_item], machines=MACHINES, routings=[BENCH], stock=lots, demands=[demand]
        ),
        [bike],
        [
            make(bike, "MAKE", "M1", "1 08:00", "1 09:00"),
            p.carry(RowKind.SHIP, "SO-1", "GLUE", "1 09:00", "1 10:00"),
        ],
        supplies=[used, sold],
        pegs=[
            p.peg(used, NeedKind.ORDER, "MO-1", step="MAKE"),
            p.peg(sold, NeedKind.DEMAND, "SO-1"),
        ],
        demands=[demand],
    )


def dated_routing() -> Case:
    """Routing and bill are valid from 3 to 5 March; the release fence of the item is a day."""
    dates: dict[str, Any] = {
        "effective_from": a.day("2027-03-03"),
        "effective_to": a.day("2027-03-05"),
    }
    routing = BENCH.model_copy(update=dates)
    bill = a.bom("BIKE", effective_to=a.day("2027-03-05"))
    bike = order("MO-1", routing, bom=bill)
    fence = f.Replenishment(item="BIKE", plant="GRAZ", release_fence=a.hours(24))
    return case(
        a.snapshot(machines=MACHINES, routings=[routing], boms=[bill], replenishments=[fence]),
        [bike],
        [make(bike, "MAKE", "M1", "3 08:00", "3 09:00")],
    )


def reserved() -> Case:
    """Of three bikes in stock one is on hold and one set aside for SO-1; a receipt is set aside for
    SO-2.
    """
    lots = [
        a.stock("BIKE", 1),
        a.stock("BIKE", 1, status=f.StockStatus.ON_HOLD),
        a.stock("BIKE", 1, status=f.StockStatus.RESERVED, reserved_for="SO-1"),
    ]
    receipt = a.receipt("PO-7", "BIKE", 1, a.day("2027-03-02"), reserved_for="SO-2")
    demands = [a.demand(name, "BIKE", 1) for name in ("SO-1", "SO-2", "SO-3")]
    supplies = [
        p.supply("STOCK:1", SupplyKind.STOCK, "BIKE", 1),
        p.supply("STOCK:2", SupplyKind.STOCK, "BIKE", 1),
        p.supply("PO-7", SupplyKind.RECEIPT, "BIKE", 1, available=t("2 08:00")),
    ]
    return case(
        a.snapshot(stock=lots, receipts=[receipt], demands=demands),
        [],
        [],
        supplies=supplies,
        pegs=[
            p.peg(supplies[0], NeedKind.DEMAND, "SO-3"),
            p.peg(supplies[1], NeedKind.DEMAND, "SO-1"),
            p.peg(supplies[2], NeedKind.DEMAND, "SO-2"),
        ],
        demands=demands,
    )


def marked() -> Case:
    """BIKE is made to order: MO-1 carries the mark of SO-1."""
    rule = f.Replenishment(item="BIKE", plant="GRAZ", pegged_by_batch=True)
    demand = a.demand("SO-1", "BIKE", 1, batch="X")
    bike = order("MO-1", BENCH, batch="X")
    made = p.made_by(bike)
    return case(
        a.snapshot(machines=MACHINES, routings=[BENCH], replenishments=[rule], demands=[demand]),
        [bike],
        [make(bike, "MAKE", "M1", "1 08:00", "1 09:00")],
        supplies=[made],
        pegs=[p.peg(made, NeedKind.DEMAND, "SO-1")],
        demands=[demand],
    )


# ---------------------------------------------------------------------------- fixed work


def work_order_plan(report: f.StepProgress, start: str, end: str, **lists: Any) -> Case:
    """One work order of one step of four hours on M1 (or M2), as far as ``report`` says."""
    routing = a.routing("BIKE", a.step("MAKE", "M1", "M2", run=60))
    work = a.work_order("MO-1", "BIKE", 4, steps=(report,))
    bikes = order("MO-1", routing, 4, work_order=work)
    fields: dict[str, Any] = {
        "machines": MACHINES,
        "routings": [routing],
        "work_orders": [work],
    }
    return case(a.snapshot(**(fields | lists)), [bikes], [make(bikes, "MAKE", "M1", start, end)])


def started() -> Case:
    """MO-1 was started on M1 on Friday at 16:00; three of its four hours are left (CAP-12)."""
    report = f.StepProgress(
        step="MAKE",
        state=f.StepState.STARTED,
        machine="M1",
        setup_done=True,
        started_at=t("-2 16:00"),
    )
    return work_order_plan(report, "-2 16:00", "1 11:00")


def frozen() -> Case:
    """MO-1 is planned on M1 on Monday at 10:00, inside the frozen day of the plant."""
    report = f.StepProgress(step="MAKE", machine="M1", planned_start=t("1 10:00"))
    plant = a.plant(frozen=a.hours(24))
    return work_order_plan(report, "1 10:00", "1 15:00", plants=[plant])


# ---------------------------------------------------------------------------- deliveries


def subcontracted() -> Case:
    """Two working days out, five of work, one back (BOM-19)."""
    job = f.Subcontract(
        supplier="ACME",
        ship_out=a.working_days(2, "WORKDAYS"),
        work=a.working_days(5, "WORKDAYS"),
        ship_back=a.working_days(1, "WORKDAYS"),
    )
    routing = a.routing("BIKE", a.step("COAT", subcontract=job))
    bike = order("MO-1", routing)
    return case(
        a.snapshot(routings=[routing]), [bike], [make(bike, "COAT", None, "1 08:00", "11 00:00")]
    )


def transferred() -> Case:
    """A bike made in LINZ on Monday is brought to GRAZ in two calendar days."""
    routing = a.routing("BIKE", a.step("MAKE", "L1", run=60), plant="LINZ")
    bike = order("MO-1", routing)
    lane = a.lane("LINZ", "GRAZ", 2)
    moved = p.supply("TO:BIKE@GRAZ:1", SupplyKind.TRANSFER, "BIKE", 1, lane=lane)
    demand = a.demand("SO-1", "BIKE", 1)
    made = p.made_by(bike)
    return case(
        a.snapshot(
            plants=[a.plant("GRAZ"), a.plant("LINZ")],
            machines=[a.machine("L1", "LINZ")],
            routings=[routing],
            lanes=[lane],
            demands=[demand],
        ),
        [bike],
        [
            make(bike, "MAKE", "L1", "1 08:00", "1 09:00"),
            p.carry(RowKind.MOVE, "TO:BIKE@GRAZ:1", "BIKE", "1 09:00", "3 08:00"),
        ],
        supplies=[made, moved],
        pegs=[
            p.peg(made, NeedKind.TRANSFER, "TO:BIKE@GRAZ:1"),
            p.peg(moved, NeedKind.DEMAND, "SO-1"),
        ],
        demands=[demand],
    )


def shipped() -> Case:
    """Two orders of two bikes for SO-1, at least two at a time, not before 2 March, six hours away.

    GRAZ ships on Monday to Thursday from 09:00 to 12:00; to the dock it takes an hour.
    """
    dock = a.calendar("DOCK", "09:00-12:00", days=(0, 1, 2, 3))
    lead = f.LeadTime(amount=1, unit=f.LeadTimeUnit.HOURS)
    orders = [order("MO-1", BENCH, 2), order("MO-2", BENCH, 2)]
    demand = a.demand(
        "SO-1",
        "BIKE",
        4,
        earliest=a.day("2027-03-02"),
        transit=a.hours(6),
        minimum_shipment=2,
    )
    made = [p.made_by(one) for one in orders]
    two: dict[str, Any] = {"quantity": Fraction(2)}
    return case(
        a.snapshot(
            plants=[a.plant(shipping_calendar="DOCK", dock_time=lead)],
            calendars=[a.DAY, dock],
            machines=MACHINES,
            routings=[BENCH],
            demands=[demand],
        ),
        orders,
        [
            make(orders[0], "MAKE", "M1", "1 08:00", "1 10:00"),
            make(orders[1], "MAKE", "M1", "2 08:00", "2 10:00"),
            p.carry(RowKind.SHIP, "SO-1", "BIKE", "2 09:00", "2 15:00", **two),
            p.carry(RowKind.SHIP, "SO-1", "BIKE", "2 11:00", "2 17:00", part=1, **two),
        ],
        supplies=made,
        pegs=[p.peg(one, NeedKind.DEMAND, "SO-1", quantity=Fraction(4)) for one in made],
        demands=[demand],
    )


def complete_order() -> Case:
    """Two lines of one order that leave together once the slower one is there."""
    fields: dict[str, Any] = {"order": "SO-1", "partial": f.Partial.COMPLETE_ORDER, "transit": HOUR}
    demands = [a.demand(f"SO-1/{n}", "BIKE", 1, **fields) for n in (1, 2)]
    orders = [order("MO-1", BENCH), order("MO-2", BENCH)]
    made = [p.made_by(one) for one in orders]
    return case(
        a.snapshot(machines=MACHINES, routings=[BENCH], demands=demands),
        orders,
        [
            make(orders[0], "MAKE", "M1", "1 08:00", "1 09:00"),
            make(orders[1], "MAKE", "M1", "1 09:00", "1 10:00"),
            p.carry(RowKind.SHIP, "SO-1/1", "BIKE", "1 10:00", "1 11:00"),
            p.carry(RowKind.SHIP, "SO-1/2", "BIKE", "1 10:00", "1 11:00"),
        ],
        supplies=made,
        pegs=[
            p.peg(one, NeedKind.DEMAND, line.id) for one, line in zip(made, demands, strict=True)
        ],
        demands=demands,
    )
