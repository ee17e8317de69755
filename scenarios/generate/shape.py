"""The shape of a generated factory: every number that is a choice, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

STEPS = 5
"""Operations of an order."""
FAMILIES = 6
"""Setup families."""
PLANT = "GRAZ"
ZONE = "Europe/Vienna"
NOW = datetime(2027, 3, 1, 5, 0, tzinfo=UTC)
"""Monday, 06:00 local: the first shift begins."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How big, how mixed and how loaded a factory is.

    Parameters
    ----------
    operations
        To be planned, over all orders.
    seed
        The same shape with the same seed is the same factory, on every machine.
    labour
        One pool of operators that every running step needs one of.
    load
        Due dates are spread over the time the backlog takes on average, divided by this: above 1
        many orders must be late.
    resumable
        Share of operations that may be interrupted by closed time.
    items
        Most distinct products.
    """

    operations: int
    seed: int
    labour: bool = False
    load: float = 1.2
    resumable: float = 0.4
    items: int = 400
    now: datetime = NOW

    @property
    def orders(self) -> int:
        """Number of demands; the last may have fewer operations than the others."""
        return -(-self.operations // STEPS)

    @property
    def machines(self) -> int:
        """20 for up to 2,000 operations, then one per 100."""
        return max(20, self.operations // 100)

    @property
    def products(self) -> int:
        """Distinct items that are made."""
        return min(self.items, self.orders)
