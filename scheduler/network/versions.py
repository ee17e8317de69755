"""Versions: which routing and which bill an order is made by, judged at its start.

A version that is only valid later delays the order, it never drops it. Fed by the catalogue; read
by ``making``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.network.catalogue import EVER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from scheduler.factory import Bom, Routing
    from scheduler.network.catalogue import Catalogue, Span


class NoneEffectiveError(Exception):
    """Every version is out of date; carries a finding's code, path and reason in words."""

    def __init__(self, code: str, path: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.code = code
        self.path = path
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Chosen:
    """How an order is made.

    Parameters
    ----------
    starts
        Latest start of each step; not before ``start``.
    start
        Start of the order, not before now.
    not_before
        Validity of routing or bill that begins after now; None for none.
    why
        The same in words.
    """

    routing: Routing
    bom: Bom | None
    starts: list[int]
    start: int
    not_before: int | None
    why: str


class Versions:
    """Chooses among the versions of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._spans: dict[str, Span] = {}

    def choose(
        self,
        routings: Sequence[Routing],
        item: str,
        plant: str,
        due: int,
        good: Fraction,
        ready: Callable[[Routing], int],
    ) -> Chosen:
        """The preferred routing that is effective at the start of an order that is due at ``due``.

        Else one that is effective between now and then (the order starts sooner), else the one that
        becomes effective first (the order starts later).

        Parameters
        ----------
        ready
            When the components of a routing could be there; asked of routings that end.

        Raises
        ------
        NoneEffectiveError
            When all of them end before an order could start.
        CalendarEndsError
            When a calendar is not known that far.
        """
        now = self._catalogue.now
        sooner: list[tuple[int, Routing, list[int]]] = []
        later: list[tuple[int, Routing, list[int]]] = []
        for routing in routings:
            low, high = self._span(routing)
            starts = self._catalogue.durations.latest_starts(routing, due, good)
            start = max(now, min(starts, default=due))
            if high < EVER and ready(routing) >= high:
                continue
            if low <= start < high:
                return self._made(routing, item, plant, starts, start, low)
            if now < high <= start and low < high:
                sooner.append((len(sooner), routing, starts))
            elif start < low < high:
                later.append((low, routing, starts))
        if sooner:
            _, routing, starts = sooner[0]
            low, high = self._span(routing)
            return self._made(routing, item, plant, starts, max(now, low, high - 1), low)
        if later:
            low, routing, starts = min(later, key=lambda entry: entry[0])
            return self._made(routing, item, plant, starts, low, low)
        names = ", ".join(r.id for r in routings)
        raise NoneEffectiveError(
            "routing.none_effective",
            f"items/{item}/routings",
            f"{item} is made in {plant}, but none of its routings ({names}) is effective any more",
            "Extend a routing to the date it is needed, or mark the item as purchased.",
        )

    def _span(self, routing: Routing) -> Span:
        if routing.id not in self._spans:
            self._spans[routing.id] = self._catalogue.span(
                routing.effective_from, routing.effective_to, routing.plant
            )
        return self._spans[routing.id]

    def _made(
        self, routing: Routing, item: str, plant: str, starts: list[int], start: int, low: int
    ) -> Chosen:
        now = self._catalogue.now
        not_before = low if low > now else None
        why = self._since("routing", low, plant) if not_before is not None else ""
        bom, since = self._bom(routing, item, plant, start)
        if since > max(now, low):
            not_before, why = since, self._since("bill of material", since, plant)
        start = max(start, not_before or start)
        return Chosen(routing, bom, starts, start, not_before, why)

    def _since(self, what: str, at: int, plant: str) -> str:
        return f"{what} effective from {self._catalogue.clocks.day(at, plant).isoformat()}"

    def _bom(self, routing: Routing, item: str, plant: str, start: int) -> tuple[Bom | None, int]:
        """The bill for an order that starts at ``start``, and when it is valid from."""
        if routing.bom is not None and routing.bom in self._catalogue.bom_by_id:
            return self._catalogue.bom_by_id[routing.bom], 0
        later: list[tuple[int, Bom]] = []
        choices = self._catalogue.boms(item, plant)
        for bom in choices:
            if bom.effective_from is None and bom.effective_to is None:
                return bom, 0
            low, high = self._catalogue.span(bom.effective_from, bom.effective_to, plant)
            if low <= start < high:
                return bom, low
            if start < low < high:
                later.append((low, bom))
        if later:
            low, bom = min(later, key=lambda entry: entry[0])
            return bom, low
        if not choices:
            return None, 0
        raise NoneEffectiveError(
            "bom.none_effective",
            f"items/{item}/boms",
            f"{item} is made in {plant}, but none of its bills is effective any more",
            "Extend a bill of material to the date it is needed.",
        )
