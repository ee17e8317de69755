"""What is made: items with one routing each, and the raw material that most of them wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from scenarios.generate.floor import LONGEST_WINDOW, family_id, machine_id
from scenarios.generate.shape import FAMILIES, PLANT, STEPS
from scheduler.factory import (
    Alternative,
    Bom,
    BomLine,
    Item,
    LabourNeed,
    Replenishment,
    Routing,
    Step,
)

if TYPE_CHECKING:
    from numpy.random import Generator

    from scenarios.generate.shape import Shape

RATES = ("1", "0.95", "0.9", "0.8", "0.75", "1.1", "1.25")
SLOWEST = 0.75
LEFT_OUT = 0.4
"""How often one machine of the work centre cannot do a step: 2.6 alternatives of 3 machines."""
LOTS = (10, 20)
"""Pieces ordered, from and to."""
SECONDS = (180, 900)
"""Run of one piece, from and below."""
FIXED = timedelta(minutes=5)
SHARE_OF_MATERIAL = 0.6
"""Part of the products that wait for a dated material."""
MATERIALS_PER_PRODUCT = 4
"""Products that share one material."""


@dataclass(frozen=True, slots=True)
class Products:
    """Items made and bought, with everything that says how.

    ``minutes`` is the mean work of one piece over all its steps; ``material`` the index of the
    material of each product, −1 for none.
    """

    made: tuple[Item, ...]
    bought: tuple[Item, ...]
    boms: tuple[Bom, ...]
    routings: tuple[Routing, ...]
    replenishments: tuple[Replenishment, ...]
    minutes: float
    material: list[int]


def products(shape: Shape, sizes: list[int], draw: Generator) -> Products:
    """All products of a factory with work centres of these sizes."""
    numbers = range(shape.products)
    made = tuple(Item(id=f"P-{n + 1:04}", family=f"G{n % 20 + 1}") for n in numbers)
    kinds = max(1, shape.products // MATERIALS_PER_PRODUCT)
    bought = tuple(Item(id=f"RAW-{n + 1:03}", name=f"Raw material {n + 1}") for n in range(kinds))
    with_material = draw.random(shape.products) < SHARE_OF_MATERIAL
    which = draw.integers(kinds, size=shape.products)
    material = [int(w) if has else -1 for w, has in zip(which, with_material, strict=True)]
    seconds = draw.integers(*SECONDS, size=(shape.products, STEPS))
    routings = tuple(
        routing(shape, item, seconds[n].tolist(), steps_of(shape, n), sizes, draw)
        for n, item in enumerate(made)
    )
    boms = tuple(
        Bom(
            id=f"BOM-{item.id}",
            item=item.id,
            lines=(BomLine(item=bought[m].id, quantity=Decimal(1)),),
        )
        for item, m in zip(made, material, strict=True)
        if m >= 0
    )
    # Made to order: two demands of one item and day are two orders.
    keep = tuple(Replenishment(item=item.id, plant=PLANT, pegged_by_batch=True) for item in made)
    return Products(
        made, bought, boms, routings, keep, float(seconds.sum(axis=1).mean()) / 60, material
    )


def steps_of(shape: Shape, product: int) -> int:
    """Steps of a product.

    Five, or for the last one what is left to the number of operations asked for.
    """
    rest = shape.operations % STEPS
    return rest if rest and product == shape.products - 1 else STEPS


def routing(
    shape: Shape, item: Item, seconds: list[int], steps: int, sizes: list[int], draw: Generator
) -> Routing:
    """One routing through work centres drawn at random, none twice in a row."""
    centre = -1
    made = []
    for number in range(steps):
        hop = 1 + int(draw.integers(len(sizes) - 1))
        centre = int(draw.integers(len(sizes))) if centre < 0 else (centre + hop) % len(sizes)
        made.append(step(shape, number, seconds[number], centre, sizes[centre], draw))
    return Routing(id=f"R-{item.id}", item=item.id, plant=PLANT, version="A", steps=tuple(made))


def step(shape: Shape, number: int, seconds: int, centre: int, size: int, draw: Generator) -> Step:
    """One step on most machines of a work centre, each with its own rate."""
    chosen = np.sort(draw.permutation(size)[: max(1, size - int(draw.random() < LEFT_OUT))])
    rates = draw.integers(len(RATES), size=len(chosen))
    return Step(
        id=f"{10 * (number + 1)}",
        alternatives=tuple(
            Alternative(machine=machine_id(centre, int(m)), efficiency=Decimal(RATES[rate]))
            for m, rate in zip(chosen, rates, strict=True)
        ),
        run_per_unit=timedelta(seconds=seconds),
        fixed=FIXED,
        setup_family=family_id(int(draw.integers(FAMILIES))),
        resumable=is_long(seconds) or bool(draw.random() < share_of_short(shape.resumable)),
        labour=(LabourNeed(pool="OPERATORS"),) if shape.labour else (),
    )


def is_long(seconds: int) -> bool:
    """Whether the largest lot on the slowest machine fits in no window of some calendar."""
    return FIXED + timedelta(seconds=seconds * LOTS[1]) > LONGEST_WINDOW * SLOWEST


def share_of_short(resumable: float) -> float:
    """Share of the short operations that may be interrupted, for ``resumable`` of all."""
    lengths = range(*SECONDS)
    long = sum(is_long(seconds) for seconds in lengths) / len(lengths)
    return max(0.0, (resumable - long) / (1 - long))
