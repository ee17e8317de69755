"""Who gets which supply, and what is made, bought or brought for the rest."""

import time
from fractions import Fraction
from typing import Any

import pytest

from scheduler import factory as f
from scheduler.network import NeedKind, Network, SupplyKind, build_network
from scheduler.policy import Policy
from tests import factories as t


def parts(network: Network, need: str, kind: NeedKind = NeedKind.DEMAND) -> dict[str, Fraction]:
    """Supply → quantity that serves a need."""
    return {p.supply: p.quantity for p in network.pegs_of_need().get((kind, need), [])}


def orders(network: Network, item: str = "BIKE") -> list[Fraction]:
    return [o.quantity for o in network.orders.values() if o.item == item]


def trade(*demands: f.Demand, **lists) -> Network:
    """BIKE is bought in 10 calendar days."""
    return build_network(
        t.snapshot(**{"demands": list(demands), "purchases": [t.buy("BIKE", 10)]} | lists)
    )


# Ranks


@pytest.mark.parametrize(
    ("policy", "winner"),
    [
        (Policy(), "PROMISED"),
        (Policy(consume="promise_date"), "EARLY"),
        (Policy(consume="order_date"), "FIRST"),
    ],
)
def test_scarce_stock_goes_by_the_policy(policy, winner) -> None:
    demands = [
        t.demand(
            "FIRST",
            quantity=5,
            requested=t.day("2027-03-20"),
            ordered_at=t.day("2027-01-01"),
            priority=9,
        ),
        t.demand(
            "EARLY",
            quantity=5,
            requested=t.day("2027-03-02"),
            ordered_at=t.day("2027-02-01"),
            priority=9,
        ),
        t.demand(
            "PROMISED",
            quantity=5,
            promised=t.day("2027-03-30"),
            ordered_at=t.day("2027-02-02"),
            priority=9,
        ),
    ]
    network = build_network(t.snapshot(demands=demands, stock=[t.stock("BIKE", 5)]), policy)
    assert [d.id for d in demands if parts(network, d.id)] == [winner]


def test_the_early_keep_early_supply_when_the_important_can_wait() -> None:
    network = trade(
        t.demand("IMPORTANT", quantity=10, requested=t.day("2027-03-31"), priority=1),
        t.demand("EARLY", quantity=10, requested=t.day("2027-03-02"), priority=5),
        stock=[t.stock("BIKE", 10)],
        receipts=[t.receipt("PO-1", "BIKE", 10, t.day("2027-03-20"))],
    )
    assert parts(network, "IMPORTANT") == {"PO-1": 10}
    assert parts(network, "EARLY") == {"ST:BIKE@GRAZ:1": 10}


def test_stock_goes_before_receipts_when_there_is_enough() -> None:
    network = trade(
        t.demand(quantity=10, requested=t.day("2027-03-31")),
        stock=[t.stock("BIKE", 10)],
        receipts=[t.receipt("PO-1", "BIKE", 10, t.day("2027-03-20"))],
    )
    assert parts(network, "SO-1") == {"ST:BIKE@GRAZ:1": 10}


def test_a_receipt_that_comes_before_anything_new_could_is_waited_for() -> None:
    soon = t.receipt("PO-1", "BIKE", 10, t.day("2027-03-10"))
    late = t.receipt("PO-1", "BIKE", 10, t.day("2027-03-12"))
    demand = t.demand(quantity=10, requested=t.day("2027-03-02"))
    assert parts(trade(demand, receipts=[soon]), "SO-1") == {"PO-1": 10}
    assert parts(trade(demand, receipts=[late]), "SO-1") == {"PO:BIKE@GRAZ:1": 10}


# Lots that may not be used


def test_stock_on_hold_is_no_supply() -> None:
    network = trade(t.demand(quantity=5), stock=[t.stock("BIKE", 5, status="on_hold")])
    assert parts(network, "SO-1") == {"PO:BIKE@GRAZ:1": 5}


def test_what_is_reserved_for_an_unknown_demand_stays_set_aside() -> None:
    lot = t.stock("BIKE", 5, status="reserved", reserved_for="SO-9")
    assert parts(trade(t.demand(quantity=5), stock=[lot]), "SO-1") == {"PO:BIKE@GRAZ:1": 5}


