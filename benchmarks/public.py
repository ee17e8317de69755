"""Claim: small public instances are solved to the known optimum in 30 s, and the checker agrees.

Runs ft06, la01 to la16 (those there are), mk03, mk08, kacem1 to kacem4 and the small online
printing shops: our scheduler and, in the same run, the plain CP-SAT model with two workers. Each
result is saved as it comes, so a run can be resumed; ``--fresh`` starts over. ``make bench
B=public``.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.checkers import Placed, check_rows
from benchmarks.formats import Format, text_of
from benchmarks.machine import in_words, machine
from benchmarks.pages import INSTANCES, load, save, table, write_section
from benchmarks.plain import solve_plain
from benchmarks.plain_printing import solve_printing
from benchmarks.readers import read
from benchmarks.solve import solve_instance

if TYPE_CHECKING:
    from collections.abc import Iterator

LAWRENCE = (1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 14, 16)
FILES = (
    "jsp/ft/ft06.txt",
    *(f"jsp/la/la{number:02}.txt" for number in LAWRENCE),
    "fjsp/mk/mk03.fjs",
    "fjsp/mk/mk08.fjs",
    *(f"fjsp/kacem/kacem{number}.fjs" for number in range(1, 5)),
)
"""Besides ``ops/small``. la16 has 100 operations; all others fewer than 230."""

COLUMNS = [
    "instance", "operations", "best known", "objective", "status", "CPU s", "checker",
    "plain CP-SAT", "status", "CPU s",
]  # fmt: skip


def best_known(data: Path) -> dict[str, tuple[str, str]]:
    """Lower and upper bound of each file, as far as published."""
    bounds: dict[str, tuple[str, str]] = {}
    with (data / "bounds.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            bounds.setdefault(row["file"], (row["lower_bound"], row["upper_bound"]))
    return bounds


def measure(file: Path, *, seconds: float, seed: int) -> dict[str, Any]:
    """Our scheduler and the plain model on one instance, one after the other."""
    instance = read(file)
    ours = solve_instance(instance, seconds=seconds, seed=seed)
    verdict = None
    if ours.rows is not None:
        verdict = check_rows(text_of(file), instance.format, [Placed(*row) for row in ours.rows])
    solve_it = solve_printing if instance.format is Format.PRINTING else solve_plain
    cpu = time.process_time()
    plain = solve_it(instance, seconds=seconds, seed=seed)
    return {
        "operations": instance.size,
        "seconds": seconds,
        "seed": seed,
        "ours": {**ours.as_dict(), "cpu_seconds": round(ours.cpu_seconds, 2)},
        "checker": _verdict(verdict, ours.objective),
        "plain": {
            "status": plain.status,
            "objective": plain.objective,
            "bound": plain.bound,
            "cpu_seconds": round(time.process_time() - cpu, 2),
        },
        "machine": machine(),
    }


def _verdict(verdict: Any, objective: int | None) -> str:
    if verdict is None:
        return "no schedule"
    if not verdict.holds:
        return f"refused: {verdict.faults[0]}"
    return "holds" if verdict.objective == objective else f"objective is {verdict.objective}"


def row_of(name: str, bounds: tuple[str, str], result: dict[str, Any]) -> list[Any]:
    """One line of the table."""
    low, high = bounds
    known = high if low == high else f"{low}–{high}"
    ours, plain = result["ours"], result["plain"]
    return [
        name, result["operations"], known or None, ours["objective"], ours["status"],
        ours["cpu_seconds"], result["checker"], plain["objective"], plain["status"],
        plain["cpu_seconds"],
    ]  # fmt: skip


def text_for(rows: list[list[Any]], *, seconds: float, seed: int) -> str:
    """The section of the page."""
    agreed = sum(row[6] == "holds" for row in rows)
    return "\n\n".join(
        (
            "## Public instances",
            f"{len(rows)} instances, {seconds:g} s each, seed {seed}; the checker accepts "
            f"{agreed}. Plain CP-SAT has two workers and runs after ours in the same process. "
            "No best-known values were at hand for the printing shops: there the exact CP-SAT "
            "model is the yardstick.",
            table(COLUMNS, rows),
            f"Run on: {in_words(machine())}.",
        )
    )


def run(data: Path, only: str, *, seconds: float, seed: int, fresh: bool) -> Iterator[list[Any]]:
    """Rows of the table, measured or read from an earlier run with the same time and seed."""
    bounds = best_known(data)
    printing = sorted((data / "ops" / "small").glob("*.json"))
    for name in (*FILES, *(f"ops/small/{file.name}" for file in printing)):
        if only not in name:
            continue
        key = f"public/{Path(name).stem}"
        result = None if fresh else load(key)
        if result is None or (result["seconds"], result["seed"]) != (seconds, seed):
            result = measure(data / name, seconds=seconds, seed=seed)
            save(key, result)
        yield row_of(Path(name).stem, bounds.get(name, ("", "")), result)


def main(words: list[str] | None = None) -> int:
    """Run what is missing, print and write the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.public")
    parser.add_argument("--data", type=Path, default=INSTANCES)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    parser.add_argument("--only", help="files whose path holds this")
    asked = parser.parse_args(words)
    if not asked.data.is_dir():
        print(
            f"The public instances are not in {asked.data.name}; name them with --data.",
            file=sys.stderr,
        )
        return 2
    rows = []
    for row in run(
        asked.data, asked.only or "", seconds=asked.seconds, seed=asked.seed, fresh=asked.fresh
    ):
        rows.append(row)
        print(*row, sep="\t", flush=True)
    if not asked.only:
        write_section("public", text_for(rows, seconds=asked.seconds, seed=asked.seed))
    return 0 if all(row[6] == "holds" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
