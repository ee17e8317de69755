"""Rule groups about how demands may be delivered, and which are planned."""

import pytest

from scheduler.schedule import RowKind
from tests import factories as t
from tests.conformance.plants import date, dates, planned, rows, runs

DOCK = {"plants": [t.plant(shipping_calendar="DAY")]}
"""Goods leave through a dock, so that deliveries are rows of the plan."""


def coming_in_two(*demands, **lists):
    """4 in stock, 6 more on Wednesday 10 March; none can be made."""
    return t.snapshot(
        stock=[t.stock("PART", 4)],
        receipts=[t.receipt("PO-1", "PART", 6, t.day("2027-03-10"))],
        demands=list(demands),
        **DOCK | lists,
    )


def deliveries(plan, demand="SO-1"):
    return [
        (start, int(r.quantity))
        for r, (start, _) in zip(
            rows(plan, demand, RowKind.SHIP), runs(plan, demand, RowKind.SHIP), strict=True
        )
    ]


@pytest.mark.parametrize(
    ("partial", "left"),
    [
        ("allowed", [("2027-03-01 08:00", 4), ("2027-03-10 08:00", 6)]),
        ("forbidden", [("2027-03-10 08:00", 10)]),
    ],
)
def test_demand_policy_in_parts_as_they_come_or_all_at_once(partial, left) -> None:
    plan = planned(coming_in_two(t.demand(item="PART", quantity=10, partial=partial)))
    assert deliveries(plan) == left
    assert date(plan) == "2027-03-10 08:00"


@pytest.mark.parametrize(
    ("smallest", "left"),
    [
        (4, [("2027-03-01 08:00", 4), ("2027-03-10 08:00", 6)]),
        (5, [("2027-03-10 08:00", 10)]),
    ],
)
def test_demand_policy_no_delivery_is_smaller_than_the_smallest_shipment(smallest, left) -> None:
    plan = planned(coming_in_two(t.demand(item="PART", quantity=10, minimum_shipment=smallest)))
    total: dict[str, int] = {}
    for start, quantity in deliveries(plan):
        total[start] = total.get(start, 0) + quantity
    assert list(total.items()) == left


def test_demand_policy_the_last_delivery_may_be_smaller() -> None:
    plan = planned(coming_in_two(t.demand(item="PART", quantity=5, minimum_shipment=4)))
    assert deliveries(plan) == [("2027-03-01 08:00", 4), ("2027-03-10 08:00", 1)]


def two_lines(partial, **second):
    """One order of 4 PARTs, which are there, and one BIKE, which takes a day."""
    line = {"order": "SO", "partial": partial}
    return t.one_machine_plant(
        t.demand("SO/10", "PART", 4, **line),
        t.demand("SO/20", "BIKE", 1, **line | second),
        stock=[t.stock("PART", 4)],
        run=480,
        **DOCK,
    )


@pytest.mark.parametrize(
    ("partial", "first"),
    [
        ("allowed", "2027-03-01 08:00"),
        ("forbidden", "2027-03-01 08:00"),
        ("complete_order", "2027-03-02 08:00"),
        ("in_ratio", "2027-03-02 08:00"),
    ],
)
def test_demand_policy_lines_of_an_order_each_for_itself_together_or_in_ratio(
    partial, first
) -> None:
    """The bike is ready on Monday at 17:00, when the dock has closed."""
    plan = planned(two_lines(partial))
    assert dates(plan) == {"SO/10": first, "SO/20": "2027-03-02 08:00"}


@pytest.mark.parametrize("status", ["quote", "inquiry", "closed", "cancelled"])
def test_demand_status_only_open_orders_are_planned_and_take_supply(status) -> None:
    plan = planned(
        coming_in_two(
            t.demand("SO-1", "PART", 4, priority=1, status=status),
            t.demand("SO-2", "PART", 4, priority=2),
        )
    )
    assert dates(plan) == {"SO-2": "2027-03-01 08:00"}


@pytest.mark.parametrize("status", ["quote", "inquiry", "closed", "cancelled"])
def test_demand_status_a_line_that_is_not_open_does_not_hold_its_order(status) -> None:
    plan = planned(two_lines("complete_order", status=status))
    assert dates(plan) == {"SO/10": "2027-03-01 08:00"}


def test_demand_status_a_delivered_quantity_counts_as_closed() -> None:
    plan = planned(coming_in_two(t.demand(item="PART", quantity=10, delivered=6)))
    assert deliveries(plan) == [("2027-03-01 08:00", 4)]
