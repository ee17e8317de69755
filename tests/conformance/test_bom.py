"""Rule groups about bills of material. GRAZ works from Monday 2027-03-01 08:00 on."""

import pytest

from scheduler import factory as f
from scheduler.network import NeedKind
from tests import factories as t
from tests.conformance.plants import bought, date, planned, rows, runs, served


def used(plan, order="MO:BIKE@GRAZ:1"):
    return served(plan, order, NeedKind.ORDER)


def saddles(*substitutes: f.Substitute, due=None, quantity=4, **lists):
    """A BIKE needs a SADDLE or one of its substitutes."""
    return t.one_machine_plant(
        t.demand(quantity=quantity, requested=due),
        boms=[t.bom("BIKE", t.line("SADDLE", substitutes=substitutes))],
        **lists,
    )


def test_flow_alternate_1_substitutes_go_by_priority() -> None:
    """One saddle, two vinyl, nine felt are there; vinyl comes before felt."""
    plan = planned(
        saddles(
            f.Substitute(item="FELT", priority=2),
            f.Substitute(item="VINYL", priority=1),
            stock=[t.stock("SADDLE", 1), t.stock("VINYL", 2), t.stock("FELT", 9)],
        )
    )
    assert used(plan) == {"SADDLE stock": 1, "VINYL stock": 2, "FELT stock": 1}


@pytest.mark.parametrize(
    ("due", "expected"), [("2027-03-04", "VINYL stock"), ("2027-03-19", "FELT stock")]
)
def test_flow_alternate_1_a_substitute_is_used_while_it_is_valid(due, expected) -> None:
    plan = planned(
        saddles(
            f.Substitute(item="VINYL", priority=1, effective_to=t.day("2027-03-10")),
            f.Substitute(item="FELT", priority=2),
            due=t.at(f"{due} 17:00"),
            stock=[t.stock("VINYL", 9), t.stock("FELT", 9)],
        )
    )
    assert used(plan) == {expected: 4}


def test_flow_alternate_1_a_substitute_counts_by_its_own_quantity() -> None:
    """Two felts replace one saddle."""
    plan = planned(saddles(f.Substitute(item="FELT", quantity=2), stock=[t.stock("FELT", 8)]))
    assert used(plan) == {"FELT stock": 8}


def test_flow_alternate_2_parts_of_two_versions_are_not_mixed() -> None:
    """Version 1 takes FORK1 and WHEEL1, version 2 FORK2 and WHEEL2; of each only one half is there.

    No bike is made of FORK1 and WHEEL2: the missing wheels are bought.
    """
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=1),
            boms=[
                t.bom("BIKE", t.line(f"FORK{n}"), t.line(f"WHEEL{n}"), id=f"V{n}", priority=n)
                for n in (1, 2)
            ],
            stock=[t.stock("FORK1", 5), t.stock("WHEEL2", 5)],
            purchases=[t.buy("WHEEL1", 2), t.buy("FORK2", 2)],
        )
    )
    assert used(plan) == {"FORK1 stock": 1, "WHEEL1 purchase": 1}
    assert date(plan) == "2027-03-03 09:00"


def test_flow_alternate_3_what_is_there_comes_before_what_has_to_be_bought() -> None:
    """Saddles would come in 10 days; vinyl is there."""
    plan = planned(
        saddles(
            f.Substitute(item="VINYL"), stock=[t.stock("VINYL", 4)], purchases=[t.buy("SADDLE", 10)]
        )
    )
    assert used(plan) == {"VINYL stock": 4}
    assert bought(plan, "SADDLE") == []
    assert date(plan) == "2027-03-01 12:00"


def test_flow_alternate_3_the_component_is_bought_when_nothing_is_there() -> None:
    plan = planned(
        saddles(f.Substitute(item="VINYL"), purchases=[t.buy("SADDLE", 10), t.buy("VINYL", 2)])
    )
    assert used(plan) == {"SADDLE purchase": 4}


@pytest.mark.parametrize(
    ("due", "screw"), [("2027-03-04", "OLD"), ("2027-03-05", "OLD"), ("2027-03-08", "NEW")]
)
def test_flow_effective_the_line_that_is_valid_when_the_order_starts_is_used(due, screw) -> None:
    """OLD screws to Friday 5 March, the whole day; NEW ones from Saturday on."""
    plan = planned(
        t.one_machine_plant(
            t.demand(requested=t.at(f"{due} 17:00")),
            boms=[
                t.bom(
                    "BIKE",
                    t.line("OLD", effective_to=t.day("2027-03-05")),
                    t.line("NEW", effective_from=t.day("2027-03-06")),
                )
            ],
            stock=[t.stock("OLD", 9), t.stock("NEW", 9)],
        )
    )
    assert used(plan) == {f"{screw} stock": 1}


@pytest.mark.parametrize("bikes", [1, 7])
def test_flow_fixed_a_fixed_quantity_is_used_once_an_order(bikes) -> None:
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=bikes),
            boms=[t.bom("BIKE", t.line("TUBE", 2), t.line("DYE", 3, fixed=True))],
            stock=[t.stock("TUBE", 99), t.stock("DYE", 99)],
        )
    )
    assert used(plan) == {"TUBE stock": 2 * bikes, "DYE stock": 3}


@pytest.mark.parametrize(("offset", "start"), [(0, "11:00"), (2, "09:00"), (5, "08:00")])
def test_flow_offset_what_is_needed_later_does_not_hold_up_the_start(offset, start) -> None:
    """Labels come today at 11:00 and are needed so many hours after the start."""
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=6),
            boms=[t.bom("BIKE", t.line("LABEL", offset=t.hours(offset)))],
            receipts=[t.receipt("PO-1", "LABEL", 6, t.at("2027-03-01 11:00"))],
        )
    )
    assert runs(plan)[0][0] == f"2027-03-01 {start}"


def test_flow_location_a_component_is_taken_from_another_place() -> None:
    """The line says LINZ: stock in GRAZ is left alone."""
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=2),
            plants=[t.plant("GRAZ"), t.plant("LINZ")],
            boms=[t.bom("BIKE", t.line("FRAME", plant="LINZ"))],
            stock=[t.stock("FRAME", 9), t.stock("FRAME", 9, plant="LINZ")],
        )
    )
    pegs = [p for p in plan.network.pegs if p.need.item == "FRAME"]
    assert [(plan.network.supplies[p.supply].plant, int(p.quantity)) for p in pegs] == [("LINZ", 2)]
    assert rows(plan)[0].plant == "GRAZ"
