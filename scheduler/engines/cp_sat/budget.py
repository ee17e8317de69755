"""The budget of a solve: wall clock, deterministic time, and whether the caller has had enough."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class Budget:
    """Time that is left.

    Parameters
    ----------
    seconds
        Wall clock, building of models included.
    deterministic
        Solver's own measure of work, the same on every machine; None: only the wall clock counts.
    cancelled
        Asked now and then; True ends the solve.
    """

    seconds: float
    deterministic: float | None = None
    cancelled: Callable[[], bool] | None = None
    _begun: float = field(default_factory=time.monotonic)
    _cpu: float = field(default_factory=time.process_time)
    is_cancelled: bool = False

    @property
    def left(self) -> float:
        """Wall seconds left, never below 0."""
        return max(0.0, self.seconds - (time.monotonic() - self._begun))

    @property
    def spent(self) -> float:
        """CPU seconds of the process since the beginning."""
        return time.process_time() - self._cpu

    @property
    def over(self) -> bool:
        """Whether to stop now."""
        if not self.is_cancelled and self.cancelled is not None:
            self.is_cancelled = self.cancelled()
        return self.is_cancelled or self.left <= 0.0 or self.deterministic == 0.0

    def use(self, deterministic: float) -> None:
        """Take solver work from the budget."""
        if self.deterministic is not None:
            self.deterministic = max(0.0, self.deterministic - deterministic)
