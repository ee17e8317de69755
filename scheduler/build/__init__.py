"""Build: snapshot and network to the columns that engines see, and the names behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from scheduler.build.assemble import assemble
from scheduler.build.choices import Choices
from scheduler.build.deliveries import Deliveries
from scheduler.build.hours import Hours
from scheduler.build.model import Built, OperationName
from scheduler.build.operations import Drafts
from scheduler.factory import Snapshot, StepState
from scheduler.findings import Findings
from scheduler.horizon import Horizon
from scheduler.network.model import NeedKind, Network
from scheduler.policy import Policy

__all__ = ["Built", "OperationName", "build", "extend", "horizon_of"]


def horizon_of(snapshot: Snapshot, length: timedelta, policy: Policy) -> Horizon:
    """From the earliest thing that is under way (or now) to ``length`` after now."""
    started = [
        step.started_at
        for order in snapshot.work_orders
        for step in order.steps
        if step.state is StepState.STARTED and step.started_at is not None
    ]
    origin = min([snapshot.now, *started]).astimezone(UTC).replace(second=0, microsecond=0)
    return Horizon(origin, snapshot.now + length, policy.tick)


def build(
    snapshot: Snapshot, network: Network, horizon: Horizon, policy: Policy | None = None
) -> Built:
    """The problem of a network.

    What cannot be planned (a step that fits nowhere, a demand without supply) is left out of the
    problem and named in ``undated`` with its reason; everything else is planned.
    """
    findings = Findings()
    hours = Hours(snapshot, horizon)
    return _build(network, hours, Choices(hours, findings), findings, policy or Policy())


def extend(built: Built, network: Network, policy: Policy | None = None) -> Built:
    """The problem of one more network in the same plant: machines, calendars and resources keep
    their numbers (new ones come after), operations and demands are numbered from 0.

    Raises
    ------
    ValueError
        When ``built`` was not made by :func:`build`.
    """
    if built.context is None:
        raise ValueError("only what build made can be extended")
    hours, choices = built.context
    more = _build(network, hours, choices, Findings(), policy or Policy())
    # What was reported on a machine, and so its state, is known to the plan, not to this network.
    plan = built.problem
    same = replace(more.problem, machines=plan.machines, slots=plan.slots, setups=plan.setups)
    return replace(more, problem=same, families=built.families)


def _build(
    network: Network, hours: Hours, choices: Choices, findings: Findings, policy: Policy
) -> Built:
    drafts = _drafts(network, hours, choices, findings, frozenset())
    undated, blocked = _unreachable(network, drafts.impossible)
    if blocked:
        # What cannot be made, and all that is made of it, must not take capacity from the others.
        drafts = _drafts(network, hours, choices, findings, blocked)
    deliveries = Deliveries(network, hours, drafts)
    deliveries.undated.update(undated)
    deliveries.add_moves()
    deliveries.tie_orders()
    deliveries.tie_moves()
    deliveries.add_demands()
    problem, workers, families = assemble(hours, choices, drafts, deliveries, policy)
    return Built(
        problem=problem,
        horizon=hours.horizon,
        operations=tuple(d.name for d in drafts.drafts),
        machines=tuple(m.id for m in hours.snapshot.machines),
        resources=tuple(choices.resources.names),
        demands=tuple(d.id for d in network.demands),
        families=families,
        workers=workers,
        findings=tuple(findings),
        undated=deliveries.undated,
        unplanned=blocked | frozenset(deliveries.undated),
        context=(hours, choices),
    )


def _drafts(
    network: Network, hours: Hours, choices: Choices, findings: Findings, blocked: frozenset[str]
) -> Drafts:
    drafts = Drafts(network, hours, choices, findings, blocked)
    for number, order in enumerate(network.orders.values()):
        if order.id not in blocked:
            drafts.add_order(number, order)
    return drafts


def _unreachable(
    network: Network, impossible: dict[str, str]
) -> tuple[dict[str, str], frozenset[str]]:
    """(demands that depend on an order that cannot be made, with the reason; orders and transfers
    that cannot be made or depend on one that cannot).
    """
    undated: dict[str, str] = {}
    blocked = set(impossible)
    if not impossible:
        return undated, frozenset()
    by_supply = network.pegs_of_supply()
    output: dict[str, list[str]] = {}
    for supply in network.supplies.values():
        if supply.output_of is not None:
            output.setdefault(supply.output_of, []).append(supply.id)
    front = [
        (supply, reason) for order, reason in impossible.items() for supply in output.get(order, [])
    ]
    seen = set()
    while front:
        source, reason = front.pop()
        if source in seen:
            continue
        seen.add(source)
        for peg in by_supply.get(source, []):
            if peg.need.kind is NeedKind.DEMAND:
                undated.setdefault(peg.need.id, reason)
            elif peg.need.kind is NeedKind.TRANSFER:
                blocked.add(peg.need.id)
                front.append((peg.need.id, reason))
            elif peg.need.kind is NeedKind.ORDER:
                blocked.add(peg.need.id)
                front.extend((s, reason) for s in output.get(peg.need.id, []))
    return undated, frozenset(blocked)
