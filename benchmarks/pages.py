"""The tables of ``docs/benchmarks.md``, one section per benchmark, and the results behind them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
PAGE = HERE.parent / "docs" / "benchmarks.md"
INSTANCES = HERE.parent.parent / "shared" / "data" / "benchmarks"
"""Where the public instances lie, beside the checkout; ``--data`` names another folder."""


def save(name: str, values: dict[str, Any]) -> Path:
    """Write ``benchmarks/results/<name>.json``, at once or not at all."""
    file = RESULTS / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    draft.replace(file)
    return file


def load(name: str) -> dict[str, Any] | None:
    """What :func:`save` wrote; None when there is nothing."""
    file = RESULTS / f"{name}.json"
    if not file.is_file():
        return None
    values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return values


def table(columns: list[str], rows: list[list[Any]]) -> str:
    """A Markdown table; None is shown as a dash."""

    def line(cells: list[Any]) -> str:
        return "| " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |"

    return "\n".join([line(columns), line(["---"] * len(columns)), *map(line, rows)])


def write_section(name: str, text: str, page: Path = PAGE) -> None:
    """Put ``text`` into the page's section ``name``, at the end when it is new."""
    old = page.read_text(encoding="utf-8")
    section = f"<!-- {name} -->\n\n{text.strip()}\n\n<!-- /{name} -->"
    found = re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- /{re.escape(name)} -->", re.DOTALL)
    new = found.sub(lambda _: section, old) if found.search(old) else f"{old.rstrip()}\n\n{section}"
    page.write_text(new.rstrip() + "\n", encoding="utf-8")
