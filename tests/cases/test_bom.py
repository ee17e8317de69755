"""Cases BOM-01 to BOM-21 of the field: materials and structure, as the network alone shows them."""

from fractions import Fraction
from typing import Any

import pytest

from scheduler import factory as f
from scheduler.factory.check import check
from scheduler.network import LeadTimes, NeedKind, Network, SupplyKind, build_network, whole_sets
from scheduler.policy import Policy
from tests import factories as t


def codes(findings) -> set[str]:
    return {finding.code for finding in findings}


def bought(network: Network, item: str) -> Any:
    return [
        s.quantity
        for s in network.supplies.values()
        if s.kind is SupplyKind.PURCHASE and s.item == item
    ]


def made(network: Network, item: str) -> Any:
    return [o.quantity for o in network.orders.values() if o.item == item]


def needed(network: Network, item: str) -> Fraction:
    """What orders and kits need of an item, exactly."""
    needs = {id(p.need): p.need for p in network.pegs if p.need.item == item}
    return sum((n.quantity for n in needs.values()), Fraction(0))


def served(network: Network, demand: str, kind: SupplyKind | None = None) -> Any:
    pegs = network.pegs_of_need().get((NeedKind.DEMAND, demand), [])
    return sum(
        (p.quantity for p in pegs if kind is None or network.supplies[p.supply].kind is kind),
        Fraction(0),
    )


def test_bom_01_a_ring_is_named_whole_and_everything_else_is_planned() -> None:
    plant = t.one_machine_plant(
        t.demand("SO-A", "A"),
        t.demand("SO-TOP", "TOP"),
        t.demand("SO-B", "BIKE"),
        boms=[
            t.bom("A", t.line("B")),
            t.bom("B", t.line("C")),
            t.bom("C", t.line("A")),
            t.bom("TOP", t.line("A")),
        ],
        routings=[
            t.routing(i, t.step("MAKE", "M1", run=1)) for i in ("A", "B", "C", "TOP", "BIKE")
        ],
    )
    network = build_network(plant)
    cycle = next(x for x in network.findings if x.code == "bom.cycle")
    assert "A > B > C > A" in cycle.message
    assert cycle in list(check(plant))
    assert set(network.undated) == {"SO-A", "SO-TOP"}
    assert "A > B > C > A" in network.undated["SO-TOP"]
    assert [o.item for o in network.orders.values()] == ["BIKE"]


def test_bom_01_a_ring_through_a_substitute_or_a_version_of_next_month_is_a_ring() -> None:
    plant = t.snapshot(
        boms=[
            t.bom("A", t.line("B", substitutes=(f.Substitute(item="C"),))),
            t.bom("C", t.line("A"), effective_from=t.day("2027-04-01")),
        ]
    )
    assert any("A > C > A" in x.message for x in check(plant) if x.code == "bom.cycle")


def test_bom_02_a_family_is_not_a_ring() -> None:
    plant = t.snapshot(
        items=[t.item("PACK6", family="F"), t.item("UNIT", family="F")],
        boms=[t.bom("PACK6", t.line("UNIT", 6))],
        routings=[t.routing("PACK6", t.step("PACK"))],
        purchases=[t.buy("UNIT")],
        demands=[t.demand(item="PACK6", quantity=2)],
    )
    assert bought(build_network(plant), "UNIT") == [12]
    assert "bom.cycle" not in codes(check(plant))


def test_bom_03_a_line_of_zero_is_ignored_with_a_warning() -> None:
    plant = t.snapshot(
        boms=[t.bom("BIKE", t.line("a", 2), t.line("b", 0), t.line("c", 3))],
        routings=[t.routing("BIKE", t.step("MAKE"))],
        purchases=[t.buy("a"), t.buy("b"), t.buy("c")],
        demands=[t.demand(quantity=5)],
    )
    network = build_network(plant)
    assert (bought(network, "a"), bought(network, "b"), bought(network, "c")) == ([10], [], [15])
    warning = next(x for x in check(plant) if x.code == "bom.zero_line")
    assert warning.path == "boms/B-BIKE/lines/b"
    assert warning.severity == "warning"


