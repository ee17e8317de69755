"""The JSON Schema of the snapshot is kept once, in the reference; `make golden` rewrites it."""

import json
import os

import pytest

from scheduler.factory.parse import snapshot_schema
from tests.conftest import ROOT

SCHEMA = ROOT / "docs" / "reference" / "snapshot.schema.json"


@pytest.mark.golden
def test_the_schema_is_the_one_in_the_reference() -> None:
    text = json.dumps(snapshot_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("TRUEDATE_GOLDEN") == "rewrite":
        SCHEMA.write_text(text, encoding="utf-8")
    assert SCHEMA.is_file(), "docs/reference/snapshot.schema.json is missing: run `make golden`"
    assert SCHEMA.read_text(encoding="utf-8") == text, "the schema changed: run `make golden`"