def test_a_component_reserved_for_a_demand_goes_to_its_order() -> None:
    plant = t.one_machine_plant(
        t.demand("A", quantity=1, priority=1),
        t.demand("B", quantity=1, priority=9),
        boms=[t.bom("BIKE", t.line("PART"))],
        stock=[t.stock("PART", 1, reserved_for="B")],
        purchases=[t.buy("PART", 30)],
    )
    network = build_network(plant)
    assert parts(network, "MO:BIKE@GRAZ:2", NeedKind.ORDER) == {"ST:PART@GRAZ:1": 1}
    assert parts(network, "B") == {"MO:BIKE@GRAZ:2": 1}


def test_the_soonest_to_expire_is_used_first() -> None:
    network = trade(
        t.demand(quantity=5, requested=t.day("2027-03-05")),
        stock=[
            t.stock("BIKE", 5, lot="LONG", usable_until=t.day("2027-12-31")),
            t.stock("BIKE", 5, lot="SHORT", usable_until=t.day("2027-03-20")),
        ],
    )
    assert parts(network, "SO-1") == {"ST:BIKE@GRAZ:2": 5}


# Substitutes


def with_substitute(**lists) -> Network:
    """BIKE needs one CHAIN, for which two BELTs may stand in until the end of March."""
    belt = f.Substitute(item="BELT", quantity=2, effective_to=t.day("2027-03-31"))
    fields: dict[str, Any] = {
        "boms": [t.bom("BIKE", t.line("CHAIN", substitutes=(belt,)))],
        "purchases": [t.buy("CHAIN", 5)],
        "demands": [t.demand(quantity=10, requested=t.day("2027-03-12"))],
    }
    return build_network(t.one_machine_plant(**fields | lists))


def test_existing_substitutes_are_used_before_new_is_made() -> None:
    network = with_substitute(stock=[t.stock("CHAIN", 3), t.stock("BELT", 8)])
    assert parts(network, "MO:BIKE@GRAZ:1", NeedKind.ORDER) == {
        "ST:CHAIN@GRAZ:1": 3,
        "ST:BELT@GRAZ:1": 8,
        "PO:CHAIN@GRAZ:1": 3,
    }
    needs = {p.need.item: p.need.quantity for p in network.pegs if p.need.kind is NeedKind.ORDER}
    assert needs == {"CHAIN": 6, "BELT": 8}


def test_a_substitute_that_is_no_longer_valid_is_not_used() -> None:
    network = with_substitute(
        stock=[t.stock("BELT", 20)],
        demands=[t.demand(quantity=10, requested=t.day("2027-04-30"))],
    )
    assert parts(network, "MO:BIKE@GRAZ:1", NeedKind.ORDER) == {"PO:CHAIN@GRAZ:1": 10}


def test_a_component_that_cannot_be_had_is_bought_as_its_substitute() -> None:
    network = with_substitute(purchases=[t.buy("BELT", 5)])
    assert parts(network, "MO:BIKE@GRAZ:1", NeedKind.ORDER) == {"PO:BELT@GRAZ:1": 20}
    assert not network.undated


def test_rank_decides_who_gets_a_substitute() -> None:
    plant = t.one_machine_plant(
        t.demand("BIKES", quantity=4, priority=1),
        t.demand("BELTS", item="BELT", quantity=8, priority=5),
        boms=[t.bom("BIKE", t.line("CHAIN", substitutes=(f.Substitute(item="BELT", quantity=2),)))],
        stock=[t.stock("BELT", 8)],
    )
    network = build_network(plant)
    assert "BIKES" not in network.undated
    assert parts(network, "BELTS") == {}


# Buying


def test_the_preferred_supplier_is_taken_while_it_is_in_time() -> None:
    ways = [t.buy("BIKE", 20, priority=1), t.buy("BIKE", 5, priority=2, supplier="FAST")]

    def supplier(requested: str) -> str:
        network = trade(t.demand(requested=t.day(requested)), purchases=ways)
        purchase = network.supplies["PO:BIKE@GRAZ:1"].purchase
        assert purchase is not None
        return purchase.supplier

    assert supplier("2027-03-31") == "ACME"
    assert supplier("2027-03-12") == "FAST"
    assert supplier("2027-03-02") == "FAST"


