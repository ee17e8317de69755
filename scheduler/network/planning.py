"""Planning a network: every pool of items is netted once, from what is sold to what is bought.

Fed by the snapshot and the policy. A demand whose components cannot be had is planned again
without new supply, so that what it would have used is there for others; it gets no date, and its
reason is kept.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING

from scheduler.factory.checks.materials import rings
from scheduler.factory.checks.stock import receipts_incomplete, stock_negative
from scheduler.findings import BeyondHorizonError, Findings
from scheduler.network.assemble import assemble
from scheduler.network.catalogue import Catalogue
from scheduler.network.clocks import CalendarEndsError
from scheduler.network.existing import Existing
from scheduler.network.explode import Exploder, ExplosionError
from scheduler.network.given_up import GivenUp
from scheduler.network.ledger import Ledger, Want
from scheduler.network.making import Making, component_want
from scheduler.network.model import NeedKind, Network, Order
from scheduler.network.netting import serve
from scheduler.network.safety import missing
from scheduler.network.sourcing import Sourcing
from scheduler.network.wanted import Wanted
from scheduler.policy import Policy

if TYPE_CHECKING:
    from scheduler.factory import Snapshot

GENTLE_PASSES = 8
"""Passes that give up one demand per blocked order, and try again; later ones give up all."""


def build_network(
    snapshot: Snapshot,
    policy: Policy | None = None,
    closed: frozenset[tuple[str, str]] = frozenset(),
) -> Network:
    """Demands, what serves them, and what has to be made, bought and moved for it.

    ``closed`` are routings, each with a demand that nothing is made for by it, as long as there is
    another.

    Never raises for the plant's data: what cannot be planned is named in ``undated``,
    ``shortages`` and ``findings``. The same snapshot and policy give the same network.
    """
    policy = policy or Policy()
    catalogue = Catalogue(snapshot)
    exploder = Exploder(catalogue)
    wanted = Wanted(catalogue, exploder, policy)
    given_up = GivenUp()
    closed_ranks = frozenset((r, wanted.rank[d]) for r, d in closed if d in wanted.rank)
    run = _last_run(catalogue, exploder, wanted, policy, given_up, closed_ranks)
    findings = Findings()
    for source in (
        rings(catalogue.structure),
        stock_negative(snapshot),
        receipts_incomplete(snapshot),
        run.findings,
    ):
        findings.extend(source)
    given_up.note_orders(findings)
    return assemble(run.ledger, wanted, given_up, findings)


def _last_run(
    catalogue: Catalogue,
    exploder: Exploder,
    wanted: Wanted,
    policy: Policy,
    given_up: GivenUp,
    closed: frozenset[tuple[str, int]],
) -> Run:
    """Passes until everything in the network can be carried out; what cannot is in ``given_up``."""
    for number in count():
        run = Run(catalogue, exploder, wanted, policy, given_up)
        run.making.closed = closed
        run.net()
        gently = number < GENTLE_PASSES
        if given_up.add_blocked(run.ledger, gently=gently):
            continue
        if not gently or not given_up.try_again(run.ledger, wanted.rank):
            return run
    raise AssertionError("every pass gives something up, or is the last")


class Run:
    """One pass over all pools."""

    def __init__(
        self,
        catalogue: Catalogue,
        exploder: Exploder,
        wanted: Wanted,
        policy: Policy,
        given_up: GivenUp,
    ) -> None:
        self.findings = Findings()
        snapshot = catalogue.snapshot
        self.ledger = Ledger(catalogue, self.findings, _identifiers(snapshot))
        self._catalogue = catalogue
        self._wanted = wanted
        self._policy = policy
        self._given_up = given_up
        self._existing = Existing(
            catalogue, exploder, self.findings, wanted.remaining, frozenset(given_up.orders)
        )
        self.making = Making(self.ledger, exploder, policy)
        self.making.reservations = _reserves(snapshot)
        self._sourcing = Sourcing(self.ledger, exploder, self.making, policy)
        self._released: set[tuple[str, str]] = set()
        self._kept = {(r.item, r.plant): r for r in reversed(snapshot.replenishments)}
        self._last_rank = len(wanted.demands)
        wait = policy.wait_for_supply
        self._wait = None if wait is None else int(wait.total_seconds())

    def net(self) -> None:
        """Demands and work orders first, then safety stock."""
        self._existing.put(self.ledger)
        self._ask_for_negatives()
        for want in self._wanted.wants(frozenset(self._given_up.demands)):
            self.ledger.ask(want)
        for item, plant in self._existing.work_orders:
            self.ledger.visit(item, plant)
        self._work_off(safety=False)
        for (item, plant), kept in self._kept.items():
            if (kept.safety_stock or kept.safety_levels) and plant in self._catalogue.plants:
                self.ledger.visit(item, plant)
        self._work_off(safety=True)

    def _ask_for_negatives(self) -> None:
        """A negative balance is used up already: it takes before anybody else."""
        for (item, plant), quantity in self._existing.negative.items():
            self.ledger.ask(
                Want(
                    NeedKind.SAFETY,
                    f"{item}@{plant}",
                    item,
                    plant,
                    quantity,
                    quantity,
                    self._catalogue.now,
                    rank=-1,
                    new=False,
                )
            )

    def _work_off(self, *, safety: bool) -> None:
        while (following := self.ledger.following()) is not None:
            pool, plant, wants = following
            self._net_pool(wants)
            items = {pool, *(i for i, p in self._catalogue.structure.pools.items() if p == pool)}
            for item in sorted(items):
                self._release_work_orders(item, plant)
                if safety:
                    self._keep_safety(item, plant)

    def _net_pool(self, wants: list[Want]) -> None:
        if not wants:
            return
        serve(self.ledger, wants, self._wait, self._sourcing.earliest)
        by_item: dict[tuple[str, str], list[Want]] = {}
        for want in wants:
            if want.left:
                by_item.setdefault((want.item, want.plant), []).append(want)
        for (item, plant), open_wants in sorted(by_item.items()):
            self._sourcing.supply(open_wants, item, plant)

    def _release_work_orders(self, item: str, plant: str) -> None:
        """Work orders of an item ask for their material once it is known whom they are for."""
        if (item, plant) in self._released:
            return
        self._released.add((item, plant))
        for order in self._existing.work_orders.get((item, plant), []):
            users = self.ledger.users.get(order.id, [])
            self._release(order, [want for want in users if want.rank >= 0])

    def _release(self, order: Order, users: list[Want]) -> None:
        now = self._catalogue.now
        when = min((w.when for w in users), default=self._due(order))
        self.ledger.orders[order.id] = replace(
            order, need=self._catalogue.moment(when) if users or self._has_due(order) else None
        )
        starts = self._starts(order, when)
        shift = max(0, now - min(starts, default=now))
        rank = min((w.rank for w in users), default=self._last_rank)
        owners = frozenset({order.id}).union(*(w.owners for w in users))
        position = {s.id: i for i, s in enumerate(order.routing.steps)} if order.routing else {}
        try:
            for component, quantity in self._existing.components(order):
                at = position.get(component.step or "")
                start = min(starts, default=now) if at is None else starts[at]
                want = component_want(
                    component, order, position, quantity, max(now, start + shift), rank, owners
                )
                self.ledger.ask(want)
        except ExplosionError as error:
            self.findings.add(
                error.code,
                error.path,
                f"Work order {order.id}: {error.reason}.",
                error.remedy,
                effect="It is planned without its material.",
            )

    @staticmethod
    def _has_due(order: Order) -> bool:
        source = order.work_order
        return source is not None and (source.due is not None or source.planned_end is not None)

    def _due(self, order: Order) -> int:
        """Own date of a work order nobody waits for."""
        source = order.work_order
        moment = None if source is None else source.due or source.planned_end
        if moment is None:
            return self._catalogue.now
        return max(self._catalogue.now, self._catalogue.clocks.at(moment, order.plant, end=True))

    def _starts(self, order: Order, when: int) -> list[int]:
        if order.routing is None:
            return []
        try:
            return self._catalogue.durations.latest_starts(
                order.routing, when, order.quantity, order.step_quantity
            )
        except (CalendarEndsError, BeyondHorizonError):
            return []

    def _keep_safety(self, item: str, plant: str) -> None:
        kept = self._kept.get((item, plant))
        if kept is None:
            return
        name = f"{item}@{plant}"
        probe = Want(
            NeedKind.SAFETY, name, item, plant, Fraction(1), Fraction(1), self._catalogue.now, 0
        )
        ready = self._sourcing.earliest(probe)
        wants = missing(self.ledger, kept, ready, self._last_rank + 1)
        for want in wants:
            want.new = name not in self._given_up.safety
        if wants:
            self._sourcing.supply(wants, item, plant)


def _identifiers(snapshot: Snapshot) -> frozenset[str]:
    """Identifiers of the sources, which are never used for something new."""
    rows = (snapshot.work_orders, snapshot.receipts, snapshot.demands)
    return frozenset(row.id for part in rows for row in part)


def _reserves(snapshot: Snapshot) -> bool:
    """Whether anything is reserved for anybody."""
    rows = (snapshot.stock, snapshot.receipts, snapshot.work_orders)
    return any(row.reserved_for is not None for part in rows for row in part)
