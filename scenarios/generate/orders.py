"""What is wanted and what is coming: demands, raw material in stock, dated receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from scenarios.generate.floor import OPEN_MINUTES_A_DAY
from scenarios.generate.products import LOTS
from scenarios.generate.shape import PLANT
from scheduler.factory import Demand, LeadTime, Purchase, Receipt, StockLot, Supplier

if TYPE_CHECKING:
    from numpy.random import Generator

    from scenarios.generate.products import Products
    from scenarios.generate.shape import Shape

WEIGHTS = (Decimal(1), Decimal(2), Decimal(4))
SHARES = (0.6, 0.3, 0.1)
"""How many demands have each weight."""
IN_STOCK = 0.4
"""Part of the raw material that is there; the rest comes in receipts."""
RECEIPTS = 6
"""Receipts of each material."""
LEAD_TIME = LeadTime(amount=Decimal(120))
"""Calendar days of buying anew: what was ordered is always there sooner."""
SUPPLIER = Supplier(id="SUP-1", name="Raw material supplier")


@dataclass(frozen=True, slots=True)
class Orders:
    """Demands and their material."""

    demands: tuple[Demand, ...]
    stock: tuple[StockLot, ...]
    receipts: tuple[Receipt, ...]
    purchases: tuple[Purchase, ...]


def orders(shape: Shape, made: Products, draw: Generator) -> Orders:
    """One demand per order, due over the time the backlog takes, divided by the load."""
    count = shape.orders
    product = np.concatenate(
        (np.arange(shape.products)[::-1], draw.integers(0, shape.products, count - shape.products))
    )
    if shape.operations % 5 and count > shape.products:
        # The product with fewer steps is ordered once, so that the operations add up.
        product[shape.products :] %= shape.products - 1
    quantity = draw.integers(LOTS[0], LOTS[1] + 1, count)
    backlog = made.minutes * float(quantity.sum()) / (shape.machines * OPEN_MINUTES_A_DAY)
    days = np.floor(backlog / shape.load * (0.1 + draw.random(count))).astype(int)
    weight = draw.choice(len(WEIGHTS), size=count, p=SHARES)
    first = shape.now.date()
    demands = tuple(
        Demand(
            id=f"SO-{n + 1:06}",
            item=made.made[p].id,
            plant=PLANT,
            quantity=Decimal(q),
            requested=first + timedelta(days=due),
            weight=WEIGHTS[w],
            batch=f"SO-{n + 1:06}",
        )
        for n, (p, q, due, w) in enumerate(
            zip(product.tolist(), quantity.tolist(), days.tolist(), weight.tolist(), strict=True)
        )
    )
    stock, receipts = _material(made, product.tolist(), quantity.tolist(), backlog, first, draw)
    buying = tuple(
        Purchase(item=item.id, plant=PLANT, supplier=SUPPLIER.id, lead_time=LEAD_TIME)
        for item in made.bought
    )
    return Orders(demands, stock, receipts, buying)


def _material(
    made: Products,
    product: list[int],
    quantity: list[int],
    backlog: float,
    first: date,
    draw: Generator,
) -> tuple[tuple[StockLot, ...], tuple[Receipt, ...]]:
    """Just enough of every material.

    Part in stock, the rest in receipts over the first two thirds of the backlog.
    """
    need = [0] * len(made.bought)
    for p, q in zip(product, quantity, strict=True):
        if made.material[p] >= 0:
            need[made.material[p]] += q
    stock, receipts = [], []
    for item, total in zip(made.bought, need, strict=True):
        there = int(total * IN_STOCK)
        if there:
            stock.append(StockLot(item=item.id, plant=PLANT, quantity=Decimal(there)))
        coming = -(-(total - there) // RECEIPTS)
        for number in range(RECEIPTS if coming else 0):
            day = first + timedelta(days=1 + int(backlog * 0.66 * draw.random()))
            receipts.append(
                Receipt(
                    id=f"PO-{item.id}-{number + 1}",
                    item=item.id,
                    plant=PLANT,
                    quantity=Decimal(coming),
                    due=day,
                    supplier=SUPPLIER.id,
                )
            )
    return tuple(stock), tuple(receipts)