def test_purchases_are_available_as_soon_as_can_be_and_ordered_as_late_as_can_be() -> None:
    supply = trade(t.demand(requested=t.day("2027-04-30"))).supplies["PO:BIKE@GRAZ:1"]
    assert supply.available == t.at("2027-03-11 08:00")
    assert supply.ordered == t.at("2027-04-20 08:00")


def test_a_supplier_delivers_no_more_than_its_limit_in_a_period() -> None:
    limits = tuple(
        f.SupplyLimit(starts=t.day(a), ends=t.day(b), quantity=4)
        for a, b in (("2027-03-08", "2027-03-14"), ("2027-03-15", "2027-03-21"))
    )
    network = trade(t.demand(quantity=10), purchases=[t.buy("BIKE", 8, capacity=limits)])
    arrivals: Any = {(s.available, s.quantity) for s in network.supplies.values()}
    assert arrivals == {
        (t.at("2027-03-09 08:00"), 4),
        (t.at("2027-03-15 08:00"), 4),
        (t.at("2027-03-22 08:00"), 2),
    }


def test_a_purchase_that_is_only_valid_later_delays() -> None:
    network = trade(t.demand(), purchases=[t.buy("BIKE", 1, effective_from=t.day("2027-04-01"))])
    supply = network.supplies["PO:BIKE@GRAZ:1"]
    assert supply.available == t.at("2027-04-02 08:00")
    assert not network.undated


def test_purchases_that_are_over_are_a_reason() -> None:
    network = trade(t.demand(), purchases=[t.buy("BIKE", 1, effective_to=t.day("2027-02-01"))])
    assert network.undated["SO-1"].startswith("purchase.none_effective")


def test_purchases_of_one_day_share_a_lot() -> None:
    network = trade(
        *(t.demand(f"SO-{n}", quantity=3, requested=t.day("2027-03-31")) for n in range(3)),
        purchases=[t.buy("BIKE", 5, minimum=5, multiple=5, maximum=5)],
    )
    assert [s.quantity for s in network.supplies.values()] == [5, 5]


# Bringing


def test_a_transfer_waits_for_what_is_made_elsewhere() -> None:
    network = build_network(t.two_plants(t.demand(quantity=3, requested=t.day("2027-03-31"))))
    transfer = network.supplies["TO:BIKE@GRAZ:1"]
    assert (transfer.kind, transfer.available) == (SupplyKind.TRANSFER, None)
    assert transfer.lane is not None
    assert parts(network, transfer.id, NeedKind.TRANSFER) == {"MO:BIKE@LINZ:1": 3}


def test_lanes_both_ways_do_not_run_in_a_ring() -> None:
    lanes = [t.lane("LINZ", "GRAZ"), t.lane("GRAZ", "LINZ")]
    both = build_network(t.two_plants(t.demand(quantity=3), lanes=lanes))
    assert parts(both, "SO-1") == {"TO:BIKE@GRAZ:1": 3}
    nowhere = build_network(t.two_plants(t.demand(quantity=3), lanes=lanes, routings=[]))
    assert nowhere.undated["SO-1"].startswith("factory.no_routing")
    assert nowhere.supplies == {}


def test_stock_of_another_plant_is_brought_as_far_as_it_goes() -> None:
    network = build_network(
        t.two_plants(
            t.demand(quantity=5),
            routings=[],
            stock=[t.stock("BIKE", 3, "LINZ")],
            purchases=[t.buy("BIKE", 20, "GRAZ", priority=5)],
        )
    )
    assert parts(network, "SO-1") == {"TO:BIKE@GRAZ:1": 3, "PO:BIKE@GRAZ:1": 2}


# Co-products


def test_a_co_product_is_netted_as_supply() -> None:
    plant = t.one_machine_plant(
        t.demand("SO-1", quantity=4),
        t.demand("SO-2", "SCRAP", 6),
        boms=[t.bom("BIKE", co_products=(f.CoProduct(item="SCRAP", quantity=2),))],
    )
    network = build_network(plant)
    assert parts(network, "SO-2") == {"MO:BIKE@GRAZ:1/SCRAP": 6}


