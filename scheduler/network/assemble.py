"""Assemble: the ledger of the last pass as the network that others read. Fed by ``planning``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.network.model import Need, NeedKind, Network, Peg, Shortage, Supply

if TYPE_CHECKING:
    from fractions import Fraction

    from scheduler.findings import Findings
    from scheduler.network.given_up import GivenUp
    from scheduler.network.ledger import Holding, Ledger, Want
    from scheduler.network.wanted import Wanted


def assemble(ledger: Ledger, wanted: Wanted, given_up: GivenUp, findings: Findings) -> Network:
    """The network of the last pass."""
    needs = _needs(ledger)
    undated: dict[str, str] = {}
    for name, (code, reason) in wanted.reasons.items():
        undated[name] = f"{code}: {reason}"
    shortages = []
    for lack in ledger.lacks:
        want = lack.want
        code, reason = lack.code, lack.reason
        if want.kind is NeedKind.DEMAND:
            code, reason = given_up.demands.get(want.id, (code, reason))
            undated.setdefault(want.id, f"{code}: {reason}")
        elif want.rank < 0:
            continue
        shortages.append(Shortage(needs[id(want), want.item], lack.quantity, reason, code))
    return Network(
        demands=wanted.demands,
        remaining=wanted.remaining,
        orders=ledger.orders,
        supplies={h.id: _supply(ledger, h) for h in ledger.holdings.values()},
        pegs=_pegs(ledger, needs),
        shortages=tuple(shortages),
        undated=undated,
        findings=tuple(findings),
    )


def _supply(ledger: Ledger, holding: Holding) -> Supply:
    moment = ledger.catalogue.clocks.moment
    return Supply(
        id=holding.id,
        kind=holding.kind,
        item=holding.item,
        plant=holding.plant,
        quantity=holding.quantity,
        available=None if holding.available is None else moment(holding.available),
        output_of=holding.output_of,
        step=holding.step,
        ordered=None if holding.ordered is None else moment(holding.ordered),
        purchase=holding.purchase,
        lane=holding.lane,
        expires=None if holding.expires is None else moment(holding.expires),
        reserved_for=holding.reserved_for,
    )


def _needs(ledger: Ledger) -> dict[tuple[int, str], Need]:
    """One need per want and item that serves it (its own, or a substitute)."""
    needs: dict[tuple[int, str], Need] = {}
    for want in (*(w for _, w, _ in ledger.pegs), *(lack.want for lack in ledger.lacks)):
        if (id(want), want.item) in needs:
            continue
        needs[id(want), want.item] = _need(ledger, want, want.item, want.quantity)
        for item, quantity in want.replaced.items():
            needs[id(want), item] = _need(ledger, want, item, quantity)
    return needs


def _need(ledger: Ledger, want: Want, item: str, quantity: Fraction) -> Need:
    return Need(
        kind=want.kind,
        id=want.id,
        item=item,
        plant=want.plant,
        quantity=quantity,
        when=ledger.catalogue.clocks.moment(want.when),
        step=want.step,
        transfer_batch=want.transfer_batch,
        offset_seconds=want.offset,
    )


def _pegs(ledger: Ledger, needs: dict[tuple[int, str], Need]) -> tuple[Peg, ...]:
    """Pegs in the order they were made; several parts of one supply for one need are one peg."""
    sums: dict[tuple[str, int], Fraction] = {}
    who: dict[tuple[str, int], tuple[Holding, Want]] = {}
    for holding, want, quantity in ledger.pegs:
        key = (holding.id, id(want))
        if key in sums:
            sums[key] += quantity
            continue
        sums[key] = quantity
        who[key] = (holding, want)
    return tuple(
        Peg(holding.id, needs[id(want), holding.item], sums[key])
        for key, (holding, want) in who.items()
    )
