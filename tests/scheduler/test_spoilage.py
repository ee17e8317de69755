"""Lots that would be past their date when the plan comes to use them are not used."""

from __future__ import annotations

from datetime import datetime

from scheduler import factory as f
from scheduler.network import SupplyKind
from scheduler.solve import Plan, plan
from scheduler.validate import validate
from tests import factories as t


def busy_until(day: str) -> f.Snapshot:
    """One machine that is down until a day, and a part whose only lot keeps until 5 March."""
    return t.snapshot(
        plants=[t.plant("GRAZ")],
        items=[t.item("BIKE"), t.item("PART")],
        machines=[
            t.machine("M1", downtimes=(f.Downtime(starts=t.day("2027-03-01"), ends=t.day(day)),))
        ],
        boms=[t.bom("BIKE", t.line("PART", 1))],
        routings=[t.routing("BIKE", t.step("S1", "M1", run=60))],
        purchases=[t.buy("PART", 20)],
        stock=[t.stock("PART", 5, usable_until=t.day("2027-03-05"))],
        demands=[t.demand("SO-1", "BIKE", 1, t.day("2027-03-04"))],
    )


def sources(made: Plan) -> set[SupplyKind]:
    return {
        made.network.supplies[p.supply].kind for p in made.network.pegs if p.need.item == "PART"
    }


def planned_of(made: Plan) -> datetime:
    date = made.promises[0].planned
    assert date is not None
    return date


def test_a_lot_that_keeps_long_enough_is_used() -> None:
    made = plan(busy_until("2027-03-02"), seconds=0)
    assert sources(made) == {SupplyKind.STOCK}
    assert planned_of(made) < t.at("2027-03-04 00:00")


def test_a_lot_that_spoils_before_the_machine_is_free_is_bought_anew_and_said() -> None:
    made = plan(busy_until("2027-03-10"), seconds=0)
    assert sources(made) == {SupplyKind.PURCHASE}
    assert planned_of(made) >= t.at("2027-03-21 00:00")
    assert "stock.spoils_first" in {finding.code for finding in made.findings}
    assert validate(made.snapshot, made.network, made.rows, policy=made.policy) == []