def test_an_item_that_only_comes_out_of_another_makes_that_one() -> None:
    plant = t.one_machine_plant(
        t.demand(item="SCRAP", quantity=6),
        boms=[t.bom("BIKE", co_products=(f.CoProduct(item="SCRAP", quantity=2),))],
    )
    network = build_network(plant)
    assert orders(network) == [3]
    assert parts(network, "SO-1") == {"MO:BIKE@GRAZ:1/SCRAP": 6}


# Making


def test_units_of_an_item_are_exact() -> None:
    bike = t.item("BIKE", conversions=(f.UnitConversion(unit="box", factor=12),))
    network = trade(t.demand(quantity="2.5", unit="box"), items=[bike])
    assert network.remaining["SO-1"] == 30


def test_a_unit_without_conversion_is_a_reason() -> None:
    network = trade(t.demand("SO-1", unit="kg"), t.demand("SO-2"))
    assert network.undated == {
        "SO-1": "unit.no_conversion: SO-1 is ordered in kg, but kg cannot be converted to pcs"
    }


def test_routings_share_the_quantity() -> None:
    step = t.step("MAKE", "M1", run=1)
    plant = t.one_machine_plant(
        t.demand("SO-1", quantity=10),
        t.demand("SO-2", quantity=1),
        t.demand("SO-3", quantity=1),
        routings=[
            t.routing("BIKE", step, id="A", share=70),
            t.routing("BIKE", step, id="B", share=30),
        ],
    )
    network = build_network(plant)
    given: dict[str, Fraction] = {}
    for order in network.orders.values():
        assert order.routing is not None
        before = given.get(order.routing.id, Fraction(0))
        given[order.routing.id] = before + order.quantity
    assert given == {"A": 8, "B": 4}


def test_a_demand_may_name_its_routing() -> None:
    step = t.step("MAKE", "M1", run=1)
    routings = [t.routing("BIKE", step, id="A"), t.routing("BIKE", step, id="B", priority=5)]
    network = build_network(
        t.one_machine_plant(t.demand("SO-1", routing="B"), t.demand("SO-2"), routings=routings)
    )
    used = {
        d: network.orders[next(iter(parts(network, d)))].routing.id  # type: ignore[union-attr]
        for d in ("SO-1", "SO-2")
    }
    assert used == {"SO-1": "B", "SO-2": "A"}


def test_a_routing_that_is_only_effective_later_delays_with_its_reason() -> None:
    later = t.routing("BIKE", t.step("MAKE", "M1", run=48), effective_from=t.day("2027-04-01"))
    network = build_network(
        t.one_machine_plant(t.demand(quantity=10, requested=t.day("2027-03-10")), routings=[later])
    )
    (order,) = network.orders.values()
    assert order.quantity == 10
    assert order.not_before == t.at("2027-04-01 00:00")
    assert any("routing effective from 2027-04-01" in x.message for x in network.findings)


def test_versions_change_at_the_start_of_the_order() -> None:
    step = t.step("MAKE", "M1", run=60)
    routings = [
        t.routing("BIKE", step, id="OLD", effective_to=t.day("2027-03-14")),
        t.routing("BIKE", step, id="NEW", effective_from=t.day("2027-03-15")),
    ]
    boms = [
        t.bom("BIKE", t.line("A"), id="B-OLD", effective_to=t.day("2027-03-14")),
        t.bom("BIKE", t.line("B"), id="B-NEW", effective_from=t.day("2027-03-15")),
    ]
    network = build_network(
        t.one_machine_plant(
            t.demand("SO-1", requested=t.day("2027-03-12")),
            t.demand("SO-2", requested=t.day("2027-03-19")),
            routings=routings,
            boms=boms,
            purchases=[t.buy("A", 1), t.buy("B", 1)],
        )
    )
    versions = [
        (o.routing.id, o.bom.id, o.not_before)
        for o in network.orders.values()
        if o.routing and o.bom
    ]
    assert versions == [
        ("OLD", "B-OLD", None),
        ("NEW", "B-NEW", t.at("2027-03-15 00:00")),
    ]


def test_a_version_that_ends_before_the_need_is_started_while_it_holds() -> None:
    old = t.routing("BIKE", t.step("MAKE", "M1", run=60), effective_to=t.day("2027-03-14"))
    network = build_network(
        t.one_machine_plant(t.demand(requested=t.day("2027-03-31")), routings=[old])
    )
    assert orders(network) == [1]
    assert not network.undated


