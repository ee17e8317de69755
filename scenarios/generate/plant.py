"""A whole generated factory as a snapshot."""

from __future__ import annotations

import numpy as np

from scenarios.generate import floor
from scenarios.generate.orders import SUPPLIER, orders
from scenarios.generate.products import products
from scenarios.generate.shape import PLANT, ZONE, Shape
from scheduler.factory import Plant, Snapshot


def factory(
    operations: int,
    seed: int,
    *,
    labour: bool = False,
    load: float = 1.2,
    resumable: float = 0.4,
    items: int = 400,
) -> Snapshot:
    """A make-to-order plant: mixed shifts, alternative machines, changeovers, dated material.

    Every demand is one order of five operations (the last product's of fewer, when ``operations``
    is no multiple). The same arguments give the same factory.

    Parameters
    ----------
    operations
        To be planned, 20 or more.
    labour
        Every running step also needs one of a pool of operators.
    load
        Above 1 the due dates come faster than the machines can work.
    resumable
        Share of operations that closed time may interrupt.
    items
        Most distinct products.

    Raises
    ------
    ValueError
        When ``operations`` is below 20.
    """
    if operations < 20:
        raise ValueError(f"a factory has 20 operations or more, not {operations}")
    shape = Shape(operations, seed, labour=labour, load=load, resumable=resumable, items=items)
    draw = np.random.default_rng(seed)
    sizes = floor.centre_sizes(shape, draw)
    machines = floor.machines(sizes, draw)
    matrices = floor.setup_matrices(draw)
    made = products(shape, sizes, draw)
    wanted = orders(shape, made, draw)
    return Snapshot(
        name=f"Generated plant, {operations} operations, seed {seed}",
        now=shape.now,
        plants=(Plant(id=PLANT, time_zone=ZONE, calendar="TWO-SHIFTS"),),
        items=made.made + made.bought,
        replenishments=made.replenishments,
        boms=made.boms,
        routings=made.routings,
        calendars=(*floor.calendars(), floor.ALWAYS),
        work_centres=floor.work_centres(sizes),
        machines=machines,
        labour_pools=floor.operators(shape),
        setup_matrices=matrices,
        suppliers=(SUPPLIER,),
        purchases=wanted.purchases,
        stock=wanted.stock,
        receipts=wanted.receipts,
        demands=wanted.demands,
    )
