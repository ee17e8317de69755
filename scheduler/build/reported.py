"""Reported: setups that the shop floor has done already, and what undoes them.

Fed by the network's work orders; read by ``operations`` (what is left of a step) and ``assemble``
(the state of machines). A reported setup counts as long as its machine stands as it
was reported: until another step that has a setup family runs there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.factory import StepState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.build.choices import Choice, Choices
    from scheduler.factory import Machine, SetupMatrix, Step, StepProgress
    from scheduler.network.model import Network


class Reported:
    """What was reported of setups in one network; ``blocked`` orders are left out."""

    def __init__(self, network: Network, choices: Choices, blocked: frozenset[str]) -> None:
        self._choices = choices
        self._named = _families_by_machine(network, blocked)
        self._mixed = _machines_with_families(choices)

    def state(self, machine: Machine) -> str | None:
        """Family a machine stands in: as given, else as reported on its one place; None when that
        is nothing, or more than one, because which came last is not known.
        """
        named = self._named.get(machine.id, set())
        if machine.setup_state is None and len(named) == 1 and self._choices.places(machine) == 1:
            return next(iter(named))
        return machine.setup_state

    def counts(self, report: StepProgress | None, choice: Choice, step: Step) -> bool:
        """Whether the setup of a step is reported, and its machine stands as it was reported."""
        if report is None or not report.setup_done:
            return False
        if choice.machine < 0:
            return True
        machine = self._choices.machines[choice.machine]
        places = self._choices.places(machine)
        if report.machine not in (None, machine.id):
            return False
        if places == 0:
            return True
        state = self.state(machine)
        if step.setup_family is None:
            # Nothing in the columns tells such a step that another family ran before it, so its
            # setup is planned where that may happen.
            return state is None and machine.id not in self._mixed
        if state is None:
            return places > 1 or len(self._named.get(machine.id, ())) < 2
        return state == step.setup_family

    def changed(self, machine: int, step: Step) -> timedelta | None:
        """Changeover back to a started step; None when its machine has not left its family."""
        if machine < 0:
            return None
        row = self._choices.machines[machine]
        if row.setup_state in (None, step.setup_family):
            return None
        snapshot = self._choices.hours.snapshot
        matrix = matrix_of(snapshot.setup_matrices, row)
        if matrix is None or step.setup_family is None:
            return timedelta(0)
        return change(matrix, row.setup_state, step.setup_family)


def left_of(report: StepProgress, setup: int, run: int, passed: int, changed: int | None) -> int:
    """Ticks of work that a started step still takes.

    Parameters
    ----------
    setup, run
        Ticks of its setup, and of the run of what is left.
    passed
        Ticks worked since it was started.
    changed
        Ticks of the changeover back, where its machine stands in another family now; None where it
        does not.
    """
    pieces = bool(report.good or report.scrap)
    if changed is not None:
        whole = setup + changed + run
        # Set up once and changed since: the time since then went into something else.
        return whole if pieces or report.setup_done else max(0, whole - passed)
    if report.setup_done:
        # The time since the start went into the setup first.
        return run if pieces else min(run, max(0, setup + run - passed))
    return setup + run if pieces else max(0, setup + run - passed)


def matrix_of(matrices: Sequence[SetupMatrix], machine: Machine) -> SetupMatrix | None:
    """The matrix a machine names, else the general one of its plant."""
    if machine.setup_matrix:
        return next((m for m in matrices if m.id == machine.setup_matrix), None)
    return next((m for m in matrices if m.plant == machine.plant), None)


def change(matrix: SetupMatrix, before: str, after: str) -> timedelta:
    """Time from one family to another: the exact line, else "to", else "from", else "any"."""
    # Backwards: of a pair that is given twice the first line counts.
    changeovers = reversed(matrix.changeovers)
    lines = {(line.from_family, line.to_family): line.time for line in changeovers}
    pairs = ((before, after), (None, after), (before, None), (None, None))
    return next((lines[pair] for pair in pairs if pair in lines), timedelta(0))


def _families_by_machine(network: Network, blocked: frozenset[str]) -> dict[str, set[str]]:
    """Machine → families of the setups that were reported on it and are still to be used."""
    found: dict[str, set[str]] = {}
    for order in network.orders.values():
        if order.work_order is None or order.routing is None or order.id in blocked:
            continue
        steps = zip(order.routing.steps, order.step_quantity, strict=True)
        families = {s.id: s.setup_family for s, quantity in steps if quantity > 0}
        for report in order.work_order.steps:
            family = families.get(report.step)
            waits = report.setup_done and report.state is not StepState.DONE
            if waits and report.machine and family:
                found.setdefault(report.machine, set()).add(family)
    return found


def _machines_with_families(choices: Choices) -> set[str]:
    """Machines that some step with a setup family may run on."""
    return {
        alternative.machine
        for routing in choices.hours.snapshot.routings
        for step in routing.steps
        if step.setup_family is not None
        for alternative in choices.alternatives_of(step)
    }