def made_of(line: f.BomLine, quantity, *units: f.Unit, part: f.Item, **bom) -> Network:
    """So many BIKEs, each of ``line``; the part is bought."""
    return build_network(
        t.snapshot(
            units=list(units),
            items=[t.item("BIKE"), part],
            boms=[t.bom("BIKE", line, **bom)],
            routings=[t.routing("BIKE", t.step("MAKE"))],
            purchases=[t.buy(part.id)],
            demands=[t.demand(quantity=quantity)],
        )
    )


def test_bom_04_needs_are_exact_and_rounded_once_in_the_components_unit() -> None:
    litre = f.Unit(id="L", precision="0.01")
    oil = made_of(t.line("OIL", "0.35"), 3, litre, part=t.item("OIL", unit="L"))
    assert bought(oil, "OIL") == [Fraction("1.05")]
    kilo = f.Unit(id="kg", precision="0.001")
    steel = made_of(
        t.line("STEEL", 1), 300, kilo, part=t.item("STEEL", unit="kg"), output_quantity=3
    )
    assert bought(steel, "STEEL") == [100]


@pytest.mark.parametrize(("pieces", "ordered"), [(1, "0.001"), (2500, "1.000")])
def test_bom_05_a_positive_need_is_never_rounded_to_zero(pieces, ordered) -> None:
    units = (
        f.Unit(id="kg", precision="0.001"),
        f.Unit(id="g", base="kg", factor="0.001"),
    )
    network = made_of(t.line("DYE", "0.4", unit="g"), pieces, *units, part=t.item("DYE", unit="kg"))
    assert needed(network, "DYE") == Fraction("0.0004") * pieces
    assert bought(network, "DYE") == [Fraction(ordered)]


def kits(stock: dict[str, str], kit: dict[str, str], quantity) -> Network:
    return build_network(
        t.snapshot(
            items=[t.item("KIT", phantom=True), *(t.item(i, unit="kg") for i in kit)],
            boms=[t.bom("KIT", *(t.line(i, q) for i, q in kit.items()))],
            stock=[t.stock(i, q) for i, q in stock.items()],
            demands=[t.demand(item="KIT", quantity=quantity)],
        )
    )


@pytest.mark.parametrize(("per_kit", "stock", "count"), [("0.07", "0.42", 6), ("0.2", "0.6", 3)])
def test_bom_06_counting_kits_is_exact(per_kit, stock, count) -> None:
    assert whole_sets({"X": Fraction(per_kit)}, {"X": Fraction(stock)}) == count
    assert not kits({"X": stock}, {"X": per_kit}, count).undated
    assert kits({"X": stock}, {"X": per_kit}, count + 1).undated


def test_bom_07_availability_rounds_down() -> None:
    kit, stock = {"WHEEL": "4", "FRAME": "1"}, {"WHEEL": "10", "FRAME": "5"}
    as_fractions = [{k: Fraction(v) for k, v in d.items()} for d in (kit, stock)]
    assert whole_sets(*as_fractions) == 2
    assert not kits(stock, kit, 2).undated
    assert "WHEEL" in kits(stock, kit, 3).undated["SO-1"]


@pytest.mark.parametrize(
    ("multiple", "need", "lot"),
    [
        (4, 12, 12),
        (4, 13, 16),
        (4, "12.0000000001", 12),
        ("187.35", "187.35", "187.35"),
        ("187.35", "187.36", "374.70"),
        (4, "0.0000000001", 4),
    ],
)
def test_bom_08_the_smallest_number_of_lots_with_tolerance_for_noise(multiple, need, lot) -> None:
    plant = t.snapshot(
        units=[f.Unit(id="kg", precision="0.01")],
        items=[t.item("POWDER", unit="kg")],
        purchases=[t.buy("POWDER", multiple=multiple)],
        demands=[t.demand(item="POWDER", quantity=need)],
    )
    network = build_network(plant)
    assert sum(bought(network, "POWDER")) == Fraction(lot)
    assert not network.shortages