def test_routings_that_are_over_are_a_reason_and_a_finding() -> None:
    old = t.routing("BIKE", t.step("MAKE", "M1", run=60), effective_to=t.day("2027-02-14"))
    network = build_network(t.one_machine_plant(t.demand(), routings=[old]))
    assert network.undated["SO-1"].startswith("routing.none_effective: BIKE is made in GRAZ")
    assert "routing.none_effective" in {x.code for x in network.findings}


def test_a_phantom_is_blown_through_at_the_step_of_its_line() -> None:
    plant = t.one_machine_plant(
        t.demand(quantity=3),
        items=[t.item("SET", phantom=True)],
        routings=[t.routing("BIKE", t.step("WELD", "M1", run=1), t.step("PACK", "M1", run=1))],
        boms=[
            t.bom("BIKE", t.line("SET", 2, step="PACK", loss="0.5")),
            t.bom("SET", t.line("BOLT", 4), t.line("NUT", 8), output_quantity=2),
        ],
        purchases=[t.buy("BOLT"), t.buy("NUT")],
    )
    network = build_network(plant)
    needs: Any = {
        p.need.item: (p.need.quantity, p.need.step)
        for p in network.pegs
        if p.need.kind is NeedKind.ORDER
    }
    assert needs == {"BOLT": (24, "PACK"), "NUT": (48, "PACK")}


def test_a_line_of_a_stocked_phantom_may_be_kept_whole() -> None:
    plant = t.one_machine_plant(
        t.demand(),
        items=[t.item("SET", phantom=True)],
        boms=[t.bom("BIKE", t.line("SET", phantom=False)), t.bom("SET", t.line("BOLT"))],
        purchases=[t.buy("SET"), t.buy("BOLT")],
    )
    assert set(build_network(plant).supplies) == {"MO:BIKE@GRAZ:1", "PO:SET@GRAZ:1"}


def test_make_to_order_supply_serves_its_own_mark_only() -> None:
    kept = f.Replenishment(item="BIKE", plant="GRAZ", pegged_by_batch=True)
    network = build_network(
        t.one_machine_plant(
            t.demand("A", quantity=2, batch="A"),
            t.demand("B", quantity=2, batch="B"),
            replenishments=[kept],
            stock=[t.stock("BIKE", 3, batch="A")],
        )
    )
    assert parts(network, "A") == {"ST:BIKE@GRAZ:1": 2}
    assert parts(network, "B") == {"MO:BIKE@GRAZ:1": 2}
    assert network.orders["MO:BIKE@GRAZ:1"].batch == "B"


def test_release_fence_and_work_ahead_hold_an_order_back() -> None:
    fence = f.Replenishment(item="BIKE", plant="GRAZ", release_fence=t.hours(48))
    ahead = f.Replenishment(item="BIKE", plant="GRAZ", work_ahead=t.hours(24))

    def starts(kept: f.Replenishment):
        plant = t.one_machine_plant(
            t.demand(requested=t.at("2027-03-12 17:00")), replenishments=[kept]
        )
        return build_network(plant).orders["MO:BIKE@GRAZ:1"].not_before

    assert starts(fence) == t.at("2027-03-03 08:00")
    assert starts(ahead) == t.at("2027-03-11 17:00")


# Lots over time


def test_cover_makes_the_needs_of_a_time_in_one_order() -> None:
    kept = f.Replenishment(item="BIKE", plant="GRAZ", cover=t.hours(24 * 7))
    network = build_network(
        t.one_machine_plant(
            *(t.demand(f"SO-{d}", requested=t.day(f"2027-03-{d}")) for d in (10, 15, 17, 22)),
            replenishments=[kept],
        )
    )
    assert orders(network) == [2, 2]


def test_a_large_need_is_made_in_several_lots() -> None:
    kept = f.Replenishment(item="BIKE", plant="GRAZ", lot_minimum=4, lot_maximum=10)
    network = build_network(t.one_machine_plant(t.demand(quantity=21), replenishments=[kept]))
    assert orders(network) == [10, 7, 4]


# Safety stock


def safety(**fields) -> f.Replenishment:
    return f.Replenishment(item="BIKE", plant="GRAZ", **fields)


