"""The validator: whether a plan holds everything that snapshot and network ask, worked out a second
time.

Shares no arithmetic with what made the plan: hours, lead times, durations and bills are its own.
:data:`RULES` is the list of what a plan must hold, one function each; read them as the
specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.findings import Findings
from scheduler.policy import Policy
from scheduler.validate import (
    bills,
    completeness,
    deliveries,
    fixed,
    hours,
    machines,
    material,
    pegs,
    people,
    precedence,
    setups,
)
from scheduler.validate.codes import Code
from scheduler.validate.supplies import SuppliedPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from scheduler.factory import Snapshot
    from scheduler.findings import Finding
    from scheduler.network.model import Network
    from scheduler.schedule import PlanRow

RULES: tuple[Callable[[SuppliedPlan], Iterator[Finding]], ...] = (
    *completeness.RULES,
    *hours.RULES,
    *machines.RULES,
    *setups.RULES,
    *people.RULES,
    *precedence.RULES,
    *material.RULES,
    *bills.RULES,
    *pegs.RULES,
    *fixed.RULES,
    *deliveries.RULES,
)
"""Everything a plan must hold."""

DEFAULT_POLICY = Policy()


def validate(
    snapshot: Snapshot,
    network: Network,
    rows: Sequence[PlanRow],
    *,
    policy: Policy = DEFAULT_POLICY,
    unplanned: Collection[str] = (),
) -> list[Finding]:
    """Everything that is wrong with a plan; empty when it holds.

    Errors mean that the plan must not be used. A warning names frozen work that its surroundings
    have overtaken, which no plan can mend, or a demand that is delivered after its latest date.

    Parameters
    ----------
    rows
        The plan, in any order.
    unplanned
        Ids of orders, transfers and demands that planning says get no date; they need no rows.
    """
    findings = Findings()
    plan = SuppliedPlan(snapshot, policy, network, rows, frozenset(unplanned))
    for rule in RULES:
        findings.extend(rule(plan))
    return list(findings)


__all__ = ["RULES", "Code", "validate"]