def test_bom_09_lot_rules_apply_to_the_need_of_a_day_and_the_surplus_is_netted() -> None:
    days = {"2027-03-08": (5, 3), "2027-03-09": (4, 3), "2027-03-10": (1,)}
    plant = t.one_machine_plant(
        *(
            t.demand(f"SO-{d}-{n}", "BIKE", q, t.day(d))
            for d, quantities in days.items()
            for n, q in enumerate(quantities)
        ),
        replenishments=[f.Replenishment(item="BIKE", plant="GRAZ", lot_minimum=8)],
    )
    network = build_network(plant)
    assert made(network, "BIKE") == [8, 8]
    assert not network.shortages
    first = network.pegs_of_supply()["MO:BIKE@GRAZ:1"]
    assert {p.need.id for p in first} == {"SO-2027-03-08-0", "SO-2027-03-08-1"}
    assert served(network, "SO-2027-03-10-0") == 1


def test_bom_10_start_quantity_is_good_by_yield() -> None:
    def started(good: int, ratio: str) -> Fraction:
        step = t.step("MAKE", "M1", run=1, yield_ratio=ratio)
        plant = t.one_machine_plant(
            t.demand(quantity=good),
            routings=[t.routing("BIKE", step)],
            boms=[t.bom("BIKE", t.line("PART"))],
            purchases=[t.buy("PART")],
        )
        network = build_network(plant)
        (order,) = network.orders.values()
        assert order.quantity == good
        assert order.step_quantity == (order.start_quantity,)
        assert bought(network, "PART") == [order.start_quantity]
        return order.start_quantity

    assert started(90, "0.90") == 100
    assert started(100, "0.95") == 106


def test_bom_10_loss_of_a_line_is_a_fraction() -> None:
    network = made_of(t.line("PART", 1, loss="0.05"), 100, part=t.item("PART"))
    assert needed(network, "PART") == Fraction(100) / Fraction("0.95")
    assert bought(network, "PART") == [106]


def test_bom_11_what_is_left_is_per_operation() -> None:
    plant = t.one_machine_plant(
        routings=[t.routing("BIKE", t.step("OP1", "M1", run=1), t.step("OP2", "M1", run=1))],
        work_orders=[
            t.work_order(
                "WO-1",
                "BIKE",
                10,
                status="started",
                steps=(f.StepProgress(step="OP1", good=10), f.StepProgress(step="OP2", good=4)),
            )
        ],
    )
    network = build_network(plant)
    assert list(network.orders["WO-1"].step_quantity) == [0, 6]
    assert network.supplies["WO-1"].quantity == 6
    assert build_network(plant) == network


def test_bom_11_a_step_gets_no_more_than_the_one_before_can_pass_on() -> None:
    steps = (
        f.StepProgress(step="OP1", state="done", good=8, scrap=2),
        f.StepProgress(step="OP2", good=4),
    )
    plant = t.one_machine_plant(
        routings=[t.routing("BIKE", t.step("OP1", "M1", run=1), t.step("OP2", "M1", run=1))],
        work_orders=[t.work_order("WO-1", "BIKE", 10, status="started", steps=steps)],
    )
    assert list(build_network(plant).orders["WO-1"].step_quantity) == [0, 4]


def test_bom_12_open_supply_without_a_link_is_netted() -> None:
    plant = t.one_machine_plant(
        t.demand(quantity=20, requested=t.day("2027-03-19")),
        work_orders=[t.work_order("WO-1", "BIKE", 20)],
    )
    network = build_network(plant)
    assert list(network.orders) == ["WO-1"]
    assert served(network, "SO-1") == 20


