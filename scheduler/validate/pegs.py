"""Pegs: no supply is given twice, every need is served once, and what is set aside stays with its
owner.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import StockStatus
from scheduler.network.model import NeedKind, SupplyKind
from scheduler.validate.bills import factor
from scheduler.validate.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.factory import StockLot
    from scheduler.findings import Finding
    from scheduler.network.model import Need, Order, Peg, Supply
    from scheduler.validate.supplies import SuppliedPlan

Place = tuple[str, str]
"""Item and plant."""


def supplies_are_given_once(plan: SuppliedPlan) -> Iterator[Finding]:
    """No more is pegged to a supply than it has: Σ_peg quantity ≤ quantity."""
    for ident, pegs in plan.network.pegs_of_supply().items():
        supply = plan.network.supplies.get(ident)
        has = Fraction(0) if supply is None else supply.quantity
        given = sum((peg.quantity for peg in pegs), Fraction(0))
        if given > has:
            yield plan.breach(
                Code.SUPPLY_OVERDRAWN,
                f"supplies/{ident}",
                f"{ident} has {float(has):g}, but {float(given):g} of it are given away.",
            )


def needs_are_served_once(plan: SuppliedPlan) -> Iterator[Finding]:
    """No need is served beyond what it is: Σ_peg quantity ≤ need."""
    served: dict[Need, Fraction] = defaultdict(Fraction)
    for peg in plan.network.pegs:
        # Another item in its place counts by its ratio, which the bill knows and the peg does not.
        if plan.network.supplies[peg.supply].item == peg.need.item:
            served[peg.need] += peg.quantity
    for need, quantity in served.items():
        if quantity > need.quantity:
            yield plan.breach(
                Code.NEED_OVERSERVED,
                f"needs/{need.id}",
                f"{need.id} needs {float(need.quantity):g} {need.item}, but {float(quantity):g}"
                " are set aside for it.",
            )


def demands_are_served(plan: SuppliedPlan) -> Iterator[Finding]:
    """What is open of a demand is pegged, or named as short.

    Σ_peg quantity + Σ_shortage quantity = remaining
    """
    short: dict[str, Fraction] = defaultdict(Fraction)
    for shortage in plan.network.shortages:
        if shortage.need.kind is NeedKind.DEMAND:
            short[shortage.need.id] += shortage.quantity
    for demand in plan.network.demands:
        if demand.id in plan.network.undated or demand.id in plan.unplanned:
            continue
        pegs = plan.pegs_of_need.get((NeedKind.DEMAND, demand.id), [])
        served = sum((peg.quantity for peg in pegs), short[demand.id])
        remaining = plan.network.remaining.get(demand.id, Fraction(0))
        if served < remaining:
            yield plan.breach(
                Code.NEED_UNSERVED,
                f"demands/{demand.id}",
                f"{demand.id} has {float(remaining):g} {demand.item} open, but only"
                f" {float(served):g} are set aside for it.",
            )
        elif served > remaining:
            yield plan.breach(
                Code.NEED_OVERSERVED,
                f"demands/{demand.id}",
                f"{demand.id} has {float(remaining):g} {demand.item} open, but"
                f" {float(served):g} are set aside for it.",
            )


def supplies_fit_their_needs(plan: SuppliedPlan) -> Iterator[Finding]:
    """A peg joins supply and need of one plant, and of one item or a substitute that the bill
    names.
    """
    for peg in plan.network.pegs:
        supply = plan.network.supplies.get(peg.supply)
        if supply is None or not fits(plan, peg, supply):
            yield plan.breach(
                Code.WRONG_SUPPLY,
                f"needs/{peg.need.id}",
                f"{peg.need.id} needs {peg.need.item} in {peg.need.plant}, but is given"
                f" {peg.supply}.",
            )


def fits(plan: SuppliedPlan, peg: Peg, supply: Supply) -> bool:
    """Whether a supply is of the need's plant and item, or stands in for it."""
    if supply.plant != peg.need.plant:
        return False
    if supply.item == peg.need.item or peg.need.kind is not NeedKind.ORDER:
        return supply.item == peg.need.item
    lines = [line for bom in plan.snapshot.boms for line in bom.lines]
    pairs = {(line.item, substitute.item) for line in lines for substitute in line.substitutes}
    return (peg.need.item, supply.item) in pairs


def supplies_are_founded(plan: SuppliedPlan) -> Iterator[Finding]:
    """A receipt, or what an order makes, is no more than snapshot and order say."""
    for supply in plan.network.supplies.values():
        has = founded_quantity(plan, supply)
        if has is not None and supply.quantity > has:
            yield plan.breach(
                Code.SUPPLY_UNFOUNDED,
                f"supplies/{supply.id}",
                f"The plan counts on {float(supply.quantity):g} {supply.item} from {supply.id},"
                f" which brings {float(has):g}.",
            )


