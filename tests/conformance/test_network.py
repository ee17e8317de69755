"""Rule groups about several sites and suppliers. Now is Monday 2027-03-01 08:00."""

import pytest

from scheduler import factory as f
from scheduler.schedule import RowKind
from tests import factories as t
from tests.conformance.plants import bought, date, planned, runs, served


def test_distribution_1_made_at_one_site_and_brought_to_the_other() -> None:
    """Two hours in LINZ, then two days on the way: Wednesday's opening in GRAZ."""
    plan = planned(t.two_plants(t.demand(quantity=2)))
    assert runs(plan, "BIKE") == [("2027-03-01 08:00", "2027-03-01 10:00")]
    ((sent, there),) = runs(plan, "BIKE", RowKind.MOVE)
    assert "2027-03-01 10:00" <= sent < "2027-03-02"
    assert there == "2027-03-03 08:00"
    assert date(plan) == "2027-03-03 08:00"


def test_distribution_1_stock_here_goes_before_what_has_to_be_brought() -> None:
    plan = planned(
        t.two_plants(
            t.demand(quantity=5), stock=[t.stock("BIKE", 3), t.stock("BIKE", 9, plant="LINZ")]
        )
    )
    assert served(plan) == {"BIKE stock": 3, "BIKE transfer": 2}
    assert runs(plan, "BIKE") == []


def suppliers(due, *purchases):
    return t.snapshot(
        suppliers=[f.Supplier(id="NEAR"), f.Supplier(id="FAR")],
        purchases=[t.buy("PART", days, supplier=who, **fields) for who, days, fields in purchases],
        demands=[t.demand(item="PART", quantity=5, requested=t.day(due))],
    )


def whom(plan) -> list[str]:
    return [s.purchase.supplier for s in plan.network.supplies.values() if s.purchase is not None]


@pytest.mark.parametrize(
    ("due", "who", "there"),
    [
        ("2027-03-12", "FAR", "2027-03-11 08:00"),  # the preferred one is in time
        ("2027-03-05", "NEAR", "2027-03-03 08:00"),  # only the other one is
        ("2027-03-02", "NEAR", "2027-03-03 08:00"),  # neither is: the sooner one
    ],
)
def test_supplier_the_preferred_one_delivers_while_it_is_in_time(due, who, there) -> None:
    plan = planned(suppliers(due, ("FAR", 10, {"priority": 1}), ("NEAR", 2, {"priority": 2})))
    assert whom(plan) == [who]
    assert bought(plan, "PART") == [(5, there)]


def test_supplier_sells_in_its_own_lots_and_while_it_is_valid() -> None:
    """FAR sells no more; NEAR sells at least 6 in fours."""
    plan = planned(
        suppliers(
            "2027-03-12",
            ("FAR", 1, {"priority": 1, "effective_to": t.day("2027-02-28")}),
            ("NEAR", 2, {"priority": 2, "minimum": 6, "multiple": 4}),
        )
    )
    assert whom(plan) == ["NEAR"]
    assert [quantity for quantity, _ in bought(plan, "PART")] == [8]


def test_supplier_delivers_no_more_in_a_period_than_it_can() -> None:
    """At most 3 up to Sunday 7 March: the other 2 come on Monday."""
    limit = f.SupplyLimit(starts=t.day("2027-03-01"), ends=t.day("2027-03-07"), quantity=3)
    plan = planned(suppliers("2027-03-03", ("NEAR", 2, {"capacity": (limit,)})))
    assert bought(plan, "PART") == [(3, "2027-03-03 08:00"), (2, "2027-03-08 08:00")]
    assert date(plan) == "2027-03-08 08:00"


@pytest.mark.parametrize(
    ("stock", "source"),
    [
        (9, {"PART transfer": 5}),
        (3, {"PART transfer": 3, "PART purchase": 2}),
        (0, {"PART purchase": 5}),
    ],
)
def test_global_purchase_what_another_site_has_comes_before_a_purchase(stock, source) -> None:
    """LINZ does not make or buy it; what it has is brought in two days."""
    plan = planned(
        t.snapshot(
            plants=[t.plant("GRAZ"), t.plant("LINZ")],
            stock=[t.stock("PART", stock, plant="LINZ")] if stock else [],
            lanes=[t.lane("LINZ", "GRAZ", 2, priority=1)],
            purchases=[t.buy("PART", 10, priority=2)],
            demands=[t.demand(item="PART", quantity=5, requested=t.day("2027-03-26"))],
        )
    )
    assert served(plan) == source
