"""Rule groups about operations and routings. GRAZ works from Monday 2027-03-01 08:00 on."""

from datetime import timedelta

import pytest

from scheduler import factory as f
from scheduler.policy import Policy
from tests import factories as t
from tests.conformance.plants import (
    codes,
    date,
    dates,
    late,
    made,
    planned,
    rows,
    runs,
    served,
)


def steps(plan) -> list[tuple[str, str, str]]:
    """Step, start and end as times of day."""
    return [
        (r.step, start[11:], end[11:])
        for r, (start, end) in zip(rows(plan), runs(plan), strict=True)
    ]


def on_own_machines(*step_list: f.Step, **lists):
    return t.snapshot(
        machines=[t.machine(a.machine) for s in step_list for a in s.alternatives],
        routings=[t.routing("BIKE", *step_list)],
        **{"demands": [t.demand()]} | lists,
    )


def test_operation_routing_steps_run_in_their_order() -> None:
    plan = planned(
        on_own_machines(*(t.step(s, f"M-{s}", run=30) for s in ("SAW", "WELD", "PAINT")))
    )
    assert steps(plan) == [
        ("SAW", "08:00", "08:30"),
        ("WELD", "08:30", "09:00"),
        ("PAINT", "09:00", "09:30"),
    ]


def test_operation_dependency_a_step_waits_for_all_it_follows_and_their_safety_time() -> None:
    """FRAME (60) and WHEEL (30) at once; FIT waits for both, 45 minutes after the wheel."""
    links = (f.Link(step="FRAME"), f.Link(step="WHEEL", minimum_lag=t.minutes(45)))
    plan = planned(
        on_own_machines(
            t.step("FRAME", "M1", run=60, follows=()),
            t.step("WHEEL", "M2", run=30, follows=()),
            t.step("FIT", "M3", run=15, follows=links),
        )
    )
    assert steps(plan) == [
        ("FRAME", "08:00", "09:00"),
        ("WHEEL", "08:00", "08:30"),
        ("FIT", "09:15", "09:30"),
    ]


def test_operation_dependency_a_ring_of_steps_is_found_and_the_rest_is_planned() -> None:
    ring = [
        t.step("A", "M1", run=60, follows=(f.Link(step="B"),)),
        t.step("B", "M1", run=60, follows=(f.Link(step="A"),)),
    ]
    plan = planned(
        t.snapshot(
            machines=[t.machine("M1")],
            routings=[t.routing("LOOP", *ring), t.routing("BIKE", t.step("MAKE", "M1", run=60))],
            demands=[t.demand("SO-1", "LOOP"), t.demand("SO-2", "BIKE")],
        )
    )
    assert "routing.cycle" in codes(plan)
    assert dates(plan) == {"SO-1": None, "SO-2": "2027-03-01 09:00"}


def two_ways(*demands, first=None, second=None, **lists):
    """BIKE by routing FAST (60 min on M1) or SLOW (120 min on M2)."""
    return t.snapshot(
        machines=[t.machine("M1"), t.machine("M2")],
        routings=[
            t.routing("BIKE", t.step("MAKE", "M1", run=60), id="FAST", **first or {}),
            t.routing("BIKE", t.step("MAKE", "M2", run=120), id="SLOW", **second or {}),
        ],
        demands=list(demands),
        **lists,
    )


def ways(plan) -> list[str]:
    return [o.routing.id for o in plan.network.orders.values() if o.routing is not None]


@pytest.mark.parametrize(
    ("fast", "slow", "used", "done"), [(1, 2, "FAST", "10:00"), (2, 1, "SLOW", "12:00")]
)
def test_operation_alternate_the_preferred_way_is_taken(fast, slow, used, done) -> None:
    plan = planned(
        two_ways(t.demand(quantity=2), first={"priority": fast}, second={"priority": slow})
    )
    assert ways(plan) == [used]
    assert date(plan) == f"2027-03-01 {done}"


