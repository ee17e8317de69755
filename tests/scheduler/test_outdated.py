"""Orders that a busy machine puts off past the end of their routing are made by the next one."""

from typing import Any

import pytest

from scheduler import factory as f
from scheduler.explain import explain_demand
from scheduler.solve import Plan, plan
from tests import factories as t
from tests.cases.plants import breaches, dated, local, made_rows, planned, promise, shop

OLD = {"effective_to": t.day("2027-03-02")}
NEW = {"effective_from": t.day("2027-03-03")}


def busy(*routings: f.Routing, item: str = "BIKE", bikes: int = 1, **lists: Any) -> f.Snapshot:
    """M1 makes RUSH, which goes first, until Tuesday 17:00; then BIKE, an hour apiece."""
    demands = [t.demand("SO-0", "RUSH", priority=1), t.demand(item=item, quantity=bikes)]
    rush = t.routing("RUSH", t.step("MAKE", "M1", fixed=16 * 60))
    return shop(routings=[rush, *routings], demands=demands, **lists)


def version(number: int, **validity: Any) -> f.Routing:
    step = t.step(f"V{number}", "M1", run=60)
    return t.routing("BIKE", step, id=f"R{number}", priority=number, **validity)


def steps(made: Plan) -> dict[str, str]:
    return {r.step: local(r.start) for r in made_rows(made.rows) if r.step != "MAKE"}


@pytest.mark.parametrize("seconds", [0, 0.5])
def test_an_order_put_off_past_the_end_of_its_routing_takes_the_next_one(seconds) -> None:
    made = planned(busy(version(1, **OLD), version(2, **NEW)), seconds=seconds)
    assert steps(made) == {"V2": "2027-03-03 08:00"}
    assert not any(x.code == "order.version_ended" for x in made.findings)


def test_an_order_may_be_put_off_past_several_versions() -> None:
    short = {"effective_from": t.day("2027-03-02"), "effective_to": t.day("2027-03-02")}
    first = version(1, effective_to=t.day("2027-03-01"))
    made = planned(busy(first, version(2, **short), version(3, **NEW)))
    assert steps(made) == {"V3": "2027-03-03 08:00"}


def test_what_is_made_in_time_stays_with_its_routing() -> None:
    demands = [
        t.demand("SO-0", "BIKE", requested=t.day("2027-03-01")),
        t.demand("SO-1", "BIKE", 20, requested=t.day("2027-03-02"), priority=20),
        t.demand("SO-2", "BIKE", requested=t.day("2027-03-03"), priority=30),
    ]
    snapshot = busy(version(1, **OLD), version(2, **NEW))
    made = planned(snapshot.model_copy(update={"demands": tuple(demands)}))
    by = {r.order: r.step for r in made_rows(made.rows)}
    assert list(by.values()) == ["V1", "V1", "V2"]


def test_parts_of_a_product_take_the_next_routing_as_well() -> None:
    made = planned(
        busy(
            version(1, **OLD),
            version(2, **NEW),
            t.routing("TRIKE", t.step("FIT", "M2", fixed=30)),
            item="TRIKE",
            boms=[t.bom("TRIKE", t.line("BIKE"))],
        )
    )
    assert steps(made) == {"V2": "2027-03-03 08:00", "FIT": "2027-03-03 09:00"}


def test_without_a_next_routing_the_order_is_named_and_stays() -> None:
    made = plan(busy(version(1, **OLD)), seconds=0)
    assert dated(made) == "2027-03-03 09:00"
    (told,) = [x for x in made.findings if x.code == "order.version_ended"]
    assert "routing R1 ends on 2027-03-02" in told.message
    assert told.remedy.startswith("Extend R1, give the item a routing from then on")
    assert [x.code for x in breaches(made)] == ["plan.routing_not_effective"]


def test_a_bill_that_ended_is_named() -> None:
    bom = t.bom("BIKE", t.line("TUBE"), **OLD)
    snapshot = busy(version(1), boms=[bom], stock=[t.stock("TUBE", 5)])
    made = plan(snapshot, seconds=0)
    (told,) = [x for x in made.findings if x.code == "order.version_ended"]
    assert "bill of material" in told.message
    assert [x.code for x in breaches(made)] == ["plan.bom_not_effective"]


def test_the_explanation_tells_of_the_routing_that_is_waited_for() -> None:
    late = {"effective_from": t.day("2027-03-08")}
    made = planned(busy(version(1, **OLD), version(2, **late)))
    assert dated(made) == "2027-03-08 09:00"
    assert promise(made).planned is not None
    assert "routing effective from 2027-03-08" in explain_demand(made, "SO-1").text()
