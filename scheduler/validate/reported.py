"""Reported setups: how the machines stand now, and which setups have not to be made again.

A reported setup stands as long as its machine does: until anything with a setup family runs there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.validate.machines import slots_of

if TYPE_CHECKING:
    from scheduler.factory import Machine
    from scheduler.validate.plan import Plan
    from scheduler.validate.tasks import Task


@dataclass(frozen=True, slots=True)
class Standing:
    """How the machines stand before the plan begins.

    Parameters
    ----------
    families
        Machine → families of the setups that were reported on it.
    mixed
        Machines that a step with a setup family may run on.
    """

    plan: Plan
    families: dict[str, set[str]]
    mixed: frozenset[str]

    @classmethod
    def of(cls, plan: Plan) -> Standing:
        """That of a plan, worked out once."""
        return plan.once("standing", lambda: [cls(plan, families_of(plan), mixed_machines(plan))])[
            0
        ]

    def state(self, machine: Machine) -> str | None:
        """Family a machine is in: as given, else that of the setups reported on its one place."""
        families = self.families.get(machine.id, set())
        alone = len(families) == 1 and slots_of(self.plan, machine) == 1
        if machine.setup_state is None and alone:
            return next(iter(families))
        return machine.setup_state

    def is_set_up(self, task: Task) -> bool:
        """Whether setup is reported done, and what is known of the machine agrees with it.

        A step without a family is given no credit where steps of a family may run.
        """
        machine = task.machine
        if machine is None or not is_reported(task):
            return False
        family, state = task.step.setup_family, self.state(machine)
        if family is None:
            return state is None and machine.id not in self.mixed
        if state is None:
            several = slots_of(self.plan, machine) > 1
            return several or len(self.families.get(machine.id, ())) < 2
        return state == family


def is_reported(task: Task) -> bool:
    """Whether setup is reported done where the operation runs."""
    if task.progress is None or not task.progress.setup_done:
        return False
    return task.machine is None or task.progress.machine in (None, task.machine.id)


def families_of(plan: Plan) -> dict[str, set[str]]:
    """Machine → families of the setups that were reported on it."""
    found: dict[str, set[str]] = {}
    for task in plan.tasks:
        report, family = task.progress, task.step.setup_family
        if report is not None and report.setup_done and report.machine and family:
            found.setdefault(report.machine, set()).add(family)
    return found


def mixed_machines(plan: Plan) -> frozenset[str]:
    """Machines that a step with a setup family may run on."""
    steps = [s for r in plan.snapshot.routings for s in r.steps if s.setup_family is not None]
    named = {line.machine for step in steps for line in step.alternatives}
    centres = {step.work_centre for step in steps if not step.alternatives} - {None}
    members = {m.id for m in plan.machines.values() if {m.work_centre, m.id} & centres}
    return frozenset(named | members)
