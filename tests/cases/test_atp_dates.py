"""Cases ATP-01 to ATP-11 of the field, from the snapshot to the dates that are told.

Cases 04, 05 and 07, and what 03 and 08 say about revisions and events, are the service's.
"""

from datetime import date, datetime
from typing import Any

import pytest

from scheduler import factory as f
from scheduler.explain import explain_demand
from scheduler.findings import Severity
from scheduler.network import NeedKind, SupplyKind
from scheduler.quoting import Quote
from scheduler.schedule import RowKind
from scheduler.solve import Plan
from tests import factories as t
from tests.cases.plants import (
    ask,
    dated,
    judged,
    local,
    orders_of,
    planned,
    promise,
    shop,
    spans,
)


def pegged(made: Plan, demand: str) -> dict[str, int]:
    """Supply → quantity that serves a demand."""
    return {
        peg.supply: int(peg.quantity)
        for peg in made.network.pegs
        if peg.need.kind is NeedKind.DEMAND and peg.need.id == demand
    }


def portions(asked: Quote) -> list[tuple[int, str]]:
    """Quantity and day of each portion of an answer."""
    return [(int(p.quantity), local(p.date)[:10]) for p in asked.breakdown if p.date is not None]


def test_atp_01_a_check_excludes_what_the_demand_itself_holds() -> None:
    lot = t.stock("BIKE", 10, status="reserved", reserved_for="X")
    made = planned(t.snapshot(stock=[lot], demands=[t.demand("X", quantity=10)]))
    again = planned(made.snapshot)
    assert dated(made, "X") == dated(again, "X") == "2027-03-01 08:00"
    other = ask(made, "BIKE", 1)
    assert other.date is None
    assert other.answer is None
    assert "BIKE" in other.reason
    assert other.breakdown == ()


def test_atp_01_what_a_plan_has_pegged_is_nobody_elses_either() -> None:
    made = planned(t.snapshot(stock=[t.stock("BIKE", 12)], demands=[t.demand("X", quantity=10)]))
    assert ask(made, "BIKE", 2).date == t.NOW
    assert ask(made, "BIKE", 3).date is None


def receipt_on_the_22nd(*demands: f.Demand) -> Plan:
    return planned(
        t.snapshot(
            receipts=[t.receipt("PO-1", "BIKE", 10, t.day("2027-03-22"))], demands=list(demands)
        )
    )


@pytest.mark.parametrize(
    ("by", "answer"), [("2027-03-01", t.at("2027-03-22 08:00")), ("2027-03-23", date(2027, 3, 23))]
)
def test_atp_02_a_receipt_is_not_stock_and_is_there_from_its_day_on(by, answer) -> None:
    asked = ask(receipt_on_the_22nd(), "BIKE", 5, t.day(by))
    assert asked.answer == answer
    assert bool(asked.late_hours) is isinstance(answer, datetime)
    assert portions(asked) == [(5, "2027-03-22")]


def test_atp_02_an_order_is_only_late_when_supply_comes_after_its_date() -> None:
    made = receipt_on_the_22nd(
        t.demand("EARLY", quantity=5, requested=t.day("2027-03-01")),
        t.demand("AFTER", quantity=5, requested=t.day("2027-03-23")),
    )
    assert dated(made, "EARLY") == dated(made, "AFTER") == "2027-03-22 08:00"
    assert promise(made, "EARLY").late
    assert "PO-1" in promise(made, "EARLY").reason
    assert not promise(made, "AFTER").late
    assert promise(made, "AFTER").reason == ""


def eight_hours_after_a_part(due: str) -> Plan:
    return planned(
        shop(
            t.step("MAKE", "M1", fixed=8 * 60),
            boms=[t.bom("BIKE", t.line("PART"))],
            receipts=[t.receipt("PO-1", "PART", 1, t.at(due))],
            demands=[t.demand(requested=t.day("2027-03-05"), promised=t.day("2027-03-08"))],
        )
    )


