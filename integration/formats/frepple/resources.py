"""frePPLe's resources: which of them are machines, which are people, which are tools.

There a resource is just capacity; here a step runs on one machine and needs people and tools
besides. An operation's main load is its machine; what is only ever loaded beside another is a
labour pool; the choice holds for the whole data set, so that capacity is counted once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from math import lcm
from typing import TYPE_CHECKING, Any

from integration.formats.frepple.values import day_or_moment, last_day_or_moment
from integration.formats.frepple.world import World, given

if TYPE_CHECKING:
    from integration.formats.frepple.calendars import Calendars
    from integration.formats.frepple.records import Record


class Role(Enum):
    """What a resource (with its members) becomes."""

    MACHINE = 1
    LABOUR = 2
    TOOL = 3
    UNLIMITED = 4


@dataclass(frozen=True, slots=True)
class Load:
    """One thing an operation needs: the rows that are alternatives for each other, best first."""

    rows: tuple[Record, ...]
    root: str

    @property
    def first(self) -> Record:
        """The preferred row."""
        return self.rows[0]


@dataclass
class Resources:
    """Resources by name, their roles, and the loads of every operation."""

    world: World
    calendars: Calendars
    rows: dict[str, Record] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    loads: dict[str, list[Load]] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    direct: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Pool → members that operations ask for by name."""

    def __post_init__(self) -> None:
        self.rows = self.world.records.named("resource")
        for name, row in self.rows.items():
            if row.text("owner") in self.rows:
                self.members[row.text("owner")].append(name)
        self._read_loads()
        self._decide()

    # --- loads ---------------------------------------------------------------------------------

    def _read_loads(self) -> None:
        by_operation: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
        loaded = set()
        for index, row in enumerate(self.world.records.of("operationresource")):
            name = row.text("resource")
            if name not in self.rows:
                name = self._other_case(row, name)
            if not name or row.text("operation") not in self.world.operations:
                self.world.findings.add(
                    "frepple.names_nothing",
                    row.path,
                    f"A load names the resource {row.text('resource')!r} or the operation "
                    f"{row.text('operation')!r}, which is not known.",
                    "Correct the names, or remove the row.",
                )
                continue
            loaded.add(name)
            key = row.text("name") or f"#{index}"
            by_operation[row.text("operation")][key].append(row)
        for operation, groups in by_operation.items():
            self.loads[operation] = [self._load(rows, loaded) for rows in groups.values()]

    def _other_case(self, row: Record, name: str) -> str:
        """The resource whose name differs in capitals only."""
        found = next((known for known in self.rows if known.lower() == name.lower()), "")
        if found:
            row.fields["resource"] = found
        return found

    def _load(self, rows: list[Record], loaded: set[str]) -> Load:
        ordered = sorted(rows, key=lambda row: row.whole("priority", 1))
        used = [row for row in ordered if row.whole("priority", 1) != 0] or ordered
        return Load(tuple(used), self._root(used[0].text("resource"), loaded))

    def _root(self, name: str, loaded: set[str]) -> str:
        root, at, seen = name, name, set()
        while at in self.rows and at not in seen:
            seen.add(at)
            if at in loaded:
                root = at
            at = self.rows[at].text("owner")
        return root

    # --- roles ---------------------------------------------------------------------------------

    def _decide(self) -> None:
        count: dict[str, int] = defaultdict(int)
        for loads in self.loads.values():
            for load in loads:
                count[load.root] += 1
                self.roles.setdefault(load.root, self._own_role(load.root))
        secondary: set[str] = set()
        for loads in self.loads.values():
            finite = [ld for ld in loads if self.roles[ld.root] in (Role.MACHINE, Role.LABOUR)]
            machines = [ld for ld in finite if self.roles[ld.root] is Role.MACHINE]
            if len(finite) > 1 and machines:
                main = min(machines, key=lambda ld: (bool(self.members[ld.root]), count[ld.root]))
                secondary |= {ld.root for ld in finite if ld is not main}
        for root in secondary:
            self.roles[root] = Role.LABOUR

    def _own_role(self, name: str) -> Role:
        row = self.rows[name]
        kind = row.text("type", "default")
        if row.text("subcategory").lower() in ("tool", "tool per piece"):
            return Role.TOOL
        if kind == "infinite" or not row.flag("constrained", default=True):
            return Role.UNLIMITED
        if kind == "buckets":
            self.world.not_carried(
                "quantity_buckets",
                row,
                f"{name} limits a quantity per period; it is not limited here.",
                "Give the machine its hours and times per piece.",
            )
            return Role.UNLIMITED
        if kind.startswith("buckets"):
            self.world.not_carried(
                "time_buckets",
                row,
                f"{name} limits hours per period; here it is counted: so many operations at a "
                "time, hour by hour.",
                "Give it a calendar with its hours.",
            )
            return Role.LABOUR
        varying = any(len(self._levels(leaf)) > 1 for leaf in self.leaves(name))
        return Role.LABOUR if varying else Role.MACHINE

    def leaves(self, name: str) -> list[str]:
        """The members of a pool, those of its sub-pools too; a resource without members itself."""
        found: list[str] = []
        queue, seen = [name], set()
        while queue:
            at = queue.pop(0)
            if at in seen:
                continue
            seen.add(at)
            if self.members[at]:
                queue = self.members[at] + queue
            else:
                found.append(at)
        return found

    # --- capacity ------------------------------------------------------------------------------

    def _levels(self, name: str) -> set[Decimal]:
        calendar = self.rows[name].text("maximumcalendar")
        if calendar:
            return self.calendars.levels(calendar)
        return {self.rows[name].amount("maximum", 1)}

    def capacity(self, name: str) -> Decimal:
        """The most it takes at a time."""
        return max(self._levels(name), default=Decimal(0)) or Decimal(1)

    def hours(self, name: str) -> str | None:
        """Calendar that says when, or how many, are there."""
        row = self.rows[name]
        available, maximum = row.text("available"), row.text("maximumcalendar")
        if available and maximum and len(self._levels(name)) > 1:
            self.world.not_carried(
                "two_calendars",
                row,
                f"{name} has hours ({available}) and a varying size ({maximum}); the size counts.",
            )
            return maximum
        return available or maximum or None

    def skills(self, name: str) -> list[dict[str, Any]]:
        """What a resource can do."""
        return [
            given(
                skill=row.text("skill"),
                priority=row.whole("priority", 1),
                effective_from=day_or_moment(row.moment("effectivestart")),
                effective_to=last_day_or_moment(row.moment("effectiveend")),
            )
            for row in self.world.records.of("resourceskill")
            if row.text("resource") == name
        ]

    def scale(self, name: str) -> int:
        """By what sizes and loads of a resource are multiplied to be whole."""
        sizes = [
            self.capacity(name),
            *(
                r.amount("quantity", 1)
                for loads in self.loads.values()
                for ld in loads
                for r in ld.rows
                if name in self.leaves(r.text("resource"))
            ),
        ]
        whole = lcm(*(size.as_integer_ratio()[1] for size in sizes))
        return whole if whole <= 1000 else 1

    def plant(self, name: str) -> str:
        """Where it stands: its location, that of an operation that loads it, or its pool's."""
        row = self.rows[name]
        owner = row.text("owner")
        if row.text("location"):
            return row.text("location")
        for operation, loads in self.loads.items():
            for load in loads:
                if any(name in self.leaves(r.text("resource")) for r in load.rows):
                    found = self.world.operations[operation].text("location")
                    if found:
                        return found
        return self.plant(owner) if owner in self.rows and owner != name else self.world.only_plant

    # --- what the snapshot holds ----------------------------------------------------------------

    def fill(self) -> None:
        """Machines, pools and tools, in the order of the file."""
        done: set[str] = set()
        roots = [name for name in self.rows if name in self.roles]
        for root in roots:
            match self.roles[root]:
                case Role.MACHINE | Role.UNLIMITED:
                    self._machines(root, done)
                case Role.LABOUR:
                    self._pool(root)
                case Role.TOOL:
                    self._tool(root)
        unused = [n for n in self.rows if n not in self._all_used() and not self.members[n]]
        for name in unused:
            if not any(r.text("resource") == name for r in self.world.records.of("itemsupplier")):
                self.world.findings.note(
                    "frepple.not_used",
                    self.rows[name].path,
                    f"No operation loads the resource {name}.",
                )

    def _all_used(self) -> set[str]:
        return {leaf for root in self.roles for leaf in self.leaves(root)} | set(self.roles)

    def _machines(self, root: str, done: set[str]) -> None:
        group = root if self.members[root] else None
        if group:
            self.world.data["work_centres"].append({"id": group, "plant": self.plant(root)})
        limited = self.roles[root] is Role.MACHINE
        for leaf in self.leaves(root):
            if leaf in done:
                continue
            done.add(leaf)
            self.world.data["machines"].append(self._machine(leaf, group, limited=limited))

    def _machine(self, name: str, group: str | None, *, limited: bool) -> dict[str, Any]:
        row = self.rows[name]
        self.world.unread(row, "efficiencycalendar")
        size = self.capacity(name) * self.scale(name)
        kind = "unlimited" if not limited else "single" if size == 1 else "multiple"
        return given(
            id=name,
            plant=self.plant(name),
            name=row.text("description"),
            work_centre=group,
            kind=kind,
            capacity=size if kind == "multiple" else None,
            calendar=self.hours(name),
            efficiency=self.efficiency(row),
            setup_matrix=row.text("setupmatrix") or None,
            setup_state=row.text("setup") or None,
            cost_per_hour=row.number("cost"),
            work_ahead=row.duration("maxearly"),
        )

    def efficiency(self, row: Record) -> Decimal:
        """A factor, of the per cent there."""
        return (row.amount("efficiency", 100) or Decimal(100)) / 100

    def _pool(self, root: str) -> None:
        members = self.leaves(root) if self.members[root] else []
        fields = given(id=root, plant=self.plant(root), name=self.rows[root].text("description"))
        if members:
            fields["members"] = [self._worker(root, leaf) for leaf in members]
        else:
            fields |= given(people=self.capacity(root), calendar=self.hours(root))
            if self.efficiency(self.rows[root]) != 1:
                self.world.unread(self.rows[root], "efficiency")
        self.world.data["labour_pools"].append(fields)

    def _worker(self, root: str, name: str) -> dict[str, Any]:
        row = self.rows[name]
        if self.capacity(name) != 1:
            self.world.not_carried(
                "member_size",
                row,
                f"{name} is a member of {root} and takes one task at a time here.",
            )
        skills = self.skills(name)
        if name in self.direct[root]:
            skills.append({"skill": name})
        return given(
            id=name, skills=skills, efficiency=self.efficiency(row), calendar=self.hours(name)
        )

    def _tool(self, root: str) -> None:
        leaves = self.leaves(root)
        count = sum((self.capacity(leaf) for leaf in leaves), Decimal(0))
        if len(leaves) > 1:
            self.world.findings.note(
                "frepple.tools_counted",
                self.rows[root].path,
                f"The {len(leaves)} tools of {root} are counted together as {count} of one kind.",
            )
        calendar = self.hours(leaves[0])
        self.world.data["tools"].append(
            given(id=root, plant=self.plant(root), count=count, calendar=calendar)
        )