def test_bom_12_open_supply_counts_for_safety_stock() -> None:
    plant = t.one_machine_plant(
        t.demand(quantity=9, requested=t.day("2027-03-19")),
        stock=[t.stock("BIKE", 20)],
        receipts=[t.receipt("PO-1", "BIKE", 4, t.day("2027-03-15"))],
        replenishments=[f.Replenishment(item="BIKE", plant="GRAZ", safety_stock=15)],
    )
    assert not build_network(plant).orders


def test_bom_13_delivered_and_allocated_quantities_count_once() -> None:
    plant = t.one_machine_plant(t.demand(quantity=50, delivered=10))
    assert made(build_network(plant), "BIKE") == [40]
    plant = t.one_machine_plant(
        t.demand("S1", quantity=60),
        t.demand("S2", quantity=30),
        stock=[
            t.stock("BIKE", 60, status="reserved", reserved_for="S1"),
            t.stock("BIKE", 40, location="B"),
        ],
    )
    network = build_network(plant)
    assert not network.orders
    assert (served(network, "S1"), served(network, "S2")) == (60, 30)


def test_bom_14_planning_twice_gives_the_same_kits_included() -> None:
    plant = t.two_level_plant(
        t.demand("L", "KIT", 5, t.day("2027-03-31")),
        items=[t.item("KIT", phantom=True)],
        boms=[
            t.bom("KIT", t.line("BIKE"), t.line("WHEEL", 1)),
            t.bom("BIKE", t.line("FRAME"), t.line("WHEEL", 2)),
            t.bom("FRAME", t.line("TUBE", 2)),
        ],
    )
    once, again = build_network(plant), build_network(plant)
    assert once == again
    assert made(once, "BIKE") == [5]
    assert sum(bought(once, "WHEEL")) == 15


def test_bom_15_lines_of_one_item_stay_apart() -> None:
    network = build_network(
        t.one_machine_plant(
            t.demand("SO-1/10", quantity=40, requested=t.day("2027-03-10")),
            t.demand("SO-1/20", quantity=80, requested=t.day("2027-03-20")),
        )
    )
    assert [d.id for d in network.demands] == ["SO-1/10", "SO-1/20"]
    assert made(network, "BIKE") == [40, 80]
    first, second = (o.need for o in network.orders.values())
    assert first is not None
    assert second is not None
    assert first < second


def test_bom_16_negative_balances_reduce_what_the_plant_has() -> None:
    plant = t.snapshot(
        demands=[t.demand(quantity=6)],
        stock=[t.stock("BIKE", 14, location="A"), t.stock("BIKE", -9, location="B")],
    )
    network = build_network(plant)
    assert served(network, "SO-1") == 5
    assert [s.quantity for s in network.shortages] == [1]
    finding = next(x for x in network.findings if x.code == "stock.negative")
    assert finding.path.endswith("/B")
    assert "-9" in finding.message


def test_bom_17_a_lot_counts_while_it_is_usable_on_the_ship_date() -> None:
    plant = t.snapshot(
        demands=[t.demand(quantity=40, requested=t.day("2027-03-15"))],
        stock=[
            t.stock("BIKE", 30, lot="L1", usable_until=t.day("2027-03-10")),
            t.stock("BIKE", 20, lot="L2", usable_until=t.day("2027-04-30")),
        ],
    )
    network = build_network(plant)
    assert served(network, "SO-1", SupplyKind.STOCK) == 20
    assert [s.quantity for s in network.shortages] == [20]


def test_bom_17_minimum_remaining_life_is_kept() -> None:
    def from_stock(days: int) -> Any:
        plant = t.snapshot(
            items=[t.item("BIKE", minimum_remaining_life=t.hours(24 * days))],
            demands=[t.demand(quantity=10, requested=t.day("2027-03-15"))],
            stock=[t.stock("BIKE", 10, usable_until=t.day("2027-03-20"))],
        )
        return served(build_network(plant), "SO-1")

    assert (from_stock(5), from_stock(6)) == (10, 0)


