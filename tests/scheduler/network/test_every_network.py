"""What holds of every network, whatever the plant."""

from collections import defaultdict
from fractions import Fraction

from hypothesis import given

from scheduler.network import NeedKind, Network, SupplyKind, build_network
from scheduler.policy import Policy
from tests import factories as t
from tests.scheduler.network.plants import snapshots

NOTHING = Fraction(0)


@given(snapshots())
def test_no_supply_is_given_away_twice(plant) -> None:
    network = build_network(plant)
    for name, pegs in network.pegs_of_supply().items():
        assert all(p.quantity > 0 for p in pegs)
        assert sum(p.quantity for p in pegs) <= network.supplies[name].quantity


@given(snapshots())
def test_a_peg_ties_an_item_to_itself_at_one_plant(plant) -> None:
    network = build_network(plant)
    for peg in network.pegs:
        supply = network.supplies[peg.supply]
        assert (supply.item, supply.plant) == (peg.need.item, peg.need.plant)


@given(snapshots())
def test_every_need_is_served_or_short(plant) -> None:
    network = build_network(plant)
    given_to: dict[int, Fraction] = defaultdict(Fraction)
    needs = {}
    for peg in network.pegs:
        given_to[id(peg.need)] += peg.quantity
        needs[id(peg.need)] = peg.need
    for shortage in network.shortages:
        given_to[id(shortage.need)] += shortage.quantity
        needs[id(shortage.need)] = shortage.need
    for key, need in needs.items():
        negative = need.kind is NeedKind.SAFETY and given_to[key] < need.quantity
        assert given_to[key] == need.quantity or negative


@given(snapshots())
def test_every_demand_is_served_whole_or_gets_a_reason(plant) -> None:
    network = build_network(plant)
    pegged: dict[str, Fraction] = defaultdict(Fraction)
    for peg in network.pegs:
        if peg.need.kind is NeedKind.DEMAND:
            pegged[peg.need.id] += peg.quantity
    short = {s.need.id for s in network.shortages if s.need.kind is NeedKind.DEMAND}
    for demand in network.demands:
        left = network.remaining[demand.id] - pegged[demand.id]
        assert left >= 0
        assert (left > 0) == (demand.id in network.undated) == (demand.id in short)
    assert all(": " in reason for reason in network.undated.values())


def components(network: Network, order: str) -> dict[tuple[str, str], Fraction]:
    """What an order was given, by item and plant."""
    result: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for peg in network.pegs_of_need().get((NeedKind.ORDER, order), []):
        result[peg.need.item, peg.need.plant] += peg.quantity
    return result


@given(snapshots())
def test_nothing_that_is_made_or_brought_lacks_material(plant) -> None:
    """Every line of an order's bill is given in full, by the component or what stands in for it."""
    network = build_network(plant)
    assert not [s for s in network.shortages if s.need.kind in (NeedKind.ORDER, NeedKind.TRANSFER)]
    for order in network.orders.values():
        if order.bom is None or order.work_order is not None:
            continue
        given_items = components(network, order.id)
        for line in order.bom.lines:
            if line.effective_from is not None:
                continue
            amount = Fraction(line.quantity) / (1 - Fraction(line.loss))
            if not line.fixed:
                amount *= order.start_quantity / Fraction(order.bom.output_quantity)
            stand_ins = [
                (line.item, Fraction(1)),
                *((s.item, Fraction(s.quantity)) for s in line.substitutes),
            ]
            there = sum(
                (
                    given_items.get((item, line.plant or order.plant), NOTHING) / ratio
                    for item, ratio in stand_ins
                ),
                NOTHING,
            )
            assert there >= amount
    for supply in network.supplies.values():
        if supply.kind is SupplyKind.TRANSFER:
            sent = network.pegs_of_need()[NeedKind.TRANSFER, supply.id]
            assert sum(p.quantity for p in sent) == supply.quantity


@given(snapshots())
def test_what_is_set_aside_goes_to_its_owner_only(plant) -> None:
    network = build_network(plant)
    known = {d.id for d in plant.demands} | {w.id for w in plant.work_orders}
    for receipt in plant.receipts:
        if receipt.reserved_for in known or receipt.id not in network.supplies:
            continue
        if receipt.reserved_for is not None:
            assert receipt.id not in network.pegs_of_supply()


@given(snapshots())
def test_nothing_expired_is_used(plant) -> None:
    network = build_network(plant)
    for peg in network.pegs:
        expires = network.supplies[peg.supply].expires
        if expires is not None and peg.need.kind is not NeedKind.SAFETY:
            assert peg.need.when is not None
            assert peg.need.when <= expires


@given(snapshots())
def test_supply_pegged_by_batch_keeps_its_mark(plant) -> None:
    network = build_network(plant)
    marks = {d.id: d.batch for d in plant.demands}
    strict = {(r.item, r.plant) for r in plant.replenishments if r.pegged_by_batch}
    for peg in network.pegs:
        order = network.orders.get(network.supplies[peg.supply].output_of or "")
        if peg.need.kind is not NeedKind.DEMAND or order is None or order.work_order is not None:
            continue
        if (peg.need.item, peg.need.plant) in strict and order.item == peg.need.item:
            assert order.batch == marks[peg.need.id]


@given(snapshots())
def test_planning_twice_gives_the_same(plant) -> None:
    assert build_network(plant) == build_network(plant)


@given(snapshots())
def test_nothing_is_wanted_or_ordered_before_now(plant) -> None:
    network = build_network(plant)
    for supply in network.supplies.values():
        assert supply.available is None or supply.available >= plant.now
        assert supply.ordered is None or supply.ordered >= plant.now
    for peg in network.pegs:
        assert peg.need.when is not None
        assert peg.need.when >= plant.now


@given(snapshots())
def test_every_order_is_known_by_what_it_makes(plant) -> None:
    network = build_network(plant)
    outputs = {s.output_of for s in network.supplies.values()}
    for name, order in network.orders.items():
        assert order.id == name
        assert order.routing is None or len(order.step_quantity) == len(order.routing.steps)
        if order.work_order is None:
            assert name in outputs
            assert order.start_quantity >= order.quantity > 0


@given(snapshots())
def test_every_policy_gives_a_network(plant) -> None:
    for consume in ("priority", "promise_date", "order_date"):
        policy = Policy(wait_for_supply=None, consume=consume, grouping_window=t.hours(24 * 7))
        network = build_network(plant, policy)
        for name, pegs in network.pegs_of_supply().items():
            assert sum(p.quantity for p in pegs) <= network.supplies[name].quantity
