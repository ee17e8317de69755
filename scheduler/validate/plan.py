"""The plan: a network and the rows that carry it out, by name; what the rules read.

Rows become tasks in ticks, each once; nothing here judges.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from scheduler.network.model import NeedKind
from scheduler.schedule import RowKind
from scheduler.validate.codes import OUT_OF_HAND, Code
from scheduler.validate.site import Site
from scheduler.validate.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from scheduler.factory import Demand
    from scheduler.findings import Finding
    from scheduler.network.model import Network, Order, Peg
    from scheduler.schedule import PlanRow


T = TypeVar("T")


@dataclass(eq=False)
class Plan(Site):
    """Snapshot, network and rows of one validation.

    Parameters
    ----------
    unplanned
        Orders, transfers and demands of which planning says that they get no date; they need no
        rows.
    """

    network: Network
    rows: Sequence[PlanRow]
    unplanned: Collection[str] = ()

    @cached_property
    def demands(self) -> dict[str, Demand]:
        """Planned demands by id."""
        return {demand.id: demand for demand in self.network.demands}

    @cached_property
    def pegs_of_need(self) -> dict[tuple[NeedKind, str], list[Peg]]:
        """Pegs by what they are for."""
        return self.network.pegs_of_need()

    @cached_property
    def component_pegs(self) -> dict[tuple[str, str], list[Peg]]:
        """Pegs for components, by order and step; no step means the first."""
        grouped: dict[tuple[str, str], list[Peg]] = defaultdict(list)
        for peg in self.network.pegs:
            if peg.need.kind is NeedKind.ORDER:
                order = self.network.orders.get(peg.need.id)
                first = order.routing.steps[0].id if order and order.routing else ""
                grouped[peg.need.id, peg.need.step or first].append(peg)
        return grouped

    @cached_property
    def makes(self) -> list[PlanRow]:
        """Rows of production."""
        return [row for row in self.rows if row.kind is RowKind.MAKE]

    @cached_property
    def moves(self) -> dict[str, PlanRow]:
        """Transfers by supply."""
        return {row.order: row for row in self.rows if row.kind is RowKind.MOVE}

    @cached_property
    def shipments(self) -> dict[str, list[PlanRow]]:
        """Deliveries by demand, first to leave first."""
        grouped: dict[str, list[PlanRow]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: row.start):
            if row.kind is RowKind.SHIP:
                grouped[row.order].append(row)
        return grouped

    @cached_property
    def tasks(self) -> list[Task]:
        """Rows of production whose order and step are known, with what they need; each once."""
        found: dict[tuple[str, str, int], Task] = {}
        for row in self.makes:
            order = self.network.orders.get(row.order)
            key = (row.order, row.step, row.part)
            if order is None or order.routing is None or key in found:
                continue
            position = self.positions(order).get(row.step)
            if position is not None:
                found[key] = Task.of(self, row, order, position)
        return list(found.values())

    @cached_property
    def tasks_of_step(self) -> dict[tuple[str, str], list[Task]]:
        """Tasks by order and step."""
        grouped: dict[tuple[str, str], list[Task]] = defaultdict(list)
        for task in self.tasks:
            grouped[task.order.id, task.step.id].append(task)
        return grouped

    @cached_property
    def tasks_of_order(self) -> dict[str, list[Task]]:
        """Tasks by order."""
        grouped: dict[str, list[Task]] = defaultdict(list)
        for task in self.tasks:
            grouped[task.order.id].append(task)
        return grouped

    @cached_property
    def tasks_of_machine(self) -> dict[str, list[Task]]:
        """Tasks by machine."""
        grouped: dict[str, list[Task]] = defaultdict(list)
        for task in self.tasks:
            if task.machine is not None:
                grouped[task.machine.id].append(task)
        return grouped

    def positions(self, order: Order) -> dict[str, int]:
        """Place of each step in the routing of an order."""
        if order.routing is None:
            return {}
        key = id(order.routing)
        if key not in self._positions:
            self._positions[key] = {step.id: n for n, step in enumerate(order.routing.steps)}
        return self._positions[key]

    def once(self, name: str, make: Callable[[], Iterable[T]]) -> list[T]:
        """What several rules read, worked out once per plan."""
        if name not in self._kept:
            self._kept[name] = list(make())
        return self._kept[name]

    @cached_property
    def _kept(self) -> dict[str, list[Any]]:
        return {}

    @cached_property
    def _positions(self) -> dict[int, dict[str, int]]:
        return {}

    def about(self, code: Code, task: Task, message: str, others: Sequence[Task] = ()) -> Finding:
        """A finding about one operation.

        Where an operation (and all ``others`` in its way) stays where it is by itself, what its
        surroundings make impossible is a warning: no plan can mend it.
        """
        held = bool(task.frozen) or (bool(others) and task.fixed)
        kept = code in OUT_OF_HAND and held and all(other.fixed for other in others)
        return self.breach(code, task.path, message, kept=kept)
