"""Ledger: what is wanted, what there is, and what was given to whom, while netting.

Quantities are exact; times are whole seconds of the clocks. Written by the other files of
``network``; ``assemble`` turns it into the network that everybody else reads.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.factory import Purchase, TransferLane
    from scheduler.findings import Findings
    from scheduler.network.catalogue import Catalogue
    from scheduler.network.explode import Substitution
    from scheduler.network.model import NeedKind, Order, SupplyKind

NOTHING = Fraction(0)
NOBODY: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Want:
    """A quantity wanted, on its way to being served.

    Parameters
    ----------
    quantity, left
        Of the item itself (what substitutes serve is taken off), and of that still open.
    rank
        Lower takes scarce supply first.
    owners
        Demands and orders it is for, which may use what is reserved for them.
    routing
        Routing that must be used; None for any.
    new
        False: served from what there is only.
    path
        Plants the same item is already being brought to.
    replaced
        Substitute → how much of it is used instead.
    """

    kind: NeedKind
    id: str
    item: str
    plant: str
    quantity: Fraction
    left: Fraction
    when: int
    rank: int
    batch: str = ""
    owners: frozenset[str] = NOBODY
    step: str | None = None
    transfer_batch: Fraction | None = None
    offset: int = 0
    substitutes: tuple[Substitution, ...] = ()
    routing: str | None = None
    new: bool = True
    path: tuple[str, ...] = ()
    replaced: dict[str, Fraction] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Holding:
    """A supply on its way to being used up.

    Parameters
    ----------
    left
        Not yet given to anybody.
    available
        As in :class:`scheduler.network.model.Supply`; None when the schedule says so.
    ready
        When it is expected, for deciding who waits for it.
    expires
        End of its usability; None for never.
    reserved_for
        Only this demand or order may have it.
    """

    id: str
    kind: SupplyKind
    item: str
    plant: str
    quantity: Fraction
    left: Fraction
    available: int | None
    ready: int
    output_of: str | None = None
    step: str | None = None
    ordered: int | None = None
    purchase: Purchase | None = None
    lane: TransferLane | None = None
    expires: int | None = None
    reserved_for: str | None = None
    batch: str = ""


@dataclass(slots=True, eq=False)
class Shelf:
    """All supply of one item at one plant.

    Parameters
    ----------
    life
        Seconds a lot must still be usable after it is used.
    by_batch
        Supply only serves wants with the same batch mark.
    """

    life: int
    by_batch: bool
    holdings: list[Holding] = field(default_factory=list)
    reserved: dict[str, list[Holding]] = field(default_factory=dict)
    outgoing: list[tuple[int, Fraction]] = field(default_factory=list)
    _sorted: list[Holding] = field(default_factory=list)
    _ready: list[int] = field(default_factory=list)
    _skip: list[int] = field(default_factory=list)

    def add(self, holding: Holding) -> None:
        """Put a supply on the shelf."""
        if holding.reserved_for is not None:
            self.reserved.setdefault(holding.reserved_for, []).append(holding)
        else:
            self.holdings.append(holding)
            self._sorted = []

    @property
    def expiring(self) -> bool:
        """Whether anything on it expires."""
        return any(h.expires is not None for h in self.holdings)

    def latest(self) -> int | None:
        """When the last supply is expected; None when there is none."""
        self._sort()
        return self._ready[-1] if self._ready else None

    def free(self, until: int) -> Fraction:
        """What is there, unreserved, by a moment."""
        return sum((h.left for h in self.holdings if h.ready <= until), NOTHING)

    def _sort(self) -> None:
        if len(self._sorted) != len(self.holdings):
            never = 2**62
            # From the end: latest first, and among what is there at once the soonest to expire.
            self._sorted = sorted(
                self.holdings,
                key=lambda h: (h.ready, -(h.expires if h.expires is not None else never)),
            )
            self._ready = [h.ready for h in self._sorted]
            self._skip = list(range(len(self._sorted)))

    def _find(self, i: int) -> int:
        """Last position up to ``i`` that is not used up; −1 for none."""
        skip = self._skip
        path = []
        while i >= 0 and skip[i] != i:
            path.append(i)
            i = skip[i]
        for j in path:
            skip[j] = i
        return i

    def usable(self, holding: Holding, want: Want) -> bool:
        """Whether a want may have a supply, dates of arrival apart."""
        if self.by_batch and holding.batch != want.batch:
            return False
        if holding.expires is None:
            return True
        return max(want.when, holding.ready) + self.life <= holding.expires

    def take(self, want: Want, limit: int, amount: Fraction) -> list[tuple[Holding, Fraction]]:
        """Up to ``amount`` of what is there by ``limit``; latest first, to keep the early."""
        self._sort()
        given = []
        i = self._find(bisect_right(self._ready, limit) - 1)
        while i >= 0 and amount:
            holding = self._sorted[i]
            if not holding.left:
                self._skip[i] = i - 1
            elif self.usable(holding, want):
                part = least(amount, holding.left)
                given.append((holding, part))
                holding.left = less(holding.left, part)
                amount = less(amount, part)
            i = self._find(i - 1)
        return given

    def put_back(self) -> None:
        """Forget what is used up, after supply was given back."""
        self._skip = list(range(len(self._sorted)))


@dataclass(frozen=True, slots=True)
class Lack:
    """A want that nothing serves."""

    want: Want
    quantity: Fraction
    code: str
    reason: str


class Ledger:
    """Everything one pass of netting reads and writes.

    Parameters
    ----------
    taken
        Identifiers of the snapshot's sources, which are never used again.
    """

    def __init__(self, catalogue: Catalogue, findings: Findings, taken: frozenset[str]) -> None:
        self.catalogue = catalogue
        self.findings = findings
        self.orders: dict[str, Order] = {}
        self.holdings: dict[str, Holding] = {}
        self.pegs: list[tuple[Holding, Want, Fraction]] = []
        self.users: dict[str, list[Want]] = defaultdict(list)
        """Order → wants its output was given to."""
        self.lacks: list[Lack] = []
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._taken = taken
        self._numbers: dict[tuple[str, str, str], int] = defaultdict(int)
        self._pending: dict[tuple[str, str], list[Want]] = defaultdict(list)
        self._heap: list[tuple[int, int, str, str]] = []
        self._queued: set[tuple[str, str]] = set()
        self._plant_rank = plant_ranks(catalogue)

    def shelf(self, item: str, plant: str) -> Shelf:
        """The shelf of an item at a plant."""
        key = (item, plant)
        if key not in self._shelves:
            found = self.catalogue.items.get(item)
            kept = self.catalogue.replenishment(item, plant)
            life = found.minimum_remaining_life if found is not None else timedelta(0)
            self._shelves[key] = Shelf(
                int(life.total_seconds()), kept is not None and kept.pegged_by_batch
            )
        return self._shelves[key]

    def add(self, holding: Holding) -> Holding:
        """A new supply, on its shelf."""
        self.holdings[holding.id] = holding
        self.shelf(holding.item, holding.plant).add(holding)
        return holding

    def new_id(self, kind: str, item: str, plant: str) -> str:
        """Identifier of something new, from what it is for."""
        key = (kind, item, plant)
        while True:
            self._numbers[key] += 1
            name = f"{kind}:{item}@{plant}:{self._numbers[key]}"
            if name not in self._taken and name not in self.holdings:
                return name

    def give(self, holding: Holding, want: Want, quantity: Fraction) -> None:
        """Peg a quantity; ``left`` of both is the caller's."""
        self.pegs.append((holding, want, quantity))
        if holding.output_of is not None:
            self.users[holding.output_of].append(want)
        shelf = self.shelf(holding.item, holding.plant)
        shelf.outgoing.append((max(want.when, holding.ready), quantity))

    def lack(self, want: Want, code: str, reason: str) -> None:
        """What is left of a want is served by nothing."""
        self.lacks.append(Lack(want, want.left, code, reason))

    def pool(self, item: str) -> str:
        """Name of the items that are netted together with this one."""
        return self.catalogue.structure.pools.get(item, item)

    def ask(self, want: Want) -> None:
        """Put a want in the queue of its pool."""
        self._pending[self.pool(want.item), want.plant].append(want)
        self.visit(want.item, want.plant)

    def visit(self, item: str, plant: str) -> None:
        """See to it that the pool of an item is netted."""
        pool = self.pool(item)
        if (pool, plant) not in self._queued:
            self._queued.add((pool, plant))
            level = self.catalogue.structure.levels.get(pool, 0)
            heapq.heappush(self._heap, (level, self._plant_rank.get(plant, 0), pool, plant))

    def following(self) -> tuple[str, str, list[Want]] | None:
        """Next pool and plant to net, with what is wanted there; None when all is done."""
        if not self._heap:
            return None
        _, _, pool, plant = heapq.heappop(self._heap)
        self._queued.discard((pool, plant))
        return pool, plant, self._pending.pop((pool, plant), [])