def test_atp_03_the_planned_date_follows_the_receipt_and_the_promise_stays() -> None:
    before = eight_hours_after_a_part("2027-03-05 17:00")
    assert dated(before) == "2027-03-08 17:00"
    after = eight_hours_after_a_part("2027-03-12 17:00")
    assert dated(after) == "2027-03-15 17:00"
    for made in (before, after):
        assert promise(made).promised == t.day("2027-03-08")
        assert promise(made).requested == t.day("2027-03-05")
    assert "PO-1" in promise(after).reason
    assert "Fri 12 Mar 17:00" in promise(after).reason


def test_atp_06_an_item_without_any_source_is_answered_with_a_typed_reason() -> None:
    made = planned(
        t.one_machine_plant(
            t.demand("SO-1", "GHOST"), t.demand("SO-2"), items=[t.item("GHOST")], run=60
        )
    )
    assert promise(made, "SO-1").planned is None
    assert promise(made, "SO-1").reason.startswith("factory.no_routing: GHOST has neither routing")
    assert dated(made, "SO-2") == "2027-03-01 09:00"
    found = [x for x in made.findings if x.code == "factory.no_routing"]
    assert found
    assert all(x.remedy and "GHOST" in x.message for x in found)
    answers = [ask(made, item, 1) for item in ("GHOST", "BIKE")]
    assert answers[0].date is None
    assert answers[0].reason.startswith("factory.no_routing: GHOST")
    assert answers[1].date == t.at("2027-03-01 10:00")


PROMISED: dict[str, Any] = {"requested": t.day("2027-03-01"), "promised": t.day("2027-03-01")}


def test_atp_08_a_withdrawn_receipt_is_replaced_by_the_next_source() -> None:
    order = t.demand("X", quantity=10, **PROMISED)
    lot = t.receipt("PO-1", "BIKE", 10, t.at("2027-03-01 12:00"), reserved_for="X")
    kept = planned(t.one_machine_plant(order, receipts=[lot]))
    assert (dated(kept, "X"), pegged(kept, "X")) == ("2027-03-01 12:00", {"PO-1": 10})
    gone = planned(t.one_machine_plant(order))
    assert dated(gone, "X") == "2027-03-02 10:00"
    assert pegged(gone, "X") == {"MO:BIKE@GRAZ:1": 10}
    assert orders_of(gone, "X") == {"MO:BIKE@GRAZ:1"}
    assert promise(gone, "X").late
    assert promise(gone, "X").reason
    assert (promise(gone, "X").requested, promise(gone, "X").promised) == tuple(PROMISED.values())


def test_atp_08_without_another_source_there_is_no_date_and_the_promise_stays() -> None:
    gone = planned(t.snapshot(demands=[t.demand("X", quantity=10, **PROMISED)]))
    assert promise(gone, "X").planned is None
    assert promise(gone, "X").reason.startswith("factory.no_routing")
    assert promise(gone, "X").promised == t.day("2027-03-01")
    assert pegged(gone, "X") == {}


READY = {"2027-03-10": 55, "2027-03-15": 30, "2027-03-22": 15}


def ready(**lists: Any) -> f.Snapshot:
    receipts = [
        t.receipt(f"PO-{n}", "BIKE", count, t.day(when))
        for n, (when, count) in enumerate(READY.items(), start=1)
    ]
    return t.snapshot(receipts=receipts, **lists)


def test_atp_09_a_quote_tells_what_is_ready_on_the_date_until_the_limit_and_in_full() -> None:
    asked = ask(planned(ready()), "BIKE", 100, t.day("2027-03-10"))
    assert portions(asked) == [(55, "2027-03-10"), (30, "2027-03-15"), (15, "2027-03-22")]
    within = sum(count for count, when in portions(asked) if when <= "2027-03-15")
    assert (within, 100 - within) == (85, 15)
    assert asked.answer == t.at("2027-03-22 08:00")
    assert asked.late_hours > 0