def test_operation_alternate_a_demand_may_ask_for_its_way() -> None:
    plan = planned(two_ways(t.demand(routing="SLOW"), second={"priority": 2}))
    assert ways(plan) == ["SLOW"]


@pytest.mark.parametrize(
    ("shares", "quantity", "parts"),
    [(("60", "40"), 10, [6, 4]), (("3", "1"), 8, [6, 2]), (("1", "1"), 9, [5, 4])],
)
def test_operation_split_shares_the_quantity_and_rounds_to_pieces(shares, quantity, parts) -> None:
    first, second = ({"share": s} for s in shares)
    plan = planned(two_ways(t.demand(quantity=quantity), first=first, second=second))
    assert list(zip(ways(plan), made(plan, "BIKE"), strict=True)) == [
        ("FAST", parts[0]),
        ("SLOW", parts[1]),
    ]


def test_operation_split_over_several_orders_keeps_the_shares() -> None:
    """One piece at a time, 3 : 1: of eight orders six go the one way."""
    demands = [t.demand(f"SO-{n}", requested=t.day(f"2027-03-1{n}")) for n in range(8)]
    plan = planned(two_ways(*demands, first={"share": 3}, second={"share": 1}))
    assert (ways(plan).count("FAST"), ways(plan).count("SLOW")) == (6, 2)


def test_operation_split_in_lots_is_only_about_the_shares() -> None:
    """Half of 10 each, one way in lots of 4: 8 and 5 cover the 10."""
    plan = planned(
        two_ways(t.demand(quantity=10), first={"share": 1, "lot_multiple": 4}, second={"share": 1})
    )
    assert made(plan, "BIKE") == [8, 5] or made(plan, "BIKE") == [8, 2]
    assert sum(served(plan).values()) == 10


SWITCH = {
    "first": {"effective_to": t.day("2027-03-03")},
    "second": {"effective_from": t.day("2027-03-04"), "priority": 2},
}
"""FAST up to Wednesday 3 March, SLOW from Thursday on."""


@pytest.mark.parametrize(
    ("due", "used"), [("2027-03-02 17:00", "FAST"), ("2027-03-10 17:00", "SLOW")]
)
def test_operation_effective_the_way_that_is_valid_when_the_order_starts(due, used) -> None:
    plan = planned(
        two_ways(
            t.demand(requested=t.at(due)),
            **SWITCH,
        )
    )
    assert ways(plan) == [used]
    assert late(plan) == 0


def test_operation_effective_an_order_that_starts_later_crosses_the_switch_over() -> None:
    """Due on Tuesday, but its part comes on Monday 8 March: by then only SLOW is valid."""
    plan = planned(
        two_ways(
            t.demand(requested=t.day("2027-03-02")),
            boms=[t.bom("BIKE", t.line("PART"))],
            purchases=[t.buy("PART", 7)],
            **SWITCH,
        )
    )
    assert ways(plan) == ["SLOW"]
    assert date(plan) == "2027-03-08 10:00"


def test_operation_effective_a_way_that_begins_later_delays_and_does_not_drop() -> None:
    plan = planned(
        t.one_machine_plant(
            t.demand(requested=t.day("2027-03-02")),
            routings=[
                t.routing("BIKE", t.step("MAKE", "M1", run=60), effective_from=t.day("2027-03-11"))
            ],
        )
    )
    assert date(plan) == "2027-03-11 09:00"


@pytest.mark.parametrize(("days", "orders"), [(0, [1, 2, 4]), (3, [3, 4]), (10, [7])])
def test_operation_batchwindow_makes_what_is_wanted_within_it_together(days, orders) -> None:
    plan = planned(
        t.one_machine_plant(
            *(
                t.demand(f"SO-{d}", quantity=q, requested=t.at(f"2027-03-{d} 12:00"))
                for d, q in (("08", 1), ("10", 2), ("15", 4))
            )
        ),
        Policy(grouping_window=timedelta(days=days)),
    )
    assert made(plan, "BIKE") == orders


