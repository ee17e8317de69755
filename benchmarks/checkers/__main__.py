"""Check a schedule file: ``python -m benchmarks.checkers FILE schedule.csv [--format NAME]``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.checkers import check
from benchmarks.formats import Format


def main() -> int:
    """Print the verdict as JSON; 0 when the schedule holds."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.checkers", description="Check a schedule file."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("schedule", type=Path)
    parser.add_argument("--format", type=Format, choices=list(Format), help="detected when absent")
    asked = parser.parse_args()
    verdict = check(asked.file, asked.schedule, asked.format)
    print(
        json.dumps(
            {"holds": verdict.holds, "objective": verdict.objective, "faults": verdict.faults[:20]}
        )
    )
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
