"""A schedule: one row per operation, and what is known about how good it is.

Made by every engine; read by ``measures``, ``validate``, ``explain``, ``frames`` and ``pictures``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

Ticks = NDArray[np.int64]


class Status(StrEnum):
    """What is known of a schedule."""

    OPTIMAL = "optimal"
    """Proved: no schedule of the model the user entered is better."""
    FEASIBLE = "feasible"
    """Holds every rule; better ones may exist."""
    INFEASIBLE = "infeasible"
    """Proved: there is none."""
    UNKNOWN = "unknown"
    """None found in the time given."""
    CANCELLED = "cancelled"
    """Stopped by the caller; the best so far, which holds every rule."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a schedule came about."""

    engine: str
    seed: int = 0
    seconds: float = 0.0
    """CPU seconds spent."""
    steps: tuple[str, ...] = ()
    """What was done, in order, for whoever wants to know why it is what it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Columns of shape (operations,), ticks and indices.

    Parameters
    ----------
    mode
        Row of ``problem.modes`` that is run.
    slot
        Row of ``problem.slots``; −1 where the machine has none.
    setup
        Start of setup; equal to ``start`` where there is no setup.
    start, end
        Run from, to; half-open.
    objective
        One value per level of the problem, compared in order.
    bound
        Proved lower bound per level, as far as known; empty when nothing was proved.
    """

    mode: Ticks
    slot: Ticks
    setup: Ticks
    start: Ticks
    end: Ticks
    objective: tuple[int, ...] = ()
    bound: tuple[int, ...] = ()
    status: Status = Status.FEASIBLE
    provenance: Provenance = field(default_factory=lambda: Provenance("none"))

    @property
    def size(self) -> int:
        """Number of operations."""
        return int(self.start.shape[0])

    @property
    def gap(self) -> float | None:
        """Relative distance to the bound at the first level where they differ; None when nothing
        was proved.
        """
        for value, bound in zip(self.objective, self.bound, strict=False):
            if value != bound:
                return (value - bound) / max(1, abs(value))
        return 0.0 if self.bound and len(self.bound) == len(self.objective) else None

    def with_status(self, status: Status) -> Schedule:
        """The same schedule, told with another status."""
        return replace(self, status=status)


class RowKind(StrEnum):
    """What a row of a plan is."""

    MAKE = "make"
    """A step of an order."""
    MOVE = "move"
    """A transfer between plants; ``order`` is the transfer's supply id."""
    SHIP = "ship"
    """A delivery leaving (or, with transit, arriving); ``order`` is the demand id, ``part`` counts
    deliveries.
    """


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One operation of a plan in the planner's words: what ``schedule.csv`` holds and the validator
    reads.

    Instants are aware, UTC. ``setup`` equals ``start`` where there is no setup; ``quantity`` is
    what enters the step.
    """

    kind: RowKind
    order: str
    step: str
    part: int
    item: str
    plant: str
    quantity: Fraction
    machine: str | None
    slot: int
    """Which of a machine of several, from 0; also 0 where it does not matter."""
    workers: tuple[str, ...]
    """Members of labour pools, by name; empty for counted pools."""
    setup: datetime
    start: datetime
    end: datetime
