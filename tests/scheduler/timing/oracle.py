"""The rules of ``problem`` said the slow way: tick by tick, with sets and dictionaries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from scheduler.problem import NEVER, Arc, Flag, Machine, Mode, Need, Op, Problem, Resource, Slot


@dataclass(frozen=True)
class Placed:
    """One operation as it is placed."""

    mode: int
    slot: int
    setup: int
    start: int
    end: int


class Oracle:
    """Judges schedules of small problems by walking the clock."""

    def __init__(self, problem: Problem) -> None:
        self.p = problem
        self.open = [
            {t for a, b, _ in problem.calendar(c).tolist() for t in range(a, b)}
            for c in range(len(problem.calendar_rows) - 1)
        ]

    def hours(self, mode: int) -> set[int]:
        return self.open[int(self.p.modes[mode, Mode.CALENDAR])]

    def walk(self, mode: int, start: int, work: int) -> int | None:
        """Tick at which ``work`` open ticks have passed."""
        tick = start
        while work:
            if tick >= self.p.end:
                return None
            work -= tick in self.hours(mode)
            tick += 1
        return tick

    def back(self, mode: int, tick: int, work: int) -> int | None:
        """Latest tick from which ``work`` open ticks pass until ``tick``."""
        while work:
            tick -= 1
            if tick < 0:
                return None
            work -= tick in self.hours(mode)
        return tick

    def place(self, operation: int, mode: int, slot: int, start: int, before: int) -> Placed | None:
        """The operation with its run at ``start`` after family ``before``, or None when its own
        hours forbid it.
        """
        row, m = self.p.operations[operation], self.p.modes[mode]
        if start not in self.hours(mode):
            return None
        end = self.walk(mode, start, int(m[Mode.RUN]))
        ticks = int(m[Mode.SETUP]) + self.changeover(slot, before, int(row[Op.FAMILY]))
        setup = self.back(mode, start, ticks)
        if end is None or setup is None:
            return None
        if not row[Op.FLAGS] & Flag.RESUMABLE and end - start != m[Mode.RUN]:
            return None
        if (
            row[Op.FLAGS] & Flag.SETUP_WHOLE
            and ticks
            and not set(range(setup, start + 1)) <= self.hours(mode)
        ):
            return None
        return Placed(mode, slot, setup, start, end)

    def changeover(self, slot: int, before: int, after: int) -> int:
        return (
            0
            if slot < 0
            else self.p.changeover(int(self.p.slots[slot, Slot.MACHINE]), before, after)
        )

    def until(self, x: Placed) -> int:
        free = self.walk(x.mode, x.end, int(self.p.modes[x.mode, Mode.TEARDOWN]))
        return self.p.end + 1 if free is None else free

    def breaches(self, plan: dict[int, Placed], *, fixed_setup: bool = True) -> list[str]:
        """Every rule that ``plan`` (a part of the operations) breaks."""
        return [
            *self._arcs(plan),
            *self._slots(plan, fixed_setup=fixed_setup),
            *self._resources(plan),
            *self._releases(plan),
        ]

    def _releases(self, plan: dict[int, Placed]) -> list[str]:
        return [
            f"{o} before its release"
            for o, x in plan.items()
            if x.start < self.p.operations[o, Op.RELEASE]
        ]

    def _arcs(self, plan: dict[int, Placed]) -> list[str]:
        found = []
        for before, after, lag, most, transfer, total in self.p.arcs.tolist():
            if before not in plan or after not in plan:
                continue
            a, b = plan[before], plan[after]
            if transfer == 0:
                if b.start < a.end + lag:
                    found.append(f"{after} before {before} is over")
            else:
                found += self._overlap(after, a, b, lag, transfer, total)
            if most < NEVER and b.start > a.end + most:
                found.append(f"{after} too long after {before}")
        return found

    def _overlap(
        self, after: int, a: Placed, b: Placed, lag: int, transfer: int, total: int
    ) -> list[str]:
        passed, found = 0, []
        # What is fixed makes its pieces at an even rate, however long it takes.
        run_a = sum(t in self.hours(a.mode) for t in range(a.start, a.end))
        run_b = int(self.p.modes[b.mode, Mode.RUN])
        while passed < total:
            done = min(total, passed + transfer)
            there = self.walk(a.mode, a.start, -(-run_a * done // total))
            worked = sum(t in self.hours(b.mode) for t in range(b.start, (there or 0) + lag))
            if worked > run_b * passed // total or (passed == 0 and b.start < (there or 0) + lag):
                found.append(f"{after} works on a batch that is not there")
            passed = done
        return found

    def _slots(self, plan: dict[int, Placed], *, fixed_setup: bool) -> list[str]:
        found = []
        for slot in range(len(self.p.slots)):
            here = sorted((x.start, x.end, o) for o, x in plan.items() if x.slot == slot)
            capacity = int(self.p.machines[self.p.slots[slot, Slot.MACHINE], Machine.BATCH])
            state, free = int(self.p.slots[slot, Slot.STATE]), int(self.p.slots[slot, Slot.FREE])
            groups: list[list[int]] = []
            for start, end, o in here:
                same = (
                    groups
                    and capacity
                    and (plan[groups[-1][0]].start, plan[groups[-1][0]].end) == (start, end)
                )
                if same:
                    groups[-1].append(o)
                else:
                    groups.append([o])
            for group in groups:
                leader = plan[group[0]]
                first = min((plan[o] for o in group), key=lambda x: x.setup)
                family = int(self.p.operations[group[0], Op.FAMILY])
                if first.setup < free:
                    found.append(f"{group} before slot {slot} is free")
                own = max(int(self.p.modes[plan[o].mode, Mode.SETUP]) for o in group)
                latest = self.back(
                    leader.mode, leader.start, own + self.changeover(slot, state, family)
                )
                free_to_move = self.p.operations[group[0], Op.FIXED_START] < 0
                if fixed_setup and free_to_move and latest != first.setup:
                    found.append(f"{group} has the wrong setup")
                if len({int(self.p.operations[o, Op.FAMILY]) for o in group}) > 1:
                    found.append(f"{group} mix families in a batch")
                if capacity and sum(int(self.p.operations[o, Op.LOAD]) for o in group) > capacity:
                    found.append(f"{group} overfill a batch")
                free = max(self.until(plan[o]) for o in group)
                state = family if family >= 0 else state
        return found

    def _resources(self, plan: dict[int, Placed]) -> list[str]:
        use: dict[int, Counter[int]] = {}
        for x in plan.values():
            for need in self.p.needs_of(x.mode):
                resource, amount, phase = self.p.needs[need].tolist()
                held = self.p.resources[resource, Resource.HELD]
                span = range(x.setup if phase & 1 else x.start, x.end if phase & 2 else x.start)
                counter = use.setdefault(resource, Counter())
                for t in span:
                    if held or t in self.hours(x.mode):
                        counter[t] += amount
        self._spans(plan, use)
        return [
            f"resource {r} overused at {t}"
            for r, c in use.items()
            for t, n in c.items()
            if n > self.level(r, t)
        ]

    def _spans(self, plan: dict[int, Placed], use: dict[int, Counter[int]]) -> None:
        for span, (_, resource, amount) in enumerate(self.p.spans.tolist()):
            members = self.p.span_operations[
                self.p.span_rows[span] : self.p.span_rows[span + 1]
            ].tolist()
            if all(o in plan for o in members):
                first = min(plan[o].setup for o in members)
                for t in range(first, max(plan[o].end for o in members)):
                    use.setdefault(resource, Counter())[t] += amount

    def level(self, resource: int, tick: int) -> int:
        low, high = self.p.resources[resource, : Resource.HELD].tolist()
        known = [level for start, level in self.p.levels[low:high].tolist() if start <= tick]
        return int(known[-1])


__all__ = ["Arc", "Need", "Oracle", "Placed"]
