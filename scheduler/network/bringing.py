"""Bringing: transfers from other plants, and what those must have for them.

Fed by the ledger; read by ``sourcing``. A want remembers the plants it is being brought to, so
that lanes in both directions do not run in a ring.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scheduler.findings import BeyondHorizonError
from scheduler.network.clocks import CalendarEndsError
from scheduler.network.ledger import Holding, Ledger, Want, open_quantity
from scheduler.network.lots import purchase_rule
from scheduler.network.making import (
    Failures,
    UnmakeableError,
    calendar_ends,
    forgive,
    share_out,
)
from scheduler.network.model import NeedKind, SupplyKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from scheduler.factory import TransferLane
    from scheduler.network.catalogue import Catalogue
    from scheduler.network.ways import Ways
    from scheduler.policy import Policy


class Bringing:
    """Transfers in one ledger."""

    def __init__(self, ledger: Ledger, ways: Ways, policy: Policy) -> None:
        self._ledger = ledger
        self._catalogue: Catalogue = ledger.catalogue
        self._ways = ways
        self._policy = policy

    def bring(self, wants: Sequence[Want], item: str, plant: str) -> Failures:
        """Transfers for what is open of ``wants``; the reasons for what could not be brought."""
        failures: Failures = {}
        for lane in self._catalogue.lanes(item, plant):
            # What lots bring too much is there for whoever wants it next at this plant.
            spare: dict[str, list[Holding]] = defaultdict(list)
            limits: dict[tuple[str, ...], Fraction | None] = {}
            for want in sorted(wants, key=lambda w: (w.when, w.rank, w.id)):
                if want.left <= 0 or lane.from_plant in (*want.path, plant):
                    continue
                try:
                    self._bring_over(want, item, plant, lane, spare, limits)
                except UnmakeableError as error:
                    failures[id(want)] = (error.code, error.reason)
        return failures

    def _bring_over(
        self,
        want: Want,
        item: str,
        plant: str,
        lane: TransferLane,
        spare: dict[str, list[Holding]],
        limits: dict[tuple[str, ...], Fraction | None],
    ) -> None:
        """Bring what one want lacks.

        Parameters
        ----------
        spare
            By batch: what was brought and is not given to anybody yet.
        limits
            By path: what the sending plant can have; None for any amount.
        """
        # What is used up is dropped at once: thousands of wants may come this way.
        spare[want.batch] = left = [h for h in spare[want.batch] if h.left]
        share_out(self._ledger, [want], left)
        need = open_quantity([want])
        path = (*want.path, plant)
        if want.path not in limits:
            limits[want.path] = self._ways.reach(item, lane.from_plant, path)
        limit = limits[want.path]
        if limit is not None:
            need = min(need, limit)
            limits[want.path] = limit - need
        if need > 0:
            left += self._transfers([want], need, item, plant, lane, path)

    def _transfers(
        self,
        bucket: Sequence[Want],
        need: Fraction,
        item: str,
        plant: str,
        lane: TransferLane,
        path: tuple[str, ...],
    ) -> list[Holding]:
        """Transfers for one bucket, and what the sending plant must have for them."""
        now, lead_times = self._catalogue.now, self._catalogue.lead_times
        due = min(w.when for w in bucket)
        try:
            send = max(now, lead_times.latest_order_at(lane.lead_time, due, plant))
            there = lead_times.arrival_at(lane.lead_time, send, plant)
        except CalendarEndsError as error:
            raise calendar_ends(self._ledger, error) from error
        except BeyondHorizonError as error:
            raise UnmakeableError(
                "calendar.never_open", f"{plant} never receives: {error}"
            ) from error
        low, high = self._catalogue.span(lane.effective_from, lane.effective_to, plant)
        if not low <= send < high:
            reason = f"the lane from {lane.from_plant} to {plant} is not effective for {item}"
            raise UnmakeableError("lane.none_effective", reason)
        precision = self._catalogue.units.precision(item)
        rule = purchase_rule(precision, self._policy.lot_tolerance, lane)
        first = min(bucket, key=lambda w: w.rank)
        made = []
        for lot in rule.sizes(need):
            holding = Holding(
                id=self._ledger.new_id("TO", item, plant),
                kind=SupplyKind.TRANSFER,
                item=item,
                plant=plant,
                quantity=lot,
                left=lot,
                available=None,
                ready=there,
                lane=lane,
                batch=first.batch,
            )
            made.append(self._ledger.add(holding))
            share_out(self._ledger, bucket, [holding])
            self._ledger.ask(
                Want(
                    kind=NeedKind.TRANSFER,
                    id=holding.id,
                    item=item,
                    plant=lane.from_plant,
                    quantity=lot,
                    left=lot,
                    when=send,
                    rank=first.rank,
                    batch=first.batch,
                    owners=frozenset().union(*(w.owners for w in bucket)),
                    path=path,
                )
            )
        forgive(bucket, need, self._policy)
        return made
