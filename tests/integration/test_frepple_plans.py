"""Files of other systems, from bytes to a plan that holds every rule and the dates it gives."""

import csv
from pathlib import Path

import pytest

from integration.formats import read_path
from scheduler.factory import Snapshot
from scheduler.findings import Finding
from scheduler.solve import Plan, plan
from tests.conformance.plants import undated
from scheduler.validate import validate

pytestmark = [pytest.mark.shared, pytest.mark.slow]

REFERENCE_LATE_HOURS = 2652
"""Sum of the reference plan of manufacturing_demo, which ours stays below."""
EXAMPLES = {
    # file: demands, of these late, whatever the plan
    "alternate-materials": 4,
    "calendar-working-hours": 1,
    "demand-policies": 6,
    "demand-priorities": 12,
    "make-to-order": 12,
    "operation-alternate": 3,
    "operation-autofence": 2,
    "operation-dependency": 2,
    "operation-posttime": 4,
    "operation-routing": 1,
    "operation-type": 4,
    "resource-alternate": 3,
    "resource-efficiency": 2,
    "resource-skills": 4,
    "resource-tool": 35,
    "resource-type": 3,
    "supplier-capacity": 4,
    "transfer-batch": 2,
}
