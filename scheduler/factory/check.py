"""Check: every problem of a plant's data at once, in the planner's words, before planning.

Fed by a snapshot that has the right form (``parse``); read by ``solve``, the command ``check``
and the service. Operations that fit no open window are found by ``build``, which knows the hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.factory.checks import materials, orders, references, resources, stock
from scheduler.factory.checks.index import Index
from scheduler.findings import Findings

if TYPE_CHECKING:
    from scheduler.factory.snapshot import Snapshot

CHECKS = (
    references.duplicates,
    references.references,
    materials.units,
    materials.bills,
    materials.ways,
    materials.versions,
    materials.validity,
    materials.lots,
    stock.stock,
    stock.receipts_overdue,
    resources.time_zones,
    resources.calendars,
    resources.setup_matrices,
    resources.work_centres,
    resources.people,
    resources.customers,
    orders.routings,
    orders.lanes,
    orders.work_orders,
    orders.demands,
    orders.clashes,
)
"""Every check; each adds its findings."""


def check(snapshot: Snapshot) -> Findings:
    """All problems of the data.

    Costs about 10 µs a row. Errors name what gets no date, warnings what was assumed; a plan can be
    made in any case.
    """
    findings = Findings()
    index = Index(snapshot)
    for rule in CHECKS:
        rule(index, findings)
    findings.extend(materials.rings(index.structure))
    findings.extend(stock.stock_negative(snapshot))
    findings.extend(stock.receipts_incomplete(snapshot))
    return findings
