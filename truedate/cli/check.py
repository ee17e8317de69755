"""``truedate check FILE``: every problem of the data, before planning it."""

from __future__ import annotations

from scheduler.findings import Findings, Severity
from truedate.cli.answers import Answers
from truedate.cli.exits import Code, answered
from truedate.cli.reading import AsJson, PlantFile, read_plant


@answered
def check(file: PlantFile, as_json: AsJson = False) -> Code:
    """List every problem of the data, with what it does and what to do. Plans nothing.

    Ends with 2 when something cannot be planned.
    """
    from truedate.kernel_cache import use_kernel_cache

    use_kernel_cache()
    from scheduler.solve import check as check_snapshot

    plant = read_plant(file)
    found = Findings()
    found.extend(plant.findings)
    found.extend(check_snapshot(plant.snapshot))
    bad = any(finding.severity is Severity.ERROR for finding in found)
    Answers(as_json=as_json).findings(found.items, status="bad_input" if bad else "ok")
    return Code.BAD_INPUT if bad else Code.FINE
