"""Rule groups about material, stock targets and everything at once."""

from datetime import timedelta

import pytest

from scheduler import factory as f
from scheduler.network import NeedKind
from tests import factories as t
from tests.conformance.plants import (
    bought,
    date,
    dates,
    local,
    made,
    planned,
    reason,
    runs,
    served,
)


def kept(item: str, **fields) -> f.Replenishment:
    return f.Replenishment(item=item, plant="GRAZ", **fields)


def test_constraints_material_1_scarce_stock_goes_by_priority_and_date_and_the_rest_waits() -> None:
    """10 in stock, 10 more on 10 March, none can be made: A by priority, then C by its date."""
    plan = planned(
        t.snapshot(
            stock=[t.stock("PART", 10)],
            receipts=[t.receipt("PO-1", "PART", 10, t.day("2027-03-10"))],
            demands=[
                t.demand("B", "PART", 6, t.day("2027-03-04"), priority=2),
                t.demand("C", "PART", 4, t.day("2027-03-03"), priority=2),
                t.demand("A", "PART", 6, t.day("2027-03-05"), priority=1),
            ],
        )
    )
    assert served(plan, "A") == {"PART stock": 6}
    assert dates(plan) == {
        "A": "2027-03-01 08:00",
        "C": "2027-03-01 08:00",
        "B": "2027-03-10 08:00",
    }
    assert "PO-1" in reason(plan, "B")


def test_constraints_material_1_what_never_comes_leaves_the_last_without_a_date() -> None:
    plan = planned(
        t.snapshot(
            stock=[t.stock("PART", 10)],
            demands=[t.demand(i, "PART", 6, priority=p) for i, p in (("A", 2), ("B", 1))],
        )
    )
    assert dates(plan) == {"A": None, "B": "2027-03-01 08:00"}
    assert "PART" in reason(plan, "A")


def test_constraints_material_2_components_per_piece_and_per_order_wait_at_their_own_step() -> None:
    """4 bikes: welding begins now; two wheels each and 3 oil an order are wanted for assembly.

    Oil comes on Thursday (3 days), wheels on Monday 8 March (5 days, a Saturday).
    """
    plan = planned(
        t.snapshot(
            machines=[t.machine("M1"), t.machine("M2")],
            routings=[t.routing("BIKE", t.step("WELD", "M1", run=30), t.step("FIT", "M2", run=60))],
            boms=[
                t.bom(
                    "BIKE", t.line("WHEEL", 2, step="FIT"), t.line("OIL", 3, fixed=True, step="FIT")
                )
            ],
            purchases=[t.buy("WHEEL", 5), t.buy("OIL", 3)],
            demands=[t.demand(quantity=4)],
        )
    )
    assert bought(plan, "WHEEL") == [(8, "2027-03-08 08:00")]
    assert bought(plan, "OIL") == [(3, "2027-03-04 08:00")]
    assert runs(plan, "WELD") == [("2027-03-01 08:00", "2027-03-01 10:00")]
    assert runs(plan, "FIT") == [("2027-03-08 08:00", "2027-03-08 12:00")]


def test_constraints_material_2_an_alternative_component_fills_up_what_is_there() -> None:
    """3 saddles of leather are there, and vinyl for the other 2; nothing is bought."""
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=5),
            boms=[t.bom("BIKE", t.line("LEATHER", substitutes=(f.Substitute(item="VINYL"),)))],
            stock=[t.stock("LEATHER", 3), t.stock("VINYL", 9)],
            purchases=[t.buy("LEATHER", 30)],
        )
    )
    assert served(plan, "MO:BIKE@GRAZ:1", NeedKind.ORDER) == {"LEATHER stock": 3, "VINYL stock": 2}
    assert bought(plan, "LEATHER") == []


def test_constraints_material_3_a_constant_target_is_filled_up_after_the_demand() -> None:
    """5 in stock and 5 to keep: the demand of 3 takes from stock, 3 are made anew."""
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=3),
            stock=[t.stock("BIKE", 5)],
            replenishments=[kept("BIKE", safety_stock=5)],
        )
    )
    assert date(plan) == "2027-03-01 08:00"
    assert served(plan) == {"BIKE stock": 3}
    assert made(plan, "BIKE") == [3]


def levels(*steps: tuple[str, int]) -> tuple[f.SafetyLevel, ...]:
    return tuple(f.SafetyLevel(starts=t.day(d), quantity=q) for d, q in steps)


@pytest.mark.parametrize(
    ("later", "orders"),
    [
        ([("2027-03-10", 8)], [2, 3]),  # 2 up to 5 at once, 3 more by the tenth
        ([("2027-03-10", 2)], [2]),  # what is too much later is not made up for
        ([("2027-03-10", 2), ("2027-03-20", 5)], [2]),
    ],
)
def test_constraints_material_3_a_target_that_rises_and_falls(later, orders) -> None:
    """3 in stock, 5 to keep at first."""
    plan = planned(
        t.one_machine_plant(
            stock=[t.stock("BIKE", 3)],
            replenishments=[kept("BIKE", safety_stock=5, safety_levels=levels(*later))],
        )
    )
    assert made(plan, "BIKE") == orders


