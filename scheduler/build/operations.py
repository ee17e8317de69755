"""Operations: the steps of every order, moves between plants and deliveries, as rows to be
numbered.

Fed by the network and ``choices``; read by ``assemble``. Steps that cannot be run anywhere make
their order impossible; what depends on it gets no date, and the reason is kept.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.build.model import OperationName
from scheduler.build.reported import Reported, left_of
from scheduler.factory import (
    LeadTime,
    LeadTimeUnit,
    PlannedOperation,
    Routing,
    Step,
    StepProgress,
    StepState,
    Subcontract,
)
from scheduler.findings import BeyondHorizonError, Findings, Severity
from scheduler.horizon import NEVER
from scheduler.schedule import RowKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scheduler.build.choices import Choice, Choices
    from scheduler.build.hours import Hours
    from scheduler.network.model import Network, Order

HOUR_MICROSECONDS = 3_600_000_000
ModeRow = tuple[int, int, int, int, int, int, int, int]
Crew = tuple[str, ...]
"""Named people of one mode; empty where nobody is named."""


@dataclass(slots=True)
class Draft:
    """One operation before it has its place in the tables.

    ``modes`` are (machine, calendar, setup, run, teardown, needs from, needs to, rank); ``arcs_in``
    are (predecessor draft, lag, maximum lag, transfer, total).
    """

    name: OperationName
    order: int
    release: int
    family: str | None
    resumable: bool
    setup_whole: bool
    modes: list[ModeRow]
    workers: list[Crew]
    arcs_in: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    load: Fraction = Fraction(0)
    fixed: tuple[int, int, int] | None = None
    """Mode (within ``modes``), start and end."""
    previous: int = -1
    post: int = 0
    set_up: dict[int, int] = field(default_factory=dict)
    """Machine that is set up for it already → ticks of setup, should that be undone."""


class Drafts:
    """Grows the list of operations order by order.

    ``steps`` maps (order, step) to its drafts (one per part); ``heads`` and ``tails`` map an order
    to the drafts nothing in it precedes, or follows.
    """

    def __init__(
        self,
        network: Network,
        hours: Hours,
        choices: Choices,
        findings: Findings,
        blocked: frozenset[str] = frozenset(),
    ) -> None:
        self.network = network
        self.blocked = blocked
        """Orders and transfers that are left out."""
        self.hours = hours
        self.choices = choices
        self.findings = findings
        self.reported = Reported(network, choices, blocked)
        self.now = hours.horizon.at_or_after(hours.snapshot.now)
        self.drafts: list[Draft] = []
        self.steps: dict[tuple[str, str], list[int]] = {}
        self.tails: dict[str, list[int]] = {}
        self.heads: dict[str, list[int]] = {}
        self.impossible: dict[str, str] = {}
        """Order → why it cannot be made."""
        self.spans: list[tuple[str, int, list[int]]] = []
        """(tool, thousandths, drafts) for tools that stay with an order."""
        self._planned = {(p.order, p.step, p.part): p for p in hours.snapshot.planned}
        self._rings: dict[str, bool] = {}
        self._links: dict[str, list[tuple[int, int, int, int, Fraction | None]]] = {}
        self._usual: dict[tuple[str, str, int, int], tuple[list[ModeRow], list[Crew]]] = {}
        self.tick = int(hours.horizon.tick.total_seconds() * 1_000_000)

    def add(self, draft: Draft) -> int:
        """Number a draft."""
        self.drafts.append(draft)
        return len(self.drafts) - 1

    def add_order(self, number: int, order: Order) -> None:
        """All operations of one order with something left to do."""
        routing = order.routing
        if routing is None:
            return
        if self._in_a_ring(routing):
            self.impossible.setdefault(
                order.id, f"steps of routing {routing.id} wait for each other"
            )
            return
        release = self.now
        if order.not_before is not None:
            release = max(release, self.hours.horizon.at_or_after(order.not_before))
        progress = {p.step: p for p in order.work_order.steps} if order.work_order else {}
        made: list[list[int]] = []
        for position, step in enumerate(routing.steps):
            quantity = order.step_quantity[position]
            report = progress.get(step.id)
            # By its numerator: fractions compare slowly, and every step of every order is here.
            if quantity.numerator <= 0 or (report is not None and report.state is StepState.DONE):
                made.append([])
                continue
            made.append(self._add_step(number, order, routing, step, quantity, release, report))
            self.steps[order.id, step.id] = made[-1]
        self._link_steps(order, routing, made, progress)
        self._hold_tools(routing, made)

    def _add_step(
        self,
        number: int,
        order: Order,
        routing: Routing,
        step: Step,
        quantity: Fraction,
        release: int,
        report: StepProgress | None,
    ) -> list[int]:
        if step.subcontract is not None:
            return self._add_subcontract(number, order, routing, step, quantity, release)
        choices = self.choices.of(routing, step)
        if not choices:
            self.impossible.setdefault(
                order.id, f"step {step.id} of routing {routing.id} can be run nowhere"
            )
            return []
        result = []
        release = max(release, self._effective(step, order), self._work_ahead(order, choices))
        setup_whole = any(c.setup_whole for c in choices)
        post = self.hours.horizon.length(step.post_time) if step.post_time else 0
        for part, piece in enumerate(split(step, quantity)):
            name = OperationName(
                RowKind.MAKE, order.id, step.id, part, order.item, order.plant, piece
            )
            draft = Draft(
                name=name,
                order=number,
                release=release,
                family=step.setup_family,
                resumable=step.resumable,
                setup_whole=setup_whole,
                modes=[],
                workers=[],
                load=piece,
                post=post,
            )
            if report is None:
                self._add_usual_modes(draft, choices, piece, routing, step)
            else:
                self._add_modes(draft, choices, piece, routing, step, report)
            if not draft.modes:
                self._never_fits(order, routing, step, choices, piece)
                return []
            if report is not None and part == 0:
                self._fix_started(draft, report, step, choices)
            if report is not None or self._planned:
                self._fix_frozen(draft, report, order)
            result.append(self.add(draft))
        return result

    def _effective(self, step: Step, order: Order) -> int:
        if step.effective_from is None:
            return 0
        return self.hours.tick(step.effective_from, order.plant)

    def _work_ahead(self, order: Order, choices: list[Choice]) -> int:
        """No machine with a limit on working ahead runs an order longer before it is needed.

        A step with several machines waits for the strictest: a release knows no machine.
        """
        if order.need is None or not self.choices.work_ahead:
            return 0
        bound = self.choices.work_ahead
        limits = [bound[c.machine] for c in choices if c.machine in bound]
        if not limits:
            return 0
        return self.hours.horizon.at_or_after(order.need - min(limits))

    def _add_usual_modes(
        self, draft: Draft, choices: list[Choice], quantity: Fraction, routing: Routing, step: Step
    ) -> None:
        """Modes of a step nobody has reported on: shared by all that run as many pieces."""
        key = (routing.id, step.id, quantity.numerator, quantity.denominator)
        if key not in self._usual:
            self._add_modes(draft, choices, quantity, routing, step, None)
            self._usual[key] = (draft.modes, draft.workers)
        draft.modes, draft.workers = self._usual[key]

    def _add_modes(
        self,
        draft: Draft,
        choices: list[Choice],
        quantity: Fraction,
        routing: Routing,
        step: Step,
        report: StepProgress | None,
    ) -> None:
        """The choices as modes; those whose hours never hold an uninterrupted run are left out,
        unless it is running there.
        """
        begun = report is not None and report.state is StepState.STARTED
        runs_on = self.choices.machine_index.get(report.machine or "") if begun and report else None
        for choice in choices:
            run = choice.run_ticks(quantity, self.tick)
            longest = choice.longest
            fits = step.resumable or longest >= run
            if not longest or not (fits or choice.machine == runs_on):
                continue
            done = self.reported.counts(report, choice, step)
            if done and choice.machine >= 0 and step.setup_family is not None:
                draft.set_up[choice.machine] = choice.setup
            setup = 0 if done else choice.setup
            draft.modes.append(
                (
                    choice.machine,
                    choice.calendar,
                    setup,
                    run,
                    choice.teardown,
                    *choice.needs,
                    choice.rank,
                )
            )
            draft.workers.append(choice.workers)

    def _never_fits(
        self, order: Order, routing: Routing, step: Step, choices: list[Choice], quantity: Fraction
    ) -> None:
        longest = max((self.hours.longest(c.calendar) for c in choices), default=0)
        need = min(c.run_ticks(quantity, self.tick) for c in choices)
        minutes = self.hours.horizon.duration(1).total_seconds() / 60
        reason = (
            f"step {step.id} of {order.item} needs {need * minutes:g} min without a break,"
            f" but the longest open window is {longest * minutes:g} min"
        )
        self.findings.add(
            "operation.never_fits",
            f"routings/{routing.id}/steps/{step.id}",
            f"Order {order.id}: {reason}.",
            "Let the step be interrupted, lengthen a shift, or make smaller lots.",
            effect="Orders that need it get no date.",
        )
        self.impossible.setdefault(order.id, reason)

    def _fix_started(
        self, draft: Draft, report: StepProgress, step: Step, choices: list[Choice]
    ) -> None:
        """A started step keeps its machine and start; what is left runs from now."""
        if report.state is not StepState.STARTED or report.started_at is None:
            return
        start = max(0, self.hours.horizon.at_or_before(report.started_at))
        mode = self._mode_on(draft, report.machine)
        machine, calendar, _, run, *_ = draft.modes[mode]
        setup = next(c.setup for c in choices if c.machine == machine)
        time = self.hours.time(calendar)
        passed = time.worked(self.now) - time.worked(start)
        changed = self.reported.changed(machine, step)
        back = None if changed is None else self.hours.horizon.length(changed)
        left = left_of(report, setup, run, passed, back)
        try:
            draft.fixed = (mode, start, time.finish(self.now, left))
        except BeyondHorizonError:
            where = f" on {report.machine}" if report.machine else ""
            self.impossible.setdefault(
                draft.name.order,
                f"what is left of step {step.id} of {draft.name.order} has no open time{where}"
                f" before {self.hours.horizon.end:%d %b %Y}",
            )

    def _mode_on(self, draft: Draft, machine: str | None) -> int:
        index = self.choices.machine_index.get(machine, -2) if machine else -2
        for number, mode in enumerate(draft.modes):
            if mode[0] == index:
                return number
        if machine is not None:
            self.findings.add(
                "work_order.other_machine",
                f"work_orders/{draft.name.order}/steps/{draft.name.step}",
                f"{draft.name.order} step {draft.name.step} was reported on {machine}, which its"
                " routing does not name.",
                "Add the machine to the step's alternatives.",
                Severity.WARNING,
                "Planned with the times of its first machine.",
            )
        return 0

    def _fix_frozen(self, draft: Draft, report: StepProgress | None, order: Order) -> None:
        """Work planned to start within the frozen zone stays where it is; the rest remembers where
        it was.
        """
        planned = self._planned.get((order.id, draft.name.step, draft.name.part))
        start = self._planned_start(report, planned)
        if start is None:
            return
        tick = self.hours.horizon.at_or_after(start)
        draft.previous = max(-1, tick)
        frozen = self.hours.plant(order.plant).frozen
        if draft.fixed is not None or frozen is None:
            return
        if self.now <= tick < self.now + self.hours.horizon.length(frozen):
            machine = planned.machine if planned is not None else report.machine if report else None
            mode = self._mode_on(draft, machine)
            _, calendar, setup, run, *_ = draft.modes[mode]
            time = self.hours.time(calendar)
            with suppress(BeyondHorizonError):  # no open time left there: it may move
                draft.fixed = (mode, tick, time.finish(time.finish(tick, setup), run))

    @staticmethod
    def _planned_start(
        report: StepProgress | None, planned: PlannedOperation | None
    ) -> datetime | None:
        if planned is not None:
            return planned.start
        return report.planned_start if report is not None else None

    def _add_subcontract(
        self,
        number: int,
        order: Order,
        routing: Routing,
        step: Step,
        quantity: Fraction,
        release: int,
    ) -> list[int]:
        """Ship out, work, ship back: three waits that are one row of the plan."""
        name = OperationName(RowKind.MAKE, order.id, step.id, 0, order.item, order.plant, quantity)
        plant = self.hours.plant(order.plant)
        contract = step.subcontract or Subcontract(supplier="nobody")
        legs = (contract.ship_out, contract.work, contract.ship_back)
        release = max(release, self._effective(step, order))
        first = last = -1
        for calendar, run in self.journey(
            legs, plant.receiving_calendar or plant.calendar, order.plant
        ):
            draft = self.wait(name, number, release, calendar, run)
            if last >= 0:
                draft.arcs_in.append((last, 0, NEVER, 0, 0))
            last = self.add(draft)
            first = last if first < 0 else first
        return [first, last] if first != last else [first]

    def wait(
        self, name: OperationName, number: int, release: int, calendar: int, run: int
    ) -> Draft:
        """An operation without a machine: time passes on a calendar."""
        modes = [(-1, calendar, 0, run, 0, 0, 0, 0)]
        return Draft(
            name,
            number,
            release,
            family=None,
            resumable=True,
            setup_whole=False,
            modes=modes,
            workers=[()],
        )

    def waits(self, lead: LeadTime, receiving: str | None, plant: str) -> list[tuple[int, int]]:
        """A lead time as (calendar, ticks) to pass in turn; empty for no time at all.

        A part of a working day is that part of the day's open hours; a part of a calendar day is
        that part of 24 hours.
        """
        if not lead.amount:
            return []
        if lead.unit is LeadTimeUnit.HOURS:
            return [(self.hours.around_the_clock, self._elapsed(Fraction(lead.amount), 1))]
        calendar = lead.calendar or receiving
        working = lead.unit is LeadTimeUnit.WORKING_DAYS
        whole = int(lead.amount)
        part = Fraction(lead.amount) - whole
        opening = self.hours.register(("open", calendar, plant), [self.hours.open(calendar, plant)])
        result = []
        if whole:
            counter = self.hours.day_counter(calendar if working else None, plant)
            result.append((counter, whole))
        if part and working and whole:
            return [*result, (self.hours.part_counter(calendar, plant, part), 1)]
        if part and working:
            # It may begin on any day: that part of the longest one is never too early.
            return [(opening, int(-(-part * self.hours.longest_day(calendar, plant) // 1)))]
        if part:
            result.append((self.hours.around_the_clock, self._elapsed(part, 24)))
        return [*result, (opening, 0)]

    def journey(
        self, leads: Sequence[LeadTime], receiving: str | None, plant: str
    ) -> list[tuple[int, int]]:
        """Lead times to pass in turn from the moment something is sent.

        Days are counted at their ends, so the sending is a wait of its own that takes no time.
        """
        waits = [wait for lead in leads for wait in self.waits(lead, receiving, plant)]
        clock = self.hours.around_the_clock
        return waits if waits and waits[0][0] == clock else [(clock, 0), *waits]

    def _elapsed(self, amount: Fraction, hours: int) -> int:
        """Ticks of so many times ``hours`` on the clock, rounded up."""
        return int(-(-amount * hours * HOUR_MICROSECONDS // self.tick // 1))

    def _link_steps(
        self,
        order: Order,
        routing: Routing,
        made: list[list[int]],
        progress: dict[str, StepProgress],
    ) -> None:
        """Arcs between the steps of an order; what follows a finished step waits for its lag."""
        links = self._links.get(routing.id)
        if links is None:
            links = self._links[routing.id] = self._links_of(routing)
        followed = set()
        following = set()
        for before, after, lag, most, transfer in links:
            if not made[after]:
                continue
            if not made[before]:
                self._wait_after_done(routing.steps[before], lag, made[after], progress)
                continue
            followed.add(before)
            following.add(after)
            pieces = (0, 0)
            if transfer is not None:
                pieces = transfer_of(transfer, order.step_quantity[before])
            for source in lasts(routing.steps[before], made[before]):
                for target in firsts(routing.steps[after], made[after]):
                    self.drafts[target].arcs_in.append((source, lag, most, *pieces))
        self.heads[order.id] = [
            d for i, m in enumerate(made) if i not in following for d in firsts(routing.steps[i], m)
        ]
        self.tails[order.id] = [
            d for i, m in enumerate(made) if i not in followed for d in lasts(routing.steps[i], m)
        ]

    def _wait_after_done(
        self, step: Step, lag: int, targets: list[int], progress: dict[str, StepProgress]
    ) -> None:
        report = progress.get(step.id)
        if report is not None and report.finished_at is not None:
            ready = self.hours.horizon.at_or_after(report.finished_at) + lag
            for target in targets:
                self.drafts[target].release = max(self.drafts[target].release, ready)

    def _links_of(self, routing: Routing) -> list[tuple[int, int, int, int, Fraction | None]]:
        """(before, after, lag, maximum lag, transfer batch) between positions of the steps."""
        length = self.hours.horizon.length
        position = {s.id: i for i, s in enumerate(routing.steps)}
        result: list[tuple[int, int, int, int, Fraction | None]] = []
        for after, step in enumerate(routing.steps):
            if step.follows is None:
                if after > 0:
                    most = NEVER if step.maximum_lag is None else length(step.maximum_lag)
                    lag = length(step.minimum_lag) + length(step.queue)
                    result.append((after - 1, after, lag, most, _fraction(step.transfer_batch)))
                continue
            for link in step.follows:
                if link.step in position:
                    most = NEVER if link.maximum_lag is None else length(link.maximum_lag)
                    lag = length(link.minimum_lag) + length(step.queue)
                    result.append(
                        (position[link.step], after, lag, most, _fraction(link.transfer_batch))
                    )
        return result

    def _in_a_ring(self, routing: Routing) -> bool:
        """Whether steps of a routing wait for each other, so that none can begin."""
        if all(step.follows is None for step in routing.steps):
            return False
        if routing.id not in self._rings:
            waits = {(before, after) for before, after, *_ in self._links_of(routing)}
            left = set(range(len(routing.steps)))
            while free := {s for s in left if not any(a in left for a, b in waits if b == s)}:
                left -= free
            self._rings[routing.id] = bool(left)
        return self._rings[routing.id]

    def _hold_tools(self, routing: Routing, made: list[list[int]]) -> None:
        """Tools that stay with the order from the first step that needs them to the last."""
        held: dict[str, tuple[int, list[int]]] = {}
        for step, drafts in zip(routing.steps, made, strict=True):
            for need in step.tools:
                if need.whole_order and drafts and self.choices.knows_tool(need.tool):
                    amount, users = held.setdefault(need.tool, (0, []))
                    held[need.tool] = (max(amount, int(need.count * 1000)), users + drafts)
        self.spans.extend((tool, amount, users) for tool, (amount, users) in held.items())


def split(step: Step, quantity: Fraction) -> list[Fraction]:
    """Parts of a step's quantity: as many as allowed, none below the minimum, whole where the
    quantity is.
    """
    if step.split is None:
        return [quantity]
    parts = max(1, min(step.split.parts, int(quantity / Fraction(step.split.minimum))))
    if quantity.denominator != 1:
        return [quantity / parts] * parts
    each, more = divmod(int(quantity), parts)
    return [Fraction(each + (1 if i < more else 0)) for i in range(parts)]


def transfer_of(transfer: Fraction | None, total: Fraction) -> tuple[int, int]:
    """(pieces of a transfer batch, pieces in all) as whole numbers; (0, 0) when all is passed on at
    the end.
    """
    if transfer is None or transfer >= total:
        return 0, 0
    scale = transfer.denominator * total.denominator
    return int(transfer * scale), int(total * scale)


def _fraction(value: object) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def firsts(step: Step, drafts: list[int]) -> list[int]:
    """Drafts of a step that nothing of the step precedes: all its parts, or the first leg of a
    subcontract.
    """
    return drafts[:1] if step.subcontract is not None else drafts


def lasts(step: Step, drafts: list[int]) -> list[int]:
    """Drafts of a step that nothing of the step follows."""
    return drafts[-1:] if step.subcontract is not None else drafts