def local_day(moment: Any) -> Any:
    return moment.astimezone(t.VIENNA).date().isoformat()


def test_bom_18_siblings_are_needed_at_the_start_of_their_parent() -> None:
    plant = t.one_machine_plant(
        t.demand(quantity=8, requested=t.day("2027-06-01")),
        boms=[t.bom("BIKE", t.line("A"), t.line("B"))],
        purchases=[t.buy("A", 30), t.buy("B", 30)],
    )
    network = build_network(plant)
    orders = [s for s in network.supplies.values() if s.kind is SupplyKind.PURCHASE]
    assert {local_day(s.ordered) for s in orders} == {"2027-05-02"}
    wanted = {p.need.when for p in network.pegs if p.need.kind is NeedKind.ORDER}
    assert wanted == {t.at("2027-06-01 08:00")}


def test_bom_18_need_dates_are_counted_backwards() -> None:
    outside = f.Subcontract(supplier="ACME", work=t.calendar_days(20))
    plant = t.snapshot(
        boms=[t.bom("A", t.line("B"))],
        routings=[t.routing("A", t.step("OUT", subcontract=outside))],
        purchases=[t.buy("B", 10)],
        demands=[t.demand(item="A", requested=t.day("2027-06-30"))],
    )
    network = build_network(plant)
    (part,) = [p.need for p in network.pegs if p.need.item == "B"]
    assert local_day(part.when) == "2027-06-10"
    assert local_day(network.supplies["PO:B@GRAZ:1"].ordered) == "2027-05-31"


def test_bom_19_subcontracting_is_out_work_and_back() -> None:
    outside = f.Subcontract(
        supplier="ACME",
        ship_out=t.working_days(2),
        work=t.working_days(5),
        ship_back=t.working_days(1),
    )
    back = LeadTimes(t.snapshot()).subcontract_end(outside, t.at("2027-03-01 08:00"), "GRAZ")
    assert back == t.at("2027-03-11 08:00")


def test_bom_20_supply_is_pegged_once_and_the_other_demand_is_made() -> None:
    plant = t.one_machine_plant(
        t.demand("D1", quantity=10, requested=t.day("2027-03-22")),
        t.demand("D2", quantity=10, requested=t.day("2027-03-22")),
        run=96,
        receipts=[t.receipt("PO-1", "BIKE", 10, t.day("2027-03-19"))],
    )
    network = build_network(plant)
    kinds = {
        d: network.supplies[network.pegs_of_need()[NeedKind.DEMAND, d][0].supply].kind
        for d in ("D1", "D2")
    }
    assert kinds == {"D1": SupplyKind.RECEIPT, "D2": SupplyKind.ORDER}
    assert made(network, "BIKE") == [10]
    assert not network.undated


def test_bom_20_waiting_longer_for_supply_is_a_setting() -> None:
    plant = t.one_machine_plant(
        t.demand(quantity=10, requested=t.day("2027-03-15")),
        receipts=[t.receipt("PO-1", "BIKE", 10, t.day("2027-03-19"))],
    )
    assert made(build_network(plant), "BIKE") == [10]
    patient = Policy(wait_for_supply=t.hours(24 * 5))
    assert not build_network(plant, patient).orders
    assert not build_network(plant, Policy(wait_for_supply=None)).orders


def test_bom_21_an_incomplete_receipt_is_a_finding_and_its_id_is_not_reused() -> None:
    plant = t.snapshot(
        purchases=[t.buy("BIKE")],
        receipts=[f.Receipt(id="PO:BIKE@GRAZ:1", item="BIKE", quantity=10)],
        demands=[t.demand(quantity=10)],
    )
    network = build_network(plant)
    finding = next(x for x in network.findings if x.code == "receipt.incomplete")
    assert "PO:BIKE@GRAZ:1" in finding.message
    assert "supplier" in finding.message
    assert list(network.supplies) == ["PO:BIKE@GRAZ:2"]
