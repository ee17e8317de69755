"""Explode: a bill of material as what one run of an order needs, phantoms blown through, all exact.

Fed by the catalogue; read by ``sourcing`` and ``progress``. A need is

    quantity / (1 − loss) · start quantity of the order / output quantity of the bill

in the component's own unit; it is rounded where supply is ordered, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory.units import UnitError
from scheduler.network.catalogue import EVER, Catalogue, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scheduler.factory import Bom, BomLine, Item

NOTHING = Fraction(0)
ONE = Fraction(1)
DAY_SECONDS = 86_400
DEEPEST = 50
"""Phantoms inside phantoms deeper than this are taken for a ring."""


class ExplosionError(Exception):
    """A bill cannot be exploded; carries a finding's code, path and reason in words."""

    def __init__(self, code: str, path: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.code = code
        self.path = path
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Substitution:
    """``item`` may stand in: ``ratio`` of it for one of the component, while ``valid``."""

    item: str
    ratio: Fraction
    valid: Span


@dataclass(frozen=True, slots=True)
class Component:
    """What an order needs of one item.

    Parameters
    ----------
    per_piece, per_order
        Needed for each piece that is started, and for each order, in the item's own unit.
    step
        Of the order's routing; None: the first.
    valid
        When the line holds, judged at the start of the order.
    """

    item: str
    plant: str
    per_piece: Fraction
    per_order: Fraction
    step: str | None
    valid: Span
    substitutes: tuple[Substitution, ...]
    transfer_batch: Fraction | None
    offset: int

    def needed(self, pieces: Fraction) -> Fraction:
        """For an order that starts so many pieces."""
        if not self.per_order:
            return self.per_piece * pieces
        return self.per_piece * pieces + self.per_order


class Exploder:
    """Bills of one snapshot, each exploded once (once a day where phantoms change with time)."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[tuple[str, str, int], tuple[tuple[Component, ...], tuple[int, ...]]] = {}
        """Components, and the moments at which some of them begin or end."""
        self._changing: dict[str, bool] = {}

    def components(self, bom: Bom, plant: str, at: int) -> tuple[Component, ...]:
        """What an order of ``bom`` at ``plant`` that starts at ``at`` needs.

        Raises
        ------
        ExplosionError
            When a unit cannot be converted, or a phantom has no bill that holds then.
        """
        known, borders = self._exploded(bom, plant, at)
        if not borders:
            return known
        return tuple(c for c in known if c.valid[0] <= at < c.valid[1])

    def settled(self, bom: Bom, plant: str, at: int) -> int:
        """Since when an order needs what it needs at ``at``: no line began or ended in between.

        Raises as :meth:`components`.
        """
        _, borders = self._exploded(bom, plant, at)
        return max((b for b in borders if b <= at), default=-EVER)

    def _exploded(
        self, bom: Bom, plant: str, at: int
    ) -> tuple[tuple[Component, ...], tuple[int, ...]]:
        key = (bom.id, plant, at // DAY_SECONDS if self._changes(bom) else 0)
        if key not in self._known:
            found = tuple(self._lines(bom, plant, at, ONE, 0))
            borders = {b for c in found for b in c.valid if -EVER < b < EVER}
            self._known[key] = found, tuple(borders)
        return self._known[key]

    def kit(self, item: str, plant: str, at: int) -> tuple[Component, ...]:
        """What one of a phantom consists of. Raises as :meth:`components`."""
        bom = self.effective(item, plant, at)
        return self.components(bom, plant, at)

    def effective(self, item: str, plant: str, at: int) -> Bom:
        """The bill of a phantom that holds at ``at``. Raises as :meth:`components`."""
        for bom in self._catalogue.boms(item, plant):
            low, high = self._catalogue.span(bom.effective_from, bom.effective_to, plant)
            if low <= at < high:
                return bom
        moment = self._catalogue.clocks.moment(at)
        raise ExplosionError(
            "bom.none_effective",
            f"items/{item}/boms",
            f"{item} is a phantom, but no bill of it is effective in {plant} on {moment:%Y-%m-%d}",
            "Give the phantom a bill that is valid then, or stock it.",
        )

    def is_phantom(self, item: str) -> bool:
        """Whether an item is never stocked or ordered."""
        found: Item | None = self._catalogue.items.get(item)
        return found is not None and found.phantom

    def output(self, bom: Bom) -> Fraction:
        """How much of the item the lines make, in its own unit. Raises as :meth:`components`."""
        return self._amount(bom, bom.item, Fraction(bom.output_quantity), bom.unit)

    def _changes(self, bom: Bom) -> bool:
        """Whether phantoms inside have several versions."""
        if bom.id not in self._changing:
            phantoms = [line.item for line in bom.lines if self._blown(line)]
            self._changing[bom.id] = bool(phantoms)
        return self._changing[bom.id]

    def _blown(self, line: BomLine) -> bool:
        return self.is_phantom(line.item) if line.phantom is None else line.phantom

    def _lines(
        self, bom: Bom, plant: str, at: int, factor: Fraction, depth: int
    ) -> Iterable[Component]:
        if depth > DEEPEST:
            raise ExplosionError(
                "bom.cycle",
                f"boms/{bom.id}",
                f"{bom.item} contains itself",
                "Take the item out of its own bill.",
            )
        output = self.output(bom)
        for line in bom.lines:
            if not line.quantity:
                continue
            component = self._component(bom, line, plant, factor, output)
            if not self._blown(line):
                yield component
            elif component.valid[0] <= at < component.valid[1]:
                yield from self._blow_through(component, plant, at, depth)

    def _blow_through(
        self, phantom: Component, plant: str, at: int, depth: int
    ) -> Iterable[Component]:
        """A phantom's components in its place: at its step, for its quantity."""
        bom = self.effective(phantom.item, phantom.plant, at)
        for inner in self._lines(bom, phantom.plant, at, ONE, depth + 1):
            yield replace(
                inner,
                per_piece=inner.per_piece * phantom.per_piece,
                per_order=inner.per_piece * phantom.per_order + inner.per_order,
                step=phantom.step,
                valid=_both(inner.valid, phantom.valid),
                offset=inner.offset + phantom.offset,
            )

    def _component(
        self, bom: Bom, line: BomLine, plant: str, factor: Fraction, output: Fraction
    ) -> Component:
        amount = self._amount(bom, line.item, Fraction(line.quantity), line.unit)
        amount = amount / (1 - Fraction(line.loss)) * factor
        span = self._catalogue.span
        return Component(
            item=line.item,
            plant=line.plant or plant,
            per_piece=NOTHING if line.fixed else amount / output,
            per_order=amount if line.fixed else NOTHING,
            step=line.step,
            valid=span(line.effective_from, line.effective_to, plant),
            substitutes=tuple(
                Substitution(
                    s.item, Fraction(s.quantity), span(s.effective_from, s.effective_to, plant)
                )
                for s in sorted(line.substitutes, key=lambda s: (s.priority, s.item))
            ),
            transfer_batch=Fraction(line.transfer_batch) if line.transfer_batch else None,
            offset=int(line.offset.total_seconds()) if line.offset is not None else 0,
        )

    def _amount(self, bom: Bom, item: str, quantity: Fraction, unit: str | None) -> Fraction:
        try:
            return self._catalogue.units.amount(item, quantity, unit)
        except UnitError as error:
            raise ExplosionError(
                "unit.no_conversion" if error.known else "unit.unknown",
                f"boms/{bom.id}",
                f"in the bill {bom.id}, {item} is given in {unit}, but {error}",
                "Add the conversion to the item, or use a unit it has.",
            ) from error


def _both(a: Span, b: Span) -> Span:
    return max(a[0], b[0], -EVER), min(a[1], b[1], EVER)


def whole_sets(needs: Mapping[str, Fraction], stock: Mapping[str, Fraction]) -> int:
    """Whole sets that can be put together, each of ``needs``; exact, rounded down once.

    Raises
    ------
    ValueError
        When a set needs nothing.
    """
    counted = [stock.get(item, NOTHING) // amount for item, amount in needs.items() if amount > 0]
    if not counted:
        raise ValueError("a set that needs nothing has no number")
    return max(0, min(counted))