def test_constraints_material_4_lots_make_no_needless_excess() -> None:
    """4 + 6 + 10 on three days in lots of 10: two lots, nothing left over."""
    plan = planned(
        t.one_machine_plant(
            *(
                t.demand(f"SO-{n}", quantity=q, requested=t.day(f"2027-03-1{n}"))
                for n, q in enumerate((4, 6, 10))
            ),
            replenishments=[kept("BIKE", lot_multiple=10)],
        )
    )
    assert made(plan, "BIKE") == [10, 10]


def test_constraints_material_4_the_last_of_several_lots_is_no_larger_than_it_has_to_be() -> None:
    """23 in lots of at most 10 and at least 4: 10 + 9 + 4, not 10 + 10 + 4."""
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=23),
            replenishments=[kept("BIKE", lot_minimum=4, lot_maximum=10)],
        )
    )
    assert sorted(made(plan, "BIKE")) == [3 + 1, 9, 10]


def test_constraints_material_5_only_what_is_short_is_bought() -> None:
    """10 wanted, 3 there, 2 coming in time: 5 are bought and come after 4 days."""
    plan = planned(
        t.snapshot(
            stock=[t.stock("PART", 3)],
            receipts=[t.receipt("PO-1", "PART", 2, t.day("2027-03-03"))],
            purchases=[t.buy("PART", 4)],
            demands=[t.demand(item="PART", quantity=10, requested=t.day("2027-03-08"))],
        )
    )
    assert bought(plan, "PART") == [(5, "2027-03-05 08:00")]
    assert served(plan) == {"PART stock": 3, "PART receipt": 2, "PART purchase": 5}
    assert date(plan) == "2027-03-05 08:00"


@pytest.mark.parametrize(("maximum", "lot"), [(None, 50), (20, 30), (0, 10)])
def test_buffer_max_a_lot_does_not_fill_the_stock_past_its_maximum(maximum, lot) -> None:
    """10 are wanted, lots are 50 at least, and at most so many may be left over."""
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=10),
            replenishments=[kept("BIKE", lot_minimum=50, maximum_stock=maximum)],
            run=1,
        )
    )
    assert made(plan, "BIKE") == [lot]


def test_safety_stock_is_bought_although_nobody_asks() -> None:
    plan = planned(
        t.snapshot(
            stock=[t.stock("PART", 4)],
            purchases=[t.buy("PART", 3)],
            replenishments=[kept("PART", safety_stock=10)],
        )
    )
    assert bought(plan, "PART") == [(6, "2027-03-04 08:00")]


@pytest.mark.parametrize(("before", "ordered"), [(0, "2027-03-15"), (3, "2027-03-12")])
def test_safety_stock_in_time_orders_so_much_earlier(before, ordered) -> None:
    """Wanted on Friday 19 March 12:00, 4 days lead time; the order day is day 0."""
    plan = planned(
        t.snapshot(
            purchases=[t.buy("PART", 4)],
            replenishments=[kept("PART", safety_time=timedelta(days=before))],
            demands=[t.demand(item="PART", quantity=1, requested=t.at("2027-03-19 12:00"))],
        )
    )
    supply = next(s for s in plan.network.supplies.values() if s.item == "PART")
    assert supply.ordered is not None
    assert local(supply.ordered)[:10] == ordered


def test_period_of_cover_makes_the_needs_of_a_week_in_one_order() -> None:
    """2 + 3 within seven days from the first, 4 after them."""
    plan = planned(
        t.one_machine_plant(
            t.demand("SO-1", quantity=2, requested=t.day("2027-03-02")),
            t.demand("SO-2", quantity=3, requested=t.day("2027-03-08")),
            t.demand("SO-3", quantity=4, requested=t.day("2027-03-09")),
            replenishments=[kept("BIKE", cover=timedelta(days=7))],
        )
    )
    assert made(plan, "BIKE") == [5, 4]


def test_period_of_cover_buys_the_needs_of_a_week_at_once() -> None:
    plan = planned(
        t.snapshot(
            purchases=[t.buy("PART", 1)],
            replenishments=[kept("PART", cover=timedelta(days=7))],
            demands=[
                t.demand(f"SO-{d}", "PART", q, t.day(f"2027-03-{d}"))
                for d, q in (("02", 2), ("08", 3), ("09", 4))
            ],
        )
    )
    assert [quantity for quantity, _ in bought(plan, "PART")] == [5, 4]


def material_then_work(*demands, lead: int, run: float):
    return t.one_machine_plant(
        *demands,
        run=run,
        boms=[t.bom("BIKE", t.line("PART"))],
        purchases=[t.buy("PART", lead)],
    )


def test_constraints_combined_1_material_capacity_and_a_weekend_add_up() -> None:
    """Parts after 5 days are there on Monday 8 March, not Saturday; then 12 h and 12 h on M1."""
    plan = planned(
        material_then_work(
            t.demand("SO-1", quantity=1, requested=t.day("2027-03-05"), priority=1),
            t.demand("SO-2", quantity=1, requested=t.day("2027-03-05"), priority=2),
            lead=5,
            run=720,
        )
    )
    assert dates(plan) == {"SO-1": "2027-03-09 12:00", "SO-2": "2027-03-10 17:00"}


def test_constraints_combined_2_long_work_after_the_material_came_spans_the_weekend() -> None:
    """Parts on Thursday 4 March 08:00, then 40 h: Thursday, Friday, Monday to Wednesday."""
    plan = planned(material_then_work(t.demand(quantity=5), lead=3, run=480))
    assert runs(plan) == [("2027-03-04 08:00", "2027-03-10 17:00")]
