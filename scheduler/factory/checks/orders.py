"""Orders: routings and their steps, lanes, work orders and demands."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from scheduler.factory.checks.index import Index, amount, listed
from scheduler.factory.demands import Demand, DemandStatus
from scheduler.factory.inventory import StepState, WorkOrder, WorkOrderStatus
from scheduler.findings import Findings, Severity

if TYPE_CHECKING:
    from scheduler.factory.routings import Routing, Step

LIVE = (WorkOrderStatus.FIRM, WorkOrderStatus.RELEASED, WorkOrderStatus.STARTED)


def routings(index: Index, findings: Findings) -> None:
    """Routings without steps, with steps that wait for each other, or that cannot be run."""
    for routing in index.snapshot.routings:
        path = f"routings/{routing.id}"
        if not routing.steps:
            findings.add(
                "routing.no_steps",
                path,
                f"Routing {routing.id} of {routing.item} has no steps.",
                "Add its steps, or remove the routing.",
                effect="What is made by it takes no time.",
            )
        for name, count in Counter(step.id for step in routing.steps).items():
            if count > 1:
                findings.add(
                    "data.duplicate_id",
                    f"{path}/steps/{name}",
                    f"Routing {routing.id} has {count} steps called {name}.",
                    "Give each its own id.",
                    effect="What refers to the step means the first one.",
                )
        _links(findings, routing)
        for step in routing.steps:
            _step(index, findings, routing, step)


def _links(findings: Findings, routing: Routing) -> None:
    known = {step.id for step in routing.steps}
    after: dict[str, list[str]] = {}
    for number, step in enumerate(routing.steps):
        path = f"routings/{routing.id}/steps/{step.id}/follows"
        if step.follows is None:
            after[step.id] = [routing.steps[number - 1].id] if number else []
            continue
        after[step.id] = [link.step for link in step.follows if link.step in known]
        for link in step.follows:
            if link.step not in known:
                findings.add(
                    "reference.unknown",
                    path,
                    f"Step {step.id} of routing {routing.id} follows {link.step}, which is none"
                    " of its steps.",
                    "Name a step of the same routing.",
                    effect="Planned without waiting for it.",
                )
    ring = _ring(after)
    if ring:
        findings.add(
            "routing.cycle",
            f"routings/{routing.id}/steps",
            f"Steps of routing {routing.id} wait for each other: {' > '.join(ring)}.",
            "Let one of them follow nothing of the others.",
            effect="What is made by this routing gets no date.",
        )


def _ring(after: dict[str, list[str]]) -> list[str]:
    """A ring of steps that follow each other; empty when there is none."""
    left = dict(after)
    while True:
        ready = [step for step, before in left.items() if not any(b in left for b in before)]
        if not ready:
            break
        for step in ready:
            del left[step]
    if not left:
        return []
    path = [min(left)]
    while path[-1] not in path[:-1]:
        path.append(min(b for b in left[path[-1]] if b in left))
    return path[path.index(path[-1]) :]


def _step(index: Index, findings: Findings, routing: Routing, step: Step) -> None:
    path = f"routings/{routing.id}/steps/{step.id}"
    for choice in step.alternatives:
        machine = index.machines.get(choice.machine)
        if machine is not None and machine.plant != routing.plant:
            findings.warn(
                "routing.other_plant",
                f"{path}/alternatives",
                f"Step {step.id} of routing {routing.id} in {routing.plant} runs on {machine.id},"
                f" which stands in {machine.plant}.",
                "Name a machine of the same plant.",
                "Planned on the hours of the machine's plant, without transport.",
            )
    links = [(step.minimum_lag, step.maximum_lag)]
    links += [(link.minimum_lag, link.maximum_lag) for link in step.follows or ()]
    for least, most in links:
        if most is not None and least > most:
            findings.add(
                "routing.lags",
                path,
                f"Step {step.id} of routing {routing.id} must wait at least"
                f" {least.total_seconds() / 60:g} min and at most"
                f" {most.total_seconds() / 60:g} min.",
                "Correct one of the two.",
                effect="What is made by this routing gets no date.",
            )


def lanes(index: Index, findings: Findings) -> None:
    """Lanes that lead nowhere."""
    for lane in index.snapshot.lanes:
        if lane.from_plant == lane.to_plant:
            findings.warn(
                "lane.same_plant",
                f"lanes/{lane.from_plant}-{lane.to_plant}",
                f"A lane leads from {lane.from_plant} to itself.",
                "Correct one of the plants, or remove the lane.",
                "It is not used.",
            )


def work_orders(index: Index, findings: Findings) -> None:
    """Work orders that do not fit their routing, or what has been reported on them."""
    for order in index.snapshot.work_orders:
        if order.status not in LIVE:
            continue
        _release(index, findings, order)
        routing = _routing_of(index, findings, order)
        if routing is None:
            continue
        known = {step.id: step for step in routing.steps}
        for report in order.steps:
            if report.step not in known:
                findings.warn(
                    "work_order.unknown_step",
                    f"work_orders/{order.id}/steps/{report.step}",
                    f"Work order {order.id} reports on step {report.step}, which its routing"
                    f" {routing.id} does not have.",
                    "Open the order on the version it is made by.",
                    "The report is not read.",
                )
        _progress(findings, order, routing)


def _release(index: Index, findings: Findings, order: WorkOrder) -> None:
    """The first open step that should have begun by now."""
    for report in order.steps:
        start = report.planned_start
        if report.state is StepState.OPEN and start is not None and start < index.now:
            local = start.astimezone(index.zones.get(order.plant))
            findings.note(
                "work_order.release_past",
                f"work_orders/{order.id}/steps/{report.step}",
                f"Step {report.step} of work order {order.id} was to begin on"
                f" {local:%d %b %Y %H:%M}: its release was in the past.",
                "Nothing, as long as it still has to be done.",
                "Planned from now on.",
            )
            return


def _routing_of(index: Index, findings: Findings, order: WorkOrder) -> Routing | None:
    path = f"work_orders/{order.id}/routing"
    if order.routing is None:
        fitting = [
            r for r in index.routings.values() if (r.item, r.plant) == (order.item, order.plant)
        ]
        return fitting[0] if len(fitting) == 1 else None
    routing = index.routings.get(order.routing)
    if routing is None:
        findings.add(
            "work_order.unknown_routing",
            path,
            f"Work order {order.id} was opened on routing {order.routing}, which is not known.",
            "Send that version too, or move the order to one that is known.",
            Severity.WARNING,
            "Planned with the routing that is effective now.",
        )
        return None
    if (routing.item, routing.plant) != (order.item, order.plant):
        findings.warn(
            "work_order.other_item",
            path,
            f"Work order {order.id} makes {order.item} in {order.plant}, but its routing"
            f" {routing.id} is for {routing.item} in {routing.plant}.",
            "Correct the routing of the order.",
            "Planned with that routing.",
        )
    _, end = index.span(routing.effective_from, routing.effective_to, routing.plant)
    if end is not None and end <= index.now:
        findings.warn(
            "work_order.stale_routing",
            path,
            f"Work order {order.id} was opened on routing {routing.id}, which is no longer"
            f" effective (until {routing.effective_to}).",
            "Move the order to the current version, or confirm the old one.",
            "Planned with the version it was opened on.",
        )
    return routing


def _progress(findings: Findings, order: WorkOrder, routing: Routing) -> None:
    reports = {report.step: report for report in order.steps}
    passed: Decimal | None = None
    for step in routing.steps:
        report = reports.get(step.id)
        good = report.good if report is not None else Decimal(0)
        if step.follows is None and passed is not None and good > passed:
            findings.warn(
                "work_order.progress_gap",
                f"work_orders/{order.id}/steps/{step.id}",
                f"Work order {order.id} reports {amount(good)} good pieces at step {step.id},"
                f" but only {amount(passed)} at the step before.",
                "Report the step before.",
                "Planned as if the step before had passed them on.",
            )
        if report is not None and report.state is StepState.STARTED and report.started_at is None:
            findings.warn(
                "work_order.no_start",
                f"work_orders/{order.id}/steps/{step.id}",
                f"Step {step.id} of work order {order.id} has started, but not when.",
                "Report when it started.",
                "Planned as not begun, with what was reported done taken off.",
            )
        all_done = report is not None and report.state is StepState.DONE and not good
        passed = order.quantity if all_done else good


def demands(index: Index, findings: Findings) -> None:
    """Demands whose dates or quantities contradict each other."""
    for demand in index.snapshot.demands:
        if demand.status is not DemandStatus.OPEN:
            continue
        path = f"demands/{demand.id}"
        if demand.promised is not None and index.end(demand.promised, demand.plant) < index.now:
            findings.warn(
                "demand.promise_past",
                f"{path}/promised",
                f"{demand.id} was promised for {demand.promised}, which is over.",
                "Tell the customer the new date, or book the delivery.",
                "Planned as early as can be; late.",
            )
        if demand.latest is not None or demand.earliest is not None:
            _window(index, findings, demand)
        if not demand.quantity:
            findings.note(
                "demand.nothing",
                f"{path}/quantity",
                f"{demand.id} asks for nothing.",
                "Close it, or give its quantity.",
                "It is not planned.",
            )
        elif demand.delivered > demand.quantity:
            findings.note(
                "demand.over_delivered",
                f"{path}/delivered",
                f"{amount(demand.delivered)} of {amount(demand.quantity)} were delivered for"
                f" {demand.id}.",
                "Close it.",
                "It is not planned.",
            )
        if demand.minimum_shipment > demand.quantity:
            findings.warn(
                "demand.minimum_shipment",
                f"{path}/minimum_shipment",
                f"{demand.id} asks for {amount(demand.quantity)}, but is delivered"
                f" {amount(demand.minimum_shipment)} at a time at least.",
                "Correct one of the two.",
                "Delivered all at once.",
            )
        if demand.routing is not None:
            _routing(index, findings, demand)


def _window(index: Index, findings: Findings, demand: Demand) -> None:
    latest = index.end(demand.latest, demand.plant) if demand.latest is not None else None
    early = index.start(demand.earliest, demand.plant) if demand.earliest is not None else None
    wanted = demand.requested or demand.promised
    due = index.end(wanted, demand.plant) if wanted is not None else None
    if latest is not None and early is not None and latest < early:
        words = (
            f"is not to ship before {demand.earliest}, and is not accepted after {demand.latest}"
        )
    elif latest is not None and due is not None and latest < due:
        words = f"is wanted for {wanted}, but not accepted after {demand.latest}"
    else:
        return
    findings.warn(
        "demand.window",
        f"demands/{demand.id}",
        f"{demand.id} {words}.",
        "Correct the dates.",
        "Planned for the later of the two.",
    )


def _routing(index: Index, findings: Findings, demand: Demand) -> None:
    routing = index.routings.get(demand.routing or "")
    if routing is not None and (routing.item, routing.plant) != (demand.item, demand.plant):
        findings.add(
            "demand.other_routing",
            f"demands/{demand.id}/routing",
            f"{demand.id} must be made by routing {routing.id}, which is for {routing.item} in"
            f" {routing.plant}.",
            f"Name a routing of {demand.item} in {demand.plant}.",
            effect="It gets no date.",
        )


def clashes(index: Index, findings: Findings) -> None:
    """Receipts and work orders that use the same id."""
    both = sorted(index.names("receipts") & index.names("work_orders"))
    if both:
        findings.note(
            "data.shared_id",
            "receipts",
            f"Receipts and work orders use the same ids: {listed(both)}.",
            "Nothing, as long as it is clear to you which is meant.",
            "The plan tells them apart by a prefix.",
        )