def test_safety_stock_comes_after_every_demand() -> None:
    network = build_network(
        t.one_machine_plant(
            t.demand(quantity=8, requested=t.day("2027-03-31")),
            stock=[t.stock("BIKE", 10)],
            replenishments=[safety(safety_stock=5)],
        )
    )
    assert parts(network, "SO-1") == {"ST:BIKE@GRAZ:1": 8}
    assert parts(network, "BIKE@GRAZ", NeedKind.SAFETY) == {"MO:BIKE@GRAZ:1": 3}


def test_stock_that_a_later_demand_uses_guards_until_then() -> None:
    falling = safety(
        safety_stock=10,
        safety_levels=(f.SafetyLevel(starts=t.day("2027-04-01"), quantity=0),),
    )
    network = build_network(
        t.one_machine_plant(
            t.demand(quantity=10, requested=t.day("2027-05-03")),
            stock=[t.stock("BIKE", 10)],
            replenishments=[falling],
        )
    )
    assert not network.orders


def test_rising_safety_stock_is_made_for_its_date() -> None:
    rising = safety(safety_levels=(f.SafetyLevel(starts=t.day("2027-04-01"), quantity=6),))
    network = build_network(t.one_machine_plant(replenishments=[rising]))
    (order,) = network.orders.values()
    assert order.quantity == 6
    assert order.need == t.at("2027-04-01 00:00")


# Work orders


def test_a_work_order_needs_material_only_for_what_is_left() -> None:
    steps = (f.StepProgress(step="MAKE", good=4),)
    plant = t.one_machine_plant(
        t.demand(quantity=6),
        boms=[t.bom("BIKE", t.line("PART", 2))],
        purchases=[t.buy("PART")],
        work_orders=[t.work_order("WO-1", "BIKE", 10, status="started", steps=steps)],
    )
    network = build_network(plant)
    assert parts(network, "WO-1", NeedKind.ORDER) == {"PO:PART@GRAZ:1": 12}
    issued = t.work_order("WO-1", "BIKE", 10, status="started", material_issued=True)
    again = build_network(plant.model_copy(update={"work_orders": (issued,)}))
    assert parts(again, "WO-1", NeedKind.ORDER) == {}


@pytest.mark.parametrize("status", ["planned", "completed", "cancelled"])
def test_work_orders_that_are_no_supply(status) -> None:
    network = build_network(
        t.one_machine_plant(
            t.demand(quantity=6), work_orders=[t.work_order("WO-1", "BIKE", 10, status=status)]
        )
    )
    assert orders(network) == [6]


def test_a_work_order_reserved_for_another_is_its_component() -> None:
    plant = t.two_level_plant(
        t.demand("SO-1", "FRAME", priority=1),
        t.demand("SO-2", "BIKE", priority=9),
        work_orders=[
            t.work_order("WO-BIKE", "BIKE", 1),
            t.work_order("WO-FRAME", "FRAME", 1, reserved_for="WO-BIKE"),
        ],
    )
    network = build_network(plant)
    assert "WO-FRAME" in parts(network, "WO-BIKE", NeedKind.ORDER)
    assert parts(network, "SO-1") == {"MO:FRAME@GRAZ:1": 1}


def test_a_work_order_without_known_steps_ends_when_it_is_planned_to() -> None:
    plant = t.snapshot(
        demands=[t.demand(quantity=6)],
        work_orders=[t.work_order("WO-1", "BIKE", 10, planned_end=t.at("2027-03-09 12:00"))],
    )
    network = build_network(plant)
    assert network.supplies["WO-1"].available == t.at("2027-03-09 12:00")
    assert network.orders["WO-1"].routing is None


# What cannot be had


def test_a_component_without_source_leaves_the_others_their_material() -> None:
    plant = t.one_machine_plant(
        t.demand("LOST", "TRIKE", priority=1),
        t.demand("FOUND", "BIKE", priority=9),
        routings=[t.routing(i, t.step("MAKE", "M1", run=1)) for i in ("BIKE", "TRIKE")],
        boms=[t.bom("TRIKE", t.line("FRAME"), t.line("MAGIC")), t.bom("BIKE", t.line("FRAME"))],
        stock=[t.stock("FRAME", 1)],
    )
    network = build_network(plant)
    assert network.undated == {
        "LOST": "factory.no_routing: MAGIC has neither routing nor purchase nor transfer lane"
        " in GRAZ"
    }
    assert [o.item for o in network.orders.values()] == ["BIKE"]
    assert [s.need.id for s in network.shortages] == ["LOST"]


