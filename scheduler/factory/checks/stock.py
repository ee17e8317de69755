"""Stock: balances, lots and receipts that are no supply, or not for whom they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.factory.checks.index import Index, amount, listed
from scheduler.factory.inventory import Receipt, ReceiptKind, StockStatus
from scheduler.findings import Findings

if TYPE_CHECKING:
    from scheduler.factory.snapshot import Snapshot


def stock_negative(snapshot: Snapshot) -> Findings:
    """Negative balances."""
    findings = Findings()
    for lot in snapshot.stock:
        if lot.quantity < 0:
            place = f"{lot.plant} {lot.location}".strip()
            findings.warn(
                "stock.negative",
                f"stock/{lot.item}@{lot.plant}/{lot.location or lot.lot or '-'}",
                f"The stock of {lot.item} in {place} is {amount(lot.quantity)}.",
                "Book what is missing, or count the place.",
                "It is taken off what the plant has elsewhere.",
            )
    return findings


def stock(index: Index, findings: Findings) -> None:
    """Lots that are over, or set aside for nobody."""
    snapshot = index.snapshot
    for lot in snapshot.stock:
        path = f"stock/{lot.item}@{lot.plant}/{lot.location or lot.lot or '-'}"
        until = lot.usable_until
        if until is not None and lot.quantity > 0 and index.end(until, lot.plant) <= index.now:
            findings.warn(
                "stock.expired",
                path,
                f"{amount(lot.quantity)} of {lot.item} in {lot.plant} were usable until {until}.",
                "Scrap the lot, or extend its date.",
                "It is no supply.",
            )
        if lot.status is StockStatus.RESERVED and lot.reserved_for is None:
            findings.add(
                "stock.reserved_for_nobody",
                path,
                f"{amount(lot.quantity)} of {lot.item} in {lot.plant} are reserved, but not"
                " for whom.",
                "Say for which demand or work order, or free the lot.",
                effect="It is no supply for anybody.",
            )
        _reserved(index, findings, path, lot.item, lot.reserved_for)
    for receipt in snapshot.receipts:
        _reserved(index, findings, f"receipts/{receipt.id}", receipt.item, receipt.reserved_for)
    for order in snapshot.work_orders:
        _reserved(index, findings, f"work_orders/{order.id}", order.item, order.reserved_for)


def _reserved(index: Index, findings: Findings, path: str, item: str, owner: str | None) -> None:
    if owner is None or owner in index.demands or owner in index.work_orders:
        return
    findings.warn(
        "stock.reserved_for_unknown",
        f"{path}/reserved_for",
        f"{item} is reserved for {owner}, which is neither a demand nor a work order here.",
        f"Add {owner}, or free what is reserved for it.",
        "It stays set aside, and nobody gets it.",
    )


def missing_of(receipt: Receipt) -> list[str]:
    """What a receipt lacks to be a supply, in words; empty when it is complete."""
    missing = []
    if receipt.plant is None:
        missing.append("plant")
    if receipt.due is None:
        missing.append("date")
    if receipt.kind is ReceiptKind.PURCHASE and receipt.supplier is None:
        missing.append("supplier")
    if receipt.kind is ReceiptKind.TRANSFER and receipt.from_plant is None:
        missing.append("plant it comes from")
    return missing


def receipts_incomplete(snapshot: Snapshot) -> Findings:
    """Receipts that say too little to count on."""
    findings = Findings()
    for receipt in snapshot.receipts:
        missing = missing_of(receipt)
        if missing:
            findings.add(
                "receipt.incomplete",
                f"receipts/{receipt.id}",
                f"Receipt {receipt.id} of {amount(receipt.quantity)} {receipt.item} has no"
                f" {listed(missing)}.",
                "Complete it where it was entered.",
                effect="It stays as it is and is no supply until it is complete.",
            )
    return findings


def receipts_overdue(index: Index, findings: Findings) -> None:
    """Receipts that should have been there."""
    for receipt in index.snapshot.receipts:
        if receipt.due is not None and index.end(receipt.due, receipt.plant) <= index.now:
            findings.warn(
                "receipt.overdue",
                f"receipts/{receipt.id}/due",
                f"Receipt {receipt.id} of {receipt.item} was due on {receipt.due} and is"
                " still open.",
                "Ask the supplier for a new date, or book it in.",
                "Planned as if it came now.",
            )
