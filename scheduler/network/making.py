"""Making: new orders for what is wanted, and what these orders want in turn.

Fed by the ledger; read by ``sourcing``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory.units import ceiling
from scheduler.findings import BeyondHorizonError
from scheduler.network.clocks import CalendarEndsError
from scheduler.network.existing import add_co_products
from scheduler.network.explode import Component, Exploder, ExplosionError
from scheduler.network.ledger import NOBODY, Holding, Ledger, Want, least, less, open_quantity
from scheduler.network.lots import LotRule, buckets, lot_rule
from scheduler.network.model import NeedKind, Order, SupplyKind
from scheduler.network.progress import planned_pieces
from scheduler.network.versions import Chosen, NoneEffectiveError, Versions

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from datetime import datetime

    from scheduler.factory import Replenishment, Routing
    from scheduler.network.catalogue import Catalogue
    from scheduler.policy import Policy

NOTHING = Fraction(0)
Failures = dict[int, tuple[str, str]]
"""Want (by identity) → code and reason why it cannot be had this way."""
SoonestStart = Callable[["Routing", str, str, Fraction], int]
Entering = tuple[Fraction, tuple[Fraction, ...]]
"""Pieces that enter an order, and each of its steps."""
DAY_SECONDS = 86_400


class UnmakeableError(Exception):
    """Something cannot be made; carries a finding's code and reason in words."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Making:
    """Makes orders in one ledger."""

    def __init__(self, ledger: Ledger, exploder: Exploder, policy: Policy) -> None:
        self._ledger = ledger
        self._catalogue: Catalogue = ledger.catalogue
        self._exploder = exploder
        self._policy = policy
        self._versions = Versions(ledger.catalogue)
        self._surplus: dict[tuple[str, str], list[Holding]] = defaultdict(list)
        self._rules: dict[tuple[str, str], LotRule] = {}
        self._entering: dict[tuple[str, str, int, int], Entering] = {}
        self._given: dict[str, Fraction] = defaultdict(Fraction)
        """Routing → what it was given of what is shared."""
        self.soonest_start: SoonestStart = lambda *_: ledger.catalogue.now
        """When an order could start for its components: routing, item, plant, good pieces."""
        self.closed: frozenset[tuple[str, int]] = frozenset()
        """Routings, each with a rank for which nothing is made by it while there is another."""
        self.reservations = True
        """Whether anything at all is reserved; without, orders need not know whom they are for."""

    def make(
        self, wants: Sequence[Want], item: str, plant: str, routings: Sequence[Routing]
    ) -> Failures:
        """Orders for what is open of ``wants``, in lots; the reasons for what could not be made."""
        failures: Failures = {}
        groups: dict[tuple[str, str], list[Want]] = defaultdict(list)
        by_batch = self._ledger.shelf(item, plant).by_batch
        for want in wants:
            groups[want.batch if by_batch else "", want.routing or ""].append(want)
        kept = self._catalogue.replenishment(item, plant)
        for (batch, forced), members in sorted(groups.items()):
            usable = [r for r in routings if forced in ("", r.id)]
            if not usable:
                reason = f"the routing {forced} it must be made by is none of {item} in {plant}"
                failures.update({id(w): ("routing.unknown", reason) for w in members})
                continue
            length = self._bucket(kept)
            for bucket in buckets(
                members, lambda at: day_start(self._catalogue, at, plant), length
            ):
                self._use_surplus(bucket, item, plant, batch)
                try:
                    if open_quantity(bucket):
                        self._fill(bucket, item, plant, self._open(usable, bucket), kept)
                except UnmakeableError as error:
                    failures.update({id(w): (error.code, error.reason) for w in bucket})
        return failures

    def _open(self, routings: Sequence[Routing], bucket: Sequence[Want]) -> Sequence[Routing]:
        """Without those that are closed for the wants."""
        if not self.closed:
            return routings
        rank = min(want.rank for want in bucket)
        return [r for r in routings if (r.id, rank) not in self.closed] or routings

    def _bucket(self, kept: Replenishment | None) -> int | None:
        """Seconds of needs that are made together; None: each order is for one need."""
        window = self._policy.grouping_window
        if kept is not None and kept.cover is not None:
            window = max(window, kept.cover)
        # A lot of its own for each need lets the first go on its way before the last is made. Lot
        # rules hold all the same: what a minimum makes too much serves the next.
        return max(DAY_SECONDS, int(window.total_seconds())) if window else None

    def _use_surplus(self, bucket: Sequence[Want], item: str, plant: str, batch: str) -> None:
        """What earlier lots left over."""
        by_batch = self._ledger.shelf(item, plant).by_batch
        surplus = [h for h in self._surplus[item, plant] if h.left]
        self._surplus[item, plant] = surplus
        share_out(self._ledger, bucket, [h for h in surplus if not by_batch or h.batch == batch])

    def _fill(
        self,
        bucket: list[Want],
        item: str,
        plant: str,
        routings: Sequence[Routing],
        kept: Replenishment | None,
    ) -> None:
        need = open_quantity(bucket)
        due = min(w.when for w in bucket)
        if kept is not None and kept.safety_time is not None:
            due -= int(kept.safety_time.total_seconds())
        for routing_choice, part in self._split(routings, need, item):
            chosen = self.choose(routing_choice, item, plant, due, part)
            rule = self._rule(chosen.routing, kept, item)
            lots = rule.sizes(part, self._room(kept))
            made = [self.order(chosen, item, plant, lot, due, bucket, kept)[0] for lot in lots]
            share_out(self._ledger, bucket, made)
        forgive(bucket, need, self._policy)

    def _room(self, kept: Replenishment | None) -> Fraction | None:
        if kept is None or kept.maximum_stock is None:
            return None
        return Fraction(kept.maximum_stock)

    def _rule(self, routing: Routing, kept: Replenishment | None, item: str) -> LotRule:
        key = (routing.id, item)
        if key not in self._rules:
            precision = self._catalogue.units.precision(item)
            self._rules[key] = lot_rule(precision, self._policy.lot_tolerance, kept, routing)
        return self._rules[key]

    def _split(
        self, routings: Sequence[Routing], need: Fraction, item: str
    ) -> list[tuple[Sequence[Routing], Fraction]]:
        """Quantity per routing, where several share it; otherwise all by the preferred one."""
        sharing = [r for r in routings if r.share]
        if not sharing:
            return [(routings, need)]
        total = sum(Fraction(r.share or 0) for r in sharing)
        so_far = sum(self._given[r.id] for r in sharing) + need
        precision = self._catalogue.units.precision(item)
        rest, parts = need, []
        for routing in sharing[:-1]:
            due = so_far * Fraction(routing.share or 0) / total - self._given[routing.id]
            part = min(rest, max(NOTHING, (due / precision + Fraction(1, 2)) // 1 * precision))
            parts.append((routing, part))
            rest -= part
        parts.append((sharing[-1], rest))
        for routing, part in parts:
            self._given[routing.id] += part
        return [([routing], part) for routing, part in parts if part > 0]

    def choose(
        self, routings: Sequence[Routing], item: str, plant: str, due: int, good: Fraction
    ) -> Chosen:
        """Routing, bill and starts of an order that is due at ``due``.

        Raises
        ------
        UnmakeableError
            When nothing is effective any more, or a calendar is not known that far.
        """
        sound = [r for r in routings if self._catalogue.durations.of(r).fault is None]
        if not sound:
            fault = self._catalogue.durations.of(routings[0]).fault
            raise UnmakeableError(*(fault or ("factory.no_routing", f"{item} has no routing")))
        try:
            return self._versions.choose(
                sound,
                item,
                plant,
                due,
                good,
                lambda routing: self.soonest_start(routing, item, plant, good),
            )
        except NoneEffectiveError as error:
            self._ledger.findings.add(
                error.code,
                error.path,
                f"{error.reason}.",
                error.remedy,
                effect="What depends on it gets no date.",
            )
            raise UnmakeableError(error.code, error.reason) from error
        except CalendarEndsError as error:
            raise calendar_ends(self._ledger, error) from error
        except BeyondHorizonError as error:
            raise UnmakeableError(
                "calendar.never_open", f"{item} needs hours that never come: {error}"
            ) from error

    def order(
        self,
        chosen: Chosen,
        item: str,
        plant: str,
        good: Fraction,
        due: int,
        served: Sequence[Want],
        kept: Replenishment | None,
    ) -> list[Holding]:
        """One new order: its output, then its co-products; what it needs is asked for.

        Raises
        ------
        UnmakeableError
            When its bill cannot be exploded.
        """
        ledger, routing = self._ledger, chosen.routing
        try:
            components = self._components(chosen, plant)
        except ExplosionError as error:
            ledger.findings.add(
                error.code,
                error.path,
                f"{error.reason}.",
                error.remedy,
                effect="What depends on it gets no date.",
            )
            raise UnmakeableError(error.code, error.reason) from error
        batches = {w.batch for w in served}
        name = ledger.new_id("MO", item, plant)
        start_quantity, step_quantity = self._pieces(routing, item, good)
        order = Order(
            id=name,
            item=item,
            plant=plant,
            quantity=good,
            start_quantity=start_quantity,
            routing=routing,
            bom=chosen.bom,
            step_quantity=step_quantity,
            need=self._catalogue.moment(min(w.when for w in served)),
            not_before=self._not_before(chosen, due, kept, plant),
            batch=batches.pop() if len(batches) == 1 else "",
        )
        ledger.orders[name] = order
        if chosen.why:
            ledger.findings.note(
                "routing.effective_later" if chosen.why[0] == "r" else "bom.effective_later",
                f"items/{item}/{'routings' if chosen.why[0] == 'r' else 'boms'}",
                f"{item} in {plant}: {chosen.why}; orders for it wait until then.",
                "Let the version begin earlier if it may.",
            )
        shift = max(0, chosen.start - min(chosen.starts, default=chosen.start))
        self._ask(order, components, chosen.starts, shift, served)
        ready = max(due + shift, self._catalogue.now)
        main = Holding(
            id=name,
            kind=SupplyKind.ORDER,
            item=item,
            plant=plant,
            quantity=good,
            left=good,
            available=None,
            ready=ready,
            output_of=name,
            batch=order.batch,
        )
        ledger.add(main)
        self._surplus[item, plant].append(main)
        return [main, *add_co_products(ledger, self._exploder, order, good, ready)]

    def _pieces(self, routing: Routing, item: str, good: Fraction) -> Entering:
        """What enters an order of so many good pieces; worked out once for equal orders."""
        key = (routing.id, item, good.numerator, good.denominator)
        if key not in self._entering:
            times = self._catalogue.durations.of(routing)
            precision = self._catalogue.units.precision(item)
            start = ceiling(good * times.start_pieces, precision)
            self._entering[key] = start, planned_pieces(times, good, precision)
        return self._entering[key]

    def _components(self, chosen: Chosen, plant: str) -> tuple[Component, ...]:
        if chosen.bom is None:
            return ()
        return self._exploder.components(chosen.bom, plant, chosen.start)

    def _not_before(
        self, chosen: Chosen, due: int, kept: Replenishment | None, plant: str
    ) -> datetime | None:
        """Earliest start of a new order: validity, release fence, how far ahead work is done."""
        now = self._catalogue.now
        limits = [chosen.not_before or now]
        if chosen.bom is not None:
            limits.append(self._exploder.settled(chosen.bom, plant, chosen.start))
        if kept is not None and kept.release_fence is not None:
            limits.append(now + int(kept.release_fence.total_seconds()))
        latest = min(chosen.starts, default=due)
        ahead = [self._policy.release_early, kept.work_ahead if kept is not None else None]
        # Working ahead less than the work takes would only make it late.
        limits += [min(latest, due - int(a.total_seconds())) for a in ahead if a is not None]
        start = max(limits)
        return self._catalogue.clocks.moment(start) if start > now else None

    def _ask(
        self,
        order: Order,
        components: Sequence[Component],
        starts: Sequence[int],
        shift: int,
        served: Sequence[Want],
    ) -> None:
        """The order's components are wanted at the steps that use them."""
        routing = order.routing
        position = self._catalogue.durations.of(routing).position if routing else {}
        first = min(starts, default=0)
        rank = min(w.rank for w in served)
        owners = NOBODY
        if self.reservations:
            owners = frozenset({order.id}).union(*(w.owners for w in served))
        for component in components:
            quantity = component.needed(order.start_quantity)
            if not quantity:
                continue
            at = position.get(component.step or "")
            start = (first if at is None else starts[at]) + shift
            self._ledger.ask(
                component_want(
                    component,
                    order,
                    position,
                    quantity,
                    max(start, self._catalogue.now),
                    rank,
                    owners,
                )
            )


def day_start(catalogue: Catalogue, at: int, plant: str) -> int:
    """Start of the local day of a moment."""
    return catalogue.clocks.start_of(catalogue.clocks.day(at, plant), plant)


def share_out(ledger: Ledger, wants: Sequence[Want], supply: Sequence[Holding]) -> None:
    """Supply to the wants in their order; each is looked at until it is used up, or served."""
    at = 0
    for holding in supply:
        while holding.left and at < len(wants):
            want = wants[at]
            if want.left:
                part = least(holding.left, want.left)
                holding.left = less(holding.left, part)
                want.left = less(want.left, part)
                ledger.give(holding, want, part)
            if not want.left:
                at += 1


def forgive(wants: Sequence[Want], need: Fraction, policy: Policy) -> None:
    """What lots leave open within the tolerance is noise of representation, and no need."""
    rest = open_quantity(wants)
    if not rest or rest > need * Fraction(policy.lot_tolerance):
        return
    for want in wants:
        want.quantity -= want.left
        want.left = NOTHING


def calendar_ends(ledger: Ledger, error: CalendarEndsError) -> UnmakeableError:
    """A date is needed that a calendar was not given for: a finding, and no date."""
    last = error.known_until.isoformat()
    ledger.findings.add(
        "calendar.ends",
        f"calendars/{error.calendar}/known_until",
        f"Calendar {error.calendar} ends on {last}, but dates after it are needed.",
        "Extend the calendar, or give it as a weekly pattern.",
        effect="What needs it after that day gets no date.",
    )
    return UnmakeableError("calendar.ends", f"calendar {error.calendar} is only known until {last}")


def component_want(
    component: Component,
    order: Order,
    steps: Container[str],
    quantity: Fraction,
    start: int,
    rank: int,
    owners: frozenset[str],
) -> Want:
    """What an order wants of one component, at one of its ``steps``."""
    return Want(
        kind=NeedKind.ORDER,
        id=order.id,
        item=component.item,
        plant=component.plant,
        quantity=quantity,
        left=quantity,
        when=start + component.offset,
        rank=rank,
        batch=order.batch,
        owners=owners,
        step=component.step if component.step in steps else None,
        transfer_batch=component.transfer_batch,
        offset=component.offset,
        substitutes=component.substitutes,
    )