def test_of_one_lot_the_least_important_is_given_up_first() -> None:
    plant = t.one_machine_plant(
        *(t.demand(f"SO-{n}", quantity=2, priority=n) for n in (1, 2, 3)),
        boms=[t.bom("BIKE", t.line("PART"))],
        stock=[t.stock("PART", 4)],
        replenishments=[safety(cover=t.hours(24))],
    )
    network = build_network(plant)
    assert set(network.undated) == {"SO-3"}
    assert orders(network) == [4]


def test_a_work_order_without_material_is_left_out_and_its_demand_looks_elsewhere() -> None:
    plant = t.one_machine_plant(
        t.demand(quantity=2, requested=t.day("2027-03-31")),
        boms=[t.bom("BIKE", t.line("MAGIC"))],
        work_orders=[t.work_order("WO-1", "BIKE", 2)],
        purchases=[t.buy("BIKE", 5, priority=0)],
    )
    network = build_network(plant)
    assert network.orders == {}
    assert parts(network, "SO-1") == {"PO:BIKE@GRAZ:1": 2}
    finding = next(x for x in network.findings if x.code == "work_order.no_material")
    assert "WO-1" in finding.message


def test_cal_11_a_calendar_that_ends_gives_no_date_and_is_never_clamped() -> None:
    days = t.calendar("DAY", "08:00-12:00", "13:00-17:00", known_until=t.day("2027-12-31"))
    plant = t.one_machine_plant(
        t.demand("LATE", quantity=8, earliest=t.day("2028-05-15"), requested=t.day("2028-06-01")),
        t.demand("SOON", quantity=8, requested=t.day("2027-06-01")),
        calendars=[days],
    )
    network = build_network(plant)
    assert network.undated == {"LATE": "calendar.ends: calendar DAY is only known until 2027-12-31"}
    finding = next(x for x in network.findings if x.code == "calendar.ends")
    assert "DAY" in finding.message
    assert "2027-12-31" in finding.message
    assert orders(network) == [8]


def test_unknown_items_and_plants_are_reasons() -> None:
    plant = t.one_machine_plant(t.demand("A", plant="NOWHERE"), t.demand("B"))
    assert set(build_network(plant).undated) == {"A"}


# When it is needed


def test_shipping_hours_dock_time_and_transit_come_before_the_date() -> None:
    dock = t.calendar("DOCK", "09:00-12:00", days=(0, 2))
    plant = t.one_machine_plant(
        t.demand(requested=t.at("2027-03-12 20:00"), transit=t.hours(24)),
        plants=[t.plant(shipping_calendar="DOCK", dock_time=f.LeadTime(amount=2, unit="hours"))],
        calendars=[t.DAY, dock],
    )
    (order,) = build_network(plant).orders.values()
    assert order.need == t.at("2027-03-10 10:00")


def test_safety_time_pulls_supply_forward() -> None:
    kept = safety(safety_time=t.hours(24))
    network = trade(t.demand(requested=t.at("2027-03-31 12:00")), replenishments=[kept])
    ordered = network.supplies["PO:BIKE@GRAZ:1"].ordered
    assert ordered == t.at("2027-03-20 00:00")


def test_overlap_across_levels_is_passed_on() -> None:
    plant = t.two_level_plant(
        t.demand(quantity=10),
        boms=[t.bom("BIKE", t.line("FRAME", transfer_batch=2, offset=t.minutes(30)))],
        purchases=[],
    )
    network = build_network(plant)
    (need,) = [p.need for p in network.pegs if p.need.item == "FRAME"]
    assert need.transfer_batch == 2
    assert need.offset_seconds == 1800


# Size


@pytest.mark.slow
def test_20_000_demands_are_netted_in_seconds() -> None:
    plant = t.many_demands(20_000)
    started = time.process_time()
    network = build_network(plant)
    # 2 s on an empty machine; the limit leaves room for a busy one.
    assert time.process_time() - started < 10
    assert len(network.orders) == 20_000
    assert not network.undated