def founded_quantity(plan: SuppliedPlan, supply: Supply) -> Fraction | None:
    """How much a receipt or an order brings; None for what is dated and counted elsewhere."""
    if supply.kind is SupplyKind.RECEIPT:
        receipt = plan.receipts.get(supply.id)
        if receipt is None or (receipt.item, receipt.plant) != (supply.item, supply.plant):
            return Fraction(0)
        return Fraction(receipt.quantity) * factor(plan, receipt.item, receipt.unit)
    order = plan.network.orders.get(supply.output_of or "")
    if supply.kind is not SupplyKind.ORDER:
        return None
    if order is None or order.plant != supply.plant:
        return Fraction(0)
    # What else comes out of the run is in proportion to what goes in, which the bill says.
    return order.quantity if order.item == supply.item else by_products(order, supply.item)


def by_products(order: Order, item: str) -> Fraction:
    """How much of a co-product an order yields at most: by what goes in."""
    found = Fraction(0)
    for product in order.bom.co_products if order.bom is not None else ():
        if product.item == item and order.bom is not None:
            runs = order.start_quantity / Fraction(order.bom.output_quantity)
            found += Fraction(product.quantity) * (1 if product.fixed else runs)
    return found


def supplies_are_not_dated_too_early(plan: SuppliedPlan) -> Iterator[Finding]:
    """A receipt, purchase or dated transfer is there no sooner than due date or lead time allow."""
    for supply in plan.network.supplies.values():
        if supply.available is None or supply.kind is SupplyKind.ORDER:
            continue
        stated, founded = plan.horizon.at_or_after(supply.available), plan.founded(supply)
        if stated < founded:
            yield plan.breach(
                Code.SUPPLY_DATE,
                f"supplies/{supply.id}",
                f"The plan counts on {supply.id} ({supply.item}) from"
                f" {plan.at(stated, supply.plant)}, before it can be there.",
            )


def stock_is_there(plan: SuppliedPlan) -> Iterator[Finding]:
    """The plan counts on no more stock than there is to use: what is on hold is not, negative
    balances count against.

    Also by date: no more before a lot is available, and no more for later than lots keep.
    """
    supplies: dict[Place, list[Supply]] = defaultdict(list)
    for supply in plan.network.supplies.values():
        if supply.kind is SupplyKind.STOCK:
            supplies[supply.item, supply.plant].append(supply)
    for (item, plant), counted in supplies.items():
        lots = usable_lots(plan, item, plant)
        over = stock_overdrawn(plan, counted, lots)
        if over is not None:
            has, wanted, when = over
            yield plan.breach(
                Code.SUPPLY_UNFOUNDED,
                f"stock/{item}/{plant}",
                f"The plan counts on {float(wanted):g} {item} from stock in {plant}{when}, but"
                f" {float(has):g} may be used.",
            )


def usable_lots(plan: SuppliedPlan, item: str, plant: str) -> list[StockLot]:
    """Lots of an item that are not on hold."""
    return [
        lot
        for lot in plan.snapshot.stock
        if (lot.item, lot.plant) == (item, plant) and lot.status is not StockStatus.ON_HOLD
    ]


def stock_overdrawn(
    plan: SuppliedPlan, counted: list[Supply], lots: list[StockLot]
) -> tuple[Fraction, Fraction, str] | None:
    """(there is, counted on, when) of the first breach of: in all, before a lot is there, after a
    lot is spoilt.
    """
    checks: list[tuple[Fraction, Fraction, str]] = [(_sum(lots), _total(counted), "")]
    for lot in lots:
        if lot.available_from is not None:
            start = plan.start_of(lot.available_from, lot.plant)
            early = [s for s in counted if _from(plan, s) < start]
            sooner = [x for x in lots if not x.available_from or _opens(plan, x) < start]
            checks.append((_sum(sooner), _total(early), f" before {plan.at(start, lot.plant)}"))
        if lot.usable_until is not None:
            end = plan.end_of(lot.usable_until, lot.plant)
            late = [s for s in counted if _until(plan, s) > end]
            longer = [x for x in lots if not x.usable_until or _closes(plan, x) > end]
            checks.append((_sum(longer), _total(late), f" after {plan.at(end, lot.plant)}"))
    return next((check for check in checks if check[1] > max(Fraction(0), check[0])), None)


def _sum(lots: list[StockLot]) -> Fraction:
    return sum((Fraction(lot.quantity) for lot in lots), Fraction(0))


def _total(supplies: list[Supply]) -> Fraction:
    return sum((supply.quantity for supply in supplies), Fraction(0))


def _from(plan: SuppliedPlan, supply: Supply) -> int:
    return plan.now if supply.available is None else plan.horizon.at_or_after(supply.available)


def _until(plan: SuppliedPlan, supply: Supply) -> int:
    return 2**60 if supply.expires is None else plan.horizon.at_or_before(supply.expires)