@pytest.mark.parametrize(
    ("wait", "source", "done"),
    [
        (timedelta(0), {"BIKE order": 2}, "2027-03-01 10:00"),
        (timedelta(days=14), {"BIKE receipt": 2}, "2027-03-10 08:00"),
        (None, {"BIKE receipt": 2}, "2027-03-10 08:00"),
    ],
)
def test_operation_autofence_new_work_or_confirmed_supply_that_comes_later(
    wait, source, done
) -> None:
    """Wanted on Tuesday; a confirmed receipt comes on Wednesday of the next week."""
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=2, requested=t.day("2027-03-02")),
            receipts=[t.receipt("PO-1", "BIKE", 2, t.day("2027-03-10"))],
        ),
        Policy(wait_for_supply=wait),
    )
    assert served(plan) == source
    assert date(plan) == done


def approved(**lists):
    """A firm order of 2 bikes that the ERP has planned for Monday 15 March."""
    order = t.work_order(
        "WO-1",
        "BIKE",
        2,
        steps=(f.StepProgress(step="MAKE", planned_start=t.at("2027-03-15 08:00")),),
    )
    return t.one_machine_plant(t.demand(quantity=2), work_orders=[order], **lists)


def test_operation_approved_an_order_is_moved_early_when_everything_is_there() -> None:
    plan = planned(approved())
    assert runs(plan, "WO-1") == [("2027-03-01 08:00", "2027-03-01 10:00")]
    assert served(plan) == {"BIKE order": 2}
    assert len(plan.network.orders) == 1


def test_operation_approved_an_order_is_moved_only_as_far_as_its_material_allows() -> None:
    plan = planned(
        approved(
            boms=[t.bom("BIKE", t.line("PART"))],
            receipts=[t.receipt("PO-1", "PART", 2, t.day("2027-03-05"))],
        )
    )
    assert runs(plan, "WO-1") == [("2027-03-05 08:00", "2027-03-05 10:00")]


def test_operation_approved_an_order_is_moved_only_as_far_as_capacity_allows() -> None:
    """A more important day of work keeps the machine on Monday."""
    plan = planned(
        t.extended(
            approved(),
            items=[t.item("CAR")],
            routings=[t.routing("CAR", t.step("MAKE", "M1", run=480))],
            demands=[t.demand("SO-2", "CAR", requested=t.at("2027-03-01 17:00"), priority=1)],
        )
    )
    assert date(plan, "SO-2") == "2027-03-01 17:00"
    assert runs(plan, "WO-1") == [("2027-03-02 08:00", "2027-03-02 10:00")]


def test_operation_coproducer_one_run_gives_both() -> None:
    """A run of 10 milk gives 2 cream each 5: the demand of 4 cream makes no run of its own."""
    plan = planned(
        t.snapshot(
            machines=[t.machine("M1")],
            routings=[t.routing("MILK", t.step("SPIN", "M1", run=6))],
            boms=[
                t.bom(
                    "MILK",
                    t.line("RAW", 6),
                    output_quantity=5,
                    co_products=(f.CoProduct(item="CREAM", quantity=2),),
                )
            ],
            stock=[t.stock("RAW", 12)],
            demands=[t.demand("SO-M", "MILK", 10), t.demand("SO-C", "CREAM", 4)],
        )
    )
    assert made(plan, "MILK") == [10]
    assert dates(plan) == {"SO-M": "2027-03-01 09:00", "SO-C": "2027-03-01 09:00"}


def test_operation_coproducer_a_run_is_made_for_what_only_comes_with_it() -> None:
    plan = planned(
        t.snapshot(
            machines=[t.machine("M1")],
            routings=[t.routing("MILK", t.step("SPIN", "M1", run=6))],
            boms=[t.bom("MILK", co_products=(f.CoProduct(item="CREAM", quantity=2),))],
            demands=[t.demand("SO-C", "CREAM", 4)],
        )
    )
    assert made(plan, "MILK") == [2]
    assert date(plan, "SO-C") == "2027-03-01 08:12"
