"""Units of measure: exact factors between a unit and the unit an item is counted in.

Fed by the snapshot; read by ``check`` and ``network``. Factors and amounts are fractions;
rounding is the caller's, once, with :meth:`Units.round_up` or :meth:`Units.round_down`.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory.items import Item, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

KNOWN = (
    Unit(id="pcs", name="pieces"),
    Unit(id="kg", name="kilogram", precision=Decimal("0.001")),
    Unit(id="g", name="gram", base="kg", factor=Decimal("0.001")),
    Unit(id="m", name="metre", precision=Decimal("0.001")),
    Unit(id="l", name="litre", precision=Decimal("0.001")),
    Unit(id="ml", name="millilitre", base="l", factor=Decimal("0.001")),
)
"""Units that need not be listed; a unit of the snapshot with the same id takes their place."""
ONE = Fraction(1)


class UnitError(ValueError):
    """There is no exact way from one unit to the other; ``unit`` is the one that is not known."""

    def __init__(self, message: str, unit: str, *, known: bool) -> None:
        super().__init__(message)
        self.unit = unit
        self.known = known


class Units:
    """Factors between units, per item.

    Parameters
    ----------
    units, items
        Of the snapshot; on duplicate ids the first one counts.
    """

    def __init__(self, units: Iterable[Unit], items: Iterable[Item]) -> None:
        self._units = {u.id: u for u in KNOWN}
        self._units.update({u.id: u for u in reversed(tuple(units))})
        self._items = {i.id: i for i in reversed(tuple(items))}
        self._roots: dict[str, tuple[str, Fraction]] = {}
        self._factors: dict[tuple[str, str], Fraction] = {}
        self._precisions: dict[str, Fraction] = {}

    def knows(self, unit: str) -> bool:
        """Whether a unit is listed or generally known."""
        return unit in self._units

    def root(self, unit: str) -> tuple[str, Fraction]:
        """The unit at the bottom of the chain of bases, and how much of it one ``unit`` is.

        Raises
        ------
        UnitError
            For a unit that is not known, or a chain of bases that runs in a ring.
        """
        if unit not in self._roots:
            self._roots[unit] = self._walk(unit)
        return self._roots[unit]

    def _walk(self, unit: str) -> tuple[str, Fraction]:
        factor, at, seen = ONE, unit, {unit}
        while True:
            found = self._units.get(at)
            if found is None:
                raise UnitError(f"the unit {at} is not known", at, known=False)
            if found.base is None:
                return at, factor
            factor *= Fraction(found.factor)
            at = found.base
            if at in seen:
                raise UnitError(f"the unit {unit} is defined by itself", unit, known=True)
            seen.add(at)

    def factor(self, item: str, unit: str | None) -> Fraction:
        """How much of the item's own unit one ``unit`` is; 1 for no unit.

        Raises
        ------
        UnitError
            When there is no way from one to the other.
        """
        own = self._items[item].unit if item in self._items else "pcs"
        if unit is None or unit == own:
            return ONE
        key = (item, unit)
        if key not in self._factors:
            self._factors[key] = self._find(item, own, unit)
        return self._factors[key]

    def _find(self, item: str, own: str, unit: str) -> Fraction:
        conversions = self._items[item].conversions if item in self._items else ()
        named = {c.unit: Fraction(c.factor) for c in conversions}
        if unit in named:
            return named[unit]
        root, amount = self.root(unit)
        for target, factor in ((own, ONE), *named.items()):
            if self.knows(target):
                other, per = self.root(target)
                if other == root:
                    return amount / per * factor
        raise UnitError(f"{unit} cannot be converted to {own}", unit, known=True)

    def amount(self, item: str, quantity: Decimal | Fraction, unit: str | None) -> Fraction:
        """A quantity in the item's own unit, exact. Raises :class:`UnitError` as :meth:`factor`."""
        exact = Fraction(quantity)
        return exact if unit is None else exact * self.factor(item, unit)

    def precision(self, item: str) -> Fraction:
        """Smallest amount of an item that can be counted; 1 where its unit is not known."""
        if item not in self._precisions:
            unit = self._units.get(self._items[item].unit) if item in self._items else None
            self._precisions[item] = ONE if unit is None else Fraction(unit.precision)
        return self._precisions[item]

    def round_up(self, item: str, quantity: Fraction) -> Fraction:
        """Smallest countable amount that is at least ``quantity``."""
        return ceiling(quantity, self.precision(item))

    def round_down(self, item: str, quantity: Fraction) -> Fraction:
        """Largest countable amount that is at most ``quantity``."""
        precision = self.precision(item)
        return quantity // precision * precision


def ceiling(quantity: Fraction, multiple: Fraction) -> Fraction:
    """Smallest whole multiple that is at least ``quantity``."""
    if quantity.denominator == 1 and multiple == 1:
        return quantity
    return -(-quantity // multiple) * multiple