def _opens(plan: SuppliedPlan, lot: StockLot) -> int:
    return plan.start_of(lot.available_from, lot.plant) if lot.available_from else plan.now


def _closes(plan: SuppliedPlan, lot: StockLot) -> int:
    return plan.end_of(lot.usable_until, lot.plant) if lot.usable_until else 2**60


def reserved_stock_stays_with_its_owner(plan: SuppliedPlan) -> Iterator[Finding]:
    """What is set aside for somebody is given to nobody else.

        Σ_owners max(0, taken(owner) − reserved(owner)) ≤ free stock

    The owner is a demand or work order; what is made for it alone may take for it.
    """
    for (item, plant), taken in stock_taken(plan).items():
        lots = usable_lots(plan, item, plant)
        reserved: dict[str, Fraction] = defaultdict(Fraction)
        for lot in lots:
            if lot.status is StockStatus.RESERVED:
                reserved[lot.reserved_for or ""] += Fraction(lot.quantity)
        # More than there is in all is another rule's.
        if not reserved or sum(taken.values(), Fraction(0)) > _sum(lots):
            continue
        free = _sum([lot for lot in lots if lot.status is not StockStatus.RESERVED])
        others = sum(taken.values(), Fraction(0)) - sum(
            min(quantity, taken_for(plan, taken, owner)) for owner, quantity in reserved.items()
        )
        if others > max(Fraction(0), free):
            owners = ", ".join(sorted(owner or "nobody" for owner in reserved))
            yield plan.breach(
                Code.RESERVED,
                f"stock/{item}/{plant}",
                f"{float(others):g} {item} in {plant} are given to others, but only"
                f" {float(free):g} are free; the rest is set aside for {owners}.",
            )


def stock_taken(plan: SuppliedPlan) -> dict[Place, dict[str, Fraction]]:
    """What is taken from stock, by item and plant and by who takes it."""
    taken: dict[Place, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for peg in plan.network.pegs:
        supply = plan.network.supplies.get(peg.supply)
        if supply is not None and supply.kind is SupplyKind.STOCK:
            taken[supply.item, supply.plant][peg.need.id] += peg.quantity
    return taken


def taken_for(plan: SuppliedPlan, taken: dict[str, Fraction], owner: str) -> Fraction:
    """What an owner takes itself, and through what is made for it."""
    return sum((q for taker, q in taken.items() if owner in plan.served_by(taker)), Fraction(0))


def reserved_receipts_stay_with_their_owner(plan: SuppliedPlan) -> Iterator[Finding]:
    """A receipt or work order that is set aside for somebody serves nobody else."""
    for peg in plan.network.pegs:
        supply = plan.network.supplies.get(peg.supply)
        owner = None if supply is None else owner_of(plan, supply)
        if supply is None or owner is None or owner in plan.served_by(peg.need.id):
            continue
        yield plan.breach(
            Code.RESERVED,
            f"supplies/{supply.id}",
            f"{float(peg.quantity):g} {supply.item} of {supply.id} are given to {peg.need.id},"
            f" but it is set aside for {owner}.",
        )


def owner_of(plan: SuppliedPlan, supply: Supply) -> str | None:
    """Whom a receipt or work order is set aside for."""
    if supply.kind is SupplyKind.RECEIPT and supply.id in plan.receipts:
        return plan.receipts[supply.id].reserved_for
    order = plan.network.orders.get(supply.output_of or "")
    return order.work_order.reserved_for if order is not None and order.work_order else None


def batch_marks_match(plan: SuppliedPlan) -> Iterator[Finding]:
    """An item that is pegged by batch serves a demand only from an order with the same mark."""
    marked = {(r.item, r.plant) for r in plan.snapshot.replenishments if r.pegged_by_batch}
    for peg in plan.network.pegs:
        supply, demand = plan.network.supplies.get(peg.supply), plan.demands.get(peg.need.id)
        if supply is None or demand is None or (supply.item, supply.plant) not in marked:
            continue
        order = plan.network.orders.get(supply.output_of or "")
        receipt = plan.receipts.get(supply.id)
        mark = order.batch if order is not None else receipt.batch if receipt else demand.batch
        if mark != demand.batch:
            yield plan.breach(
                Code.BATCH_MARK,
                f"needs/{demand.id}",
                f"{demand.id} is marked {demand.batch or 'nothing'}, but is given {supply.id},"
                f" marked {mark or 'nothing'}.",
            )


RULES = (
    supplies_are_given_once,
    needs_are_served_once,
    demands_are_served,
    supplies_fit_their_needs,
    supplies_are_founded,
    supplies_are_not_dated_too_early,
    stock_is_there,
    reserved_stock_stays_with_its_owner,
    reserved_receipts_stay_with_their_owner,
    batch_marks_match,
)