@pytest.mark.parametrize(
    ("partial", "shipments"),
    [
        ("allowed", [(55, "2027-03-10"), (30, "2027-03-15"), (15, "2027-03-22")]),
        ("forbidden", [(100, "2027-03-22")]),
    ],
)
def test_atp_09_an_order_ships_in_parts_where_it_may_and_whole_where_it_must(
    partial, shipments
) -> None:
    order = t.demand(
        quantity=100,
        requested=t.day("2027-03-10"),
        latest=t.day("2027-03-15"),
        minimum_shipment=15,
        partial=partial,
    )
    made = planned(ready(plants=[t.plant(shipping_calendar="DAY")], demands=[order]))
    ships = sorted(
        (local(r.start)[:10], int(r.quantity)) for r in made.rows if r.kind is RowKind.SHIP
    )
    assert [(count, when) for when, count in ships] == shipments
    assert dated(made) == "2027-03-22 08:00"
    assert promise(made).late


@pytest.mark.parametrize(("latest", "missed"), [("2027-03-21", True), ("2027-03-22", False)])
@pytest.mark.parametrize("ships", [True, False])
@pytest.mark.parametrize("requested", ["2027-03-10", None])
def test_atp_09_what_is_planned_after_its_latest_date_is_named_everywhere(
    latest, missed, ships, requested
) -> None:
    order = t.demand(
        quantity=100,
        requested=t.day(requested) if requested else None,
        latest=t.day(latest),
        partial="forbidden",
    )
    dock = {"shipping_calendar": "DAY"} if ships else {}
    made = planned(ready(plants=[t.plant(**dock)], demands=[order]))
    line = promise(made)
    assert line.past_latest == missed
    assert line.reason.startswith(f"after its latest date {latest}: ") == missed
    assert (f"after its latest date {latest}" in explain_demand(made, "SO-1").headline) == missed
    told = [x for x in made.findings if x.code == "demand.after_latest"]
    assert [x.severity for x in told] == ([Severity.WARNING] if missed else [])
    assert [x.code for x in judged(made)] == (["plan.after_latest"] if missed else [])


@pytest.mark.parametrize(("delivered", "left"), [(0, 40), (25, 15), (40, 0)])
def test_atp_10_a_demand_closes_when_all_is_delivered_and_holds_nothing(delivered, left) -> None:
    lots = [t.stock("BIKE", left, status="reserved", reserved_for="X")] if left else []
    made = planned(
        t.snapshot(
            stock=[*lots, t.stock("BIKE", 15, status="reserved", reserved_for="X")],
            demands=[t.demand("X", quantity=40, delivered=delivered)],
        )
    )
    assert [line.demand for line in made.promises] == (["X"] if left else [])
    assert sum(pegged(made, "X").values()) == left
    if left:
        assert promise(made, "X").quantity == left
    # What is left of what it held is free once it is closed.
    free = ask(made, "BIKE", 15)
    assert (free.date == t.NOW) is (left == 0)


def test_atp_11_nothing_is_valid_input() -> None:
    empty = planned(f.Snapshot(now=t.NOW), seconds=0.2)
    assert (empty.rows, empty.promises) == ([], [])
    no_lines = planned(t.one_machine_plant(), seconds=0.2)
    assert (no_lines.rows, no_lines.promises) == ([], [])


def test_atp_11_a_new_date_for_an_order_of_nothing_changes_no_plan() -> None:
    def with_date(when: str) -> Plan:
        nothing = t.demand("EMPTY", quantity=0, requested=t.day(when))
        return planned(t.one_machine_plant(t.demand("SO-1"), nothing))

    before, after = with_date("2027-03-05"), with_date("2027-03-09")
    assert before.rows == after.rows
    assert before.promises == after.promises
    assert [line.demand for line in before.promises] == ["SO-1"]
    assert len(spans(before)) == 1
    assert {s.kind for s in before.network.supplies.values()} == {SupplyKind.ORDER}
