"""Planning while somebody watches: progress on the terminal, and Ctrl-C that keeps the best so far.

The work runs in a thread of its own. A solver in the main thread would hold back the signal until
it returns, and the person who pressed Ctrl-C would think it was not heard.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from types import FrameType

    from scheduler.factory import Snapshot
    from scheduler.policy import Policy
    from scheduler.schedule import Schedule
    from scheduler.solve import Plan

Result = TypeVar("Result")
GLANCE_SECONDS = 0.1


@dataclass(slots=True)
class Watch:
    """What is known while the work runs; written by its thread, read by the terminal."""

    stop: threading.Event = field(default_factory=threading.Event)
    best: Schedule | None = None
    found: int = 0

    def better(self, schedule: Schedule) -> None:
        """Take note of a better schedule."""
        self.best = schedule
        self.found += 1


def run_plan(
    snapshot: Snapshot,
    *,
    seconds: float,
    seed: int,
    quiet: bool,
    policy: Policy | None = None,
) -> tuple[Plan, bool]:
    """A plan, and whether it was cancelled; a second Ctrl-C gives it up.

    Raises
    ------
    KeyboardInterrupt
        At the second Ctrl-C.
    """
    from truedate.kernel_cache import compile_kernels, compiled, use_kernel_cache

    folder = use_kernel_cache()
    if folder is not None and not compiled(folder):
        with _status(quiet=quiet) as tell:
            tell("compiling, which happens once")
            compile_kernels()
    from scheduler.solve import plan

    watch = Watch()
    words = _words_of(snapshot, watch, seconds)

    def work() -> Plan:
        return plan(
            snapshot,
            policy,
            seconds=seconds,
            seed=seed,
            progress=watch.better,
            cancelled=watch.stop.is_set,
        )

    with _listening(watch.stop), _status(quiet=quiet) as tell:
        made = in_thread(work, lambda: tell(words()))
    return made, watch.stop.is_set()


def in_thread(work: Callable[[], Result], glance: Callable[[], None]) -> Result:
    """The result of ``work``, or its exception; ``glance`` is called while it runs."""
    done: list[Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # handed on below, in the thread of the caller
            failed.append(error)

    thread = threading.Thread(target=run, name="planning", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(GLANCE_SECONDS)
        glance()
    if failed:
        raise failed[0]
    return done[0]


@contextmanager
def _listening(stop: threading.Event) -> Iterator[None]:
    """First Ctrl-C: ``stop`` is set. Second: KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def heard(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before: Any = signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _status(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line on the terminal that is written over; nothing where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda _line: None
        return
    from rich.console import Console

    with Console(stderr=True, highlight=False, markup=False).status("reading") as status:
        yield status.update


def _words_of(snapshot: Snapshot, watch: Watch, seconds: float) -> Callable[[], str]:
    """Says how far the work is: time, better plans so far, and when the best one ends."""
    from scheduler.build import horizon_of
    from scheduler.pictures.words import home_zone, moment
    from scheduler.policy import Policy

    # Only its origin is read, so any length will do.
    horizon = horizon_of(snapshot, timedelta(days=1), Policy())
    zone, begun = home_zone(snapshot), monotonic()

    def words() -> str:
        clock = f"{monotonic() - begun:.0f} of {seconds:.0f} s"
        if watch.stop.is_set():
            return f"{clock} · finishing with the best plan so far (Ctrl-C again gives it up)"
        if watch.best is None:
            return f"{clock} · first plan"
        last = int(watch.best.end.max(initial=0))
        return f"{clock} · plan {watch.found} · all done {moment(horizon.moment(last), zone)}"

    return words