def plant_ranks(catalogue: Catalogue) -> dict[str, int]:
    """Plants in an order in which, if possible, those that receive come before those that send."""
    sends: dict[str, set[str]] = {name: set() for name in catalogue.plants}
    for lane in catalogue.snapshot.lanes:
        if lane.to_plant in sends and lane.from_plant in sends and lane.from_plant != lane.to_plant:
            sends[lane.from_plant].add(lane.to_plant)
    ranks: dict[str, int] = {}
    left = sorted(sends)
    while left:
        ready = [name for name in left if not sends[name] - ranks.keys()] or left[:1]
        for name in ready:
            ranks[name] = len(ranks)
        left = [name for name in left if name not in ranks]
    return ranks


def open_quantity(wants: Sequence[Want]) -> Fraction:
    """Sum of what is still open."""
    if len(wants) == 1:
        return wants[0].left
    return sum((w.left for w in wants), NOTHING)


def least(a: Fraction, b: Fraction) -> Fraction:
    """The smaller one; written out, for fractions compare slowly."""
    if a.numerator * b.denominator <= b.numerator * a.denominator:
        return a
    return b


def less(a: Fraction, b: Fraction) -> Fraction:
    """``a`` without ``b``, where ``b`` is often all of it."""
    return NOTHING if a is b else a - b


def replaced_by(want: Want, item: str, quantity: Fraction) -> Want:
    """The same want, of a substitute."""
    return replace(
        want, item=item, quantity=quantity, left=quantity, substitutes=(), replaced={}, path=()
    )
