"""Cases ATP-01 to ATP-11 of the field, as far as the network alone shows them."""

from fractions import Fraction

from scheduler import factory as f
from scheduler.network import NeedKind, Network, build_network
from tests import factories as t


def parts(network: Network, demand: str) -> dict[str, Fraction]:
    """Supply → quantity that serves a demand."""
    pegs = network.pegs_of_need().get((NeedKind.DEMAND, demand), [])
    return {p.supply: p.quantity for p in pegs}


def test_atp_01_a_check_excludes_what_the_demand_itself_holds() -> None:
    held = t.stock("BIKE", 10, status="reserved", reserved_for="X")
    network = build_network(
        t.snapshot(stock=[held], demands=[t.demand("X", quantity=10), t.demand("Y", quantity=1)])
    )
    assert parts(network, "X") == {"ST:BIKE@GRAZ:1": 10}
    assert parts(network, "Y") == {}
    assert "X" not in network.undated
    assert "Y" in network.undated


def test_atp_02_availability_is_a_function_of_the_date() -> None:
    def ask(requested: str) -> Network:
        return build_network(
            t.snapshot(
                demands=[t.demand(quantity=5, requested=t.day(requested))],
                receipts=[t.receipt("PO-1", "BIKE", 10, t.day("2027-03-22"))],
            )
        )

    for date in ("2027-03-01", "2027-03-23"):
        assert parts(ask(date), "SO-1") == {"PO-1": 5}
    assert ask("2027-03-01").supplies["PO-1"].available == t.at("2027-03-22 08:00")


def test_atp_03_the_newest_date_of_a_receipt_counts() -> None:
    def available(due: str) -> object:
        plant = t.one_machine_plant(
            t.demand(quantity=8, promised=t.day("2027-03-08")),
            boms=[t.bom("BIKE", t.line("PART"))],
            receipts=[t.receipt("PO-1", "PART", 8, t.at(due))],
        )
        return build_network(plant).supplies["PO-1"].available

    assert available("2027-03-05 17:00") == t.at("2027-03-05 17:00")
    assert available("2027-03-12 17:00") == t.at("2027-03-12 17:00")


def test_atp_06_an_item_without_any_source_is_a_typed_reason() -> None:
    network = build_network(t.snapshot(demands=[t.demand(), t.demand("SO-2", "OTHER")]))
    assert network.undated["SO-1"].startswith("factory.no_routing: BIKE has neither routing")
    assert {s.code for s in network.shortages} == {"factory.no_routing"}


def test_atp_08_a_withdrawn_receipt_moves_the_demand_to_the_next_source() -> None:
    demand = t.demand("X", quantity=10, promised=t.day("2027-03-08"))
    receipt = t.receipt("PO-1", "BIKE", 10, t.day("2027-03-05"), reserved_for="X")
    kept = build_network(t.one_machine_plant(demand, receipts=[receipt]))
    assert parts(kept, "X") == {"PO-1": 10}
    withdrawn = build_network(t.one_machine_plant(demand))
    assert parts(withdrawn, "X") == {"MO:BIKE@GRAZ:1": 10}
    nowhere = build_network(t.snapshot(demands=[demand]))
    assert parts(nowhere, "X") == {}
    assert "X" in nowhere.undated


def test_atp_09_what_is_ready_when_is_kept_apart_for_partial_deliveries() -> None:
    receipts = [
        t.receipt("PO-1", "BIKE", 55, t.day("2027-03-10")),
        t.receipt("PO-2", "BIKE", 30, t.day("2027-03-15")),
        t.receipt("PO-3", "BIKE", 15, t.day("2027-03-22")),
    ]
    demand = t.demand(
        quantity=100,
        requested=t.day("2027-03-10"),
        latest=t.day("2027-03-15"),
        minimum_shipment=15,
    )
    network = build_network(t.snapshot(demands=[demand], receipts=receipts))
    assert parts(network, "SO-1") == {"PO-1": 55, "PO-2": 30, "PO-3": 15}


def test_atp_10_a_demand_closes_when_all_is_delivered_and_frees_what_is_left() -> None:
    def plan(delivered: int) -> Network:
        return build_network(
            t.snapshot(
                demands=[
                    t.demand("X", quantity=40, delivered=delivered),
                    t.demand("Y", quantity=15),
                ],
                stock=[t.stock("BIKE", 15, status="reserved", reserved_for="X")],
            )
        )

    assert parts(plan(25), "X") == {"ST:BIKE@GRAZ:1": 15}
    closed = plan(40)
    assert [d.id for d in closed.demands] == ["Y"]
    assert parts(closed, "Y") == {"ST:BIKE@GRAZ:1": 15}


def test_atp_11_nothing_is_valid_input() -> None:
    empty = f.Snapshot(now=t.NOW)
    assert build_network(empty).pegs == ()
    assert build_network(t.one_machine_plant()).orders == {}
