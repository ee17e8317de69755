"""What building gives: the problem, and the names behind its indices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from scheduler.build.choices import Choices
    from scheduler.build.hours import Hours
    from scheduler.findings import Finding
    from scheduler.horizon import Horizon
    from scheduler.problem import Problem
    from scheduler.schedule import RowKind


@dataclass(frozen=True, slots=True)
class OperationName:
    """What an operation of the problem is in the snapshot and network.

    Operations with one name (kind, order, step, part) are one row of the plan: it begins with the
    first of them and ends with the last.
    """

    kind: RowKind
    order: str
    step: str
    part: int
    item: str
    plant: str
    quantity: Fraction
    hidden: bool = False
    """No row of the plan: a wait that people do not see, such as the way to the dock."""


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A problem with its names.

    Parameters
    ----------
    operations, machines, resources, demands, families
        Names by index of the problem's rows.
    workers
        Mode → names of the pool members that do it, for modes that name any.
    """

    problem: Problem
    horizon: Horizon
    operations: tuple[OperationName, ...]
    machines: tuple[str, ...]
    resources: tuple[str, ...]
    demands: tuple[str, ...]
    families: tuple[str, ...]
    workers: dict[int, tuple[str, ...]]
    findings: tuple[Finding, ...] = ()
    undated: dict[str, str] = field(default_factory=dict)
    """Demand → why it gets no date, as far as building could tell."""
    unplanned: frozenset[str] = frozenset()
    """Demands, orders and transfers that are left out: what ``validate`` must not miss."""
    context: tuple[Hours, Choices] | None = None
    """Compiled hours and choices, for ``extend``."""
