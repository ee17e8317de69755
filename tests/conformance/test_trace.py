"""Rule groups about tracing supply to demand. Now is Monday 2027-03-01 08:00 in GRAZ."""

from fractions import Fraction

from scheduler.explain import explain_demand
from scheduler.network import NeedKind
from tests import factories as t
from tests.conformance.plants import date, dates, planned, served


def test_pegging_1_every_quantity_can_be_followed_from_stock_to_customer() -> None:
    """2 bikes are there; 3 are made, with 3 frames (1 there, 2 made) of 2 tubes each."""
    plan = planned(
        t.two_level_plant(
            t.demand(quantity=5),
            stock=[
                t.stock("BIKE", 2),
                t.stock("FRAME", 1),
                t.stock("TUBE", 4),
                t.stock("WHEEL", 6),
            ],
        )
    )
    assert served(plan) == {"BIKE stock": 2, "BIKE order": 3}
    assert served(plan, "MO:BIKE@GRAZ:1", NeedKind.ORDER) == {
        "FRAME stock": 1,
        "FRAME order": 2,
        "WHEEL stock": 6,
    }
    assert served(plan, "MO:FRAME@GRAZ:1", NeedKind.ORDER) == {"TUBE stock": 4}


def test_pegging_1_no_supply_is_given_away_twice() -> None:
    plan = planned(
        t.two_level_plant(
            *(t.demand(f"SO-{n}", quantity=n) for n in (1, 2, 3)), stock=[t.stock("BIKE", 4)]
        )
    )
    given: dict[str, Fraction] = {}
    for peg in plan.network.pegs:
        given[peg.supply] = given.get(peg.supply, Fraction(0)) + peg.quantity
    assert all(given[s] <= plan.network.supplies[s].quantity for s in given)
    wanted = {n: sum(served(plan, f"SO-{n}").values()) for n in (1, 2, 3)}
    assert wanted == {1: 1, 2: 2, 3: 3}


def test_pegging_2_a_negative_balance_takes_its_part_before_anybody_else() -> None:
    """-3 in one place and a receipt of 5 on Wednesday: 2 are left for the demand."""
    plan = planned(
        t.snapshot(
            stock=[t.stock("PART", -3)],
            receipts=[t.receipt("PO-1", "PART", 5, t.day("2027-03-03"))],
            demands=[
                t.demand("SO-1", "PART", 2, priority=1),
                t.demand("SO-2", "PART", 1, priority=2),
            ],
        )
    )
    assert dates(plan) == {"SO-1": "2027-03-03 08:00", "SO-2": None}
    assert any(f.code == "stock.negative" for f in plan.findings)


def two_branches(wheels: int, tubes: int):
    """Assembly (60 min) waits for bought wheels and for a frame (30 min) of bought tubes."""
    return planned(
        t.two_level_plant(t.demand(), purchases=[t.buy("WHEEL", wheels), t.buy("TUBE", tubes)])
    )


def test_criticality_what_stands_in_the_explanation_moves_the_date_and_the_rest_does_not() -> None:
    """Tubes after 10 days are critical. Wheels have time to spare until the frame is welded."""
    plan = two_branches(wheels=5, tubes=10)
    assert date(plan) == "2027-03-11 09:30"
    chain = [link.what for link in explain_demand(plan, "SO-1").steps]
    assert [("BIKE" in what, "FRAME" in what) for what in chain] == [(True, False), (False, True)]
    assert date(two_branches(wheels=6, tubes=10)) == "2027-03-11 09:30"
    assert date(two_branches(wheels=10, tubes=10)) == "2027-03-11 09:30"
    assert date(two_branches(wheels=5, tubes=11)) == "2027-03-12 09:30"
    assert date(two_branches(wheels=11, tubes=10)) == "2027-03-12 09:00"


def test_criticality_a_link_says_how_long_it_waited_for_something_else() -> None:
    """The second order of a day waits a day for the machine."""
    plan = planned(
        t.one_machine_plant(
            t.demand("SO-1", quantity=8, priority=1),
            t.demand("SO-2", quantity=8, priority=2, requested=t.day("2027-03-01")),
        )
    )
    behind = "SO-2" if date(plan, "SO-2") == "2027-03-02 17:00" else "SO-1"
    last = explain_demand(plan, behind).steps[0]
    assert last.waited == t.hours(24)
    assert "M1" in last.words


def test_cluster_sites_that_share_nothing_do_not_move_each_other() -> None:
    """Bikes on M1 and cars on M2: with ten cars more, every bike keeps its date."""

    def plant(cars: int):
        return t.snapshot(
            machines=[t.machine("M1"), t.machine("M2")],
            routings=[
                t.routing("BIKE", t.step("MAKE", "M1", run=60)),
                t.routing("CAR", t.step("MAKE", "M2", run=240)),
            ],
            demands=[
                t.demand(f"B-{n}", "BIKE", n, t.day("2027-03-02"), priority=n) for n in (1, 2, 3)
            ]
            + [t.demand(f"C-{n}", "CAR", 1, t.day("2027-03-02")) for n in range(cars)],
        )

    few, many = dates(planned(plant(1))), dates(planned(plant(11)))
    bikes = {name: when for name, when in few.items() if name.startswith("B")}
    assert sorted(bikes.values()) == ["2027-03-01 09:00", "2027-03-01 11:00", "2027-03-01 15:00"]
    assert bikes.items() <= many.items()
    assert max(v for v in many.values() if v) == "2027-03-08 12:00"
