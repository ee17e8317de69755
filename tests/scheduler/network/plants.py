"""Random small plants, for what must hold of every network."""

from datetime import timedelta

from hypothesis import strategies as st

from scheduler import factory as f
from tests import factories as t

SOLD = ("BIKE", "TRIKE")
PARTS = ("FRAME", "FORK", "WHEEL", "TUBE", "DYE")
PLANTS = ("GRAZ", "LINZ")
DAYS = st.integers(-3, 40).map(lambda n: t.day("2027-03-01") + timedelta(days=n))
QUANTITIES = st.sampled_from(["1", "2", "3", "5", "8", "0.4", "12.5"])
LATER = st.one_of(st.none(), DAYS)


@st.composite
def bills(draw, item: str, parts: tuple[str, ...], name: str) -> f.Bom:
    lines = []
    for part in draw(st.lists(st.sampled_from(parts), max_size=3, unique=True)):
        others = [p for p in parts if p != part]
        substitutes = draw(st.lists(st.sampled_from(others), max_size=1)) if others else []
        lines.append(
            t.line(
                part,
                draw(QUANTITIES),
                loss=draw(st.sampled_from(["0", "0.1"])),
                fixed=draw(st.booleans()),
                effective_from=draw(LATER),
                substitutes=tuple(f.Substitute(item=s, quantity=2) for s in substitutes),
                plant=draw(st.sampled_from([None, None, None, "LINZ"])),
            )
        )
    spare = draw(st.booleans()) and [f.CoProduct(item="DYE", quantity="0.5")]
    return t.bom(
        item,
        *lines,
        id=name,
        output_quantity=draw(st.sampled_from([1, 3])),
        co_products=tuple(spare or ()),
        effective_from=draw(LATER),
    )


@st.composite
def routes(draw, item: str, plant: str) -> f.Routing:
    steps = [
        t.step(
            f"S{n}",
            draw(st.sampled_from(["M1", "M2"])),
            run=draw(st.sampled_from([0, 7, 90])),
            yield_ratio=draw(st.sampled_from(["1", "0.9"])),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    return t.routing(
        item,
        *steps,
        plant=plant,
        id=f"R-{item}-{plant}",
        effective_from=draw(LATER),
        effective_to=draw(LATER),
        lot_multiple=draw(st.sampled_from([None, None, 4])),
    )


@st.composite
def snapshots(draw) -> f.Snapshot:
    boms = [
        draw(bills("BIKE", PARTS, "B1")),
        draw(bills("BIKE", PARTS, "B2")),
        draw(bills("TRIKE", PARTS[1:], "B3")),
        draw(bills("FRAME", PARTS[3:], "B4")),
        draw(bills("FORK", ("TUBE",), "B5")),
    ]
    places = st.tuples(st.sampled_from(("BIKE", "TRIKE", "FRAME", "FORK")), st.sampled_from(PLANTS))
    routings = [draw(routes(*p)) for p in draw(st.lists(places, max_size=6, unique=True))]
    bought = draw(st.lists(st.sampled_from(PARTS), max_size=5, unique=True))
    demands = [
        t.demand(
            f"SO-{n}",
            draw(st.sampled_from(SOLD + PARTS[:1])),
            draw(QUANTITIES),
            draw(LATER),
            plant=draw(st.sampled_from(PLANTS)),
            priority=draw(st.integers(1, 3)),
            promised=draw(LATER),
            batch=draw(st.sampled_from(["", "B1"])),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    owners = st.sampled_from([None, None, "SO-0", "SO-1", "WO-0", "nobody"])
    return t.snapshot(
        plants=[t.plant("GRAZ"), t.plant("LINZ")],
        items=[t.item("DYE", unit="kg"), *(t.item(i) for i in SOLD + PARTS[:-1])],
        machines=[t.machine("M1"), t.machine("M2")],
        boms=boms,
        routings=routings,
        purchases=[
            t.buy(
                p,
                draw(st.integers(0, 20)),
                None,
                minimum=draw(st.sampled_from([0, 7])),
                multiple=draw(st.sampled_from([0, 2])),
                maximum=draw(st.sampled_from([None, 10])),
            )
            for p in bought
        ],
        lanes=[
            t.lane(ends[0], ends[1], draw(st.integers(0, 5)))
            for ends in draw(
                st.lists(st.sampled_from([PLANTS, PLANTS[::-1]]), max_size=2, unique=True)
            )
        ],
        replenishments=[
            f.Replenishment(
                item=item,
                plant="GRAZ",
                lot_minimum=draw(st.sampled_from([0, 6])),
                lot_maximum=draw(st.sampled_from([None, 9])),
                safety_stock=draw(st.sampled_from([0, 4])),
                pegged_by_batch=draw(st.booleans()),
            )
            for item in draw(st.lists(st.sampled_from(SOLD + PARTS), max_size=3, unique=True))
        ],
        stock=[
            t.stock(
                draw(st.sampled_from(SOLD + PARTS)),
                draw(st.sampled_from([5, 2, "-3", "0.5"])),
                draw(st.sampled_from(PLANTS)),
                usable_until=draw(LATER),
                reserved_for=draw(owners),
                status=draw(st.sampled_from(["free", "free", "on_hold"])),
            )
            for _ in range(draw(st.integers(0, 6)))
        ],
        receipts=[
            t.receipt(
                f"PO-{n}",
                draw(st.sampled_from(SOLD + PARTS)),
                6,
                draw(LATER),
                plant=draw(st.sampled_from(PLANTS)),
                reserved_for=draw(owners),
            )
            for n in range(draw(st.integers(0, 4)))
        ],
        work_orders=[
            t.work_order(
                f"WO-{n}",
                draw(st.sampled_from(("BIKE", "FRAME"))),
                4,
                status=draw(st.sampled_from(["firm", "started", "planned"])),
                reserved_for=draw(owners),
                due=draw(LATER),
                steps=(f.StepProgress(step="S0", good=draw(st.integers(0, 4))),),
            )
            for n in range(draw(st.integers(0, 2)))
        ],
        demands=demands,
    )
