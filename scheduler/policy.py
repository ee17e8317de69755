"""Policy: every choice that two good planners make differently, named, with its default.

Fed by the caller; read by ``network``, ``build`` and the engines. Nothing here is plant data.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Level(StrEnum):
    """One level of the objective; levels are compared strictly in the order given."""

    PROMISED = "promised"
    """Σ weight · ticks past the promised date."""
    REQUESTED = "requested"
    """Σ weight · ticks past the requested date."""
    CHANGEOVER = "changeover"
    """Σ ticks of setup."""
    EARLINESS = "earliness"
    """Σ ticks between the start of an operation and the delivery it serves (work in progress)."""
    STABILITY = "stability"
    """Σ ticks by which operations start elsewhere than in the previous plan."""
    MAKESPAN = "makespan"
    """Last end of any operation."""


class Consume(StrEnum):
    """Which demand takes scarce stock first."""

    PRIORITY = "priority"
    """Promise held, then priority, then promised or requested date."""
    PROMISE_DATE = "promise_date"
    ORDER_DATE = "order_date"


class Alternatives(StrEnum):
    """How a machine is chosen among alternatives."""

    EARLIEST = "earliest"
    """The machine that ends the operation first."""
    PRIORITY = "priority"
    """The preferred machine while the order stays on time on it."""


class Policy(BaseModel):
    """How to plan.

    Durations of ``None`` mean "no limit".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    objective: tuple[Level, ...] = Field(
        (Level.PROMISED, Level.REQUESTED, Level.CHANGEOVER, Level.EARLINESS, Level.STABILITY),
        description="Levels of the objective, strictly ordered.",
    )
    wait_for_supply: timedelta | None = Field(
        timedelta(0),
        description="How much later than needed a confirmed receipt may arrive and still be waited "
        "for instead of making or buying new. None: always wait.",
    )
    consume: Consume = Field(
        Consume.PRIORITY, description="Which demand takes scarce supply first."
    )
    alternatives: Alternatives = Field(
        Alternatives.EARLIEST, description="How a machine is chosen."
    )
    lot_tolerance: Decimal = Field(
        Decimal("1e-9"),
        description="Part of a lot that is noise of representation, not need.",
    )
    release_early: timedelta | None = Field(
        None,
        description="Earliest start of an order before its due date. None: as soon as possible.",
    )
    grouping_window: timedelta = Field(
        timedelta(0), description="Net needs of one item within this window are made in one order."
    )
    tick: timedelta = Field(timedelta(minutes=1), description="Resolution of the plan.")
    horizon: timedelta | None = Field(
        None,
        description="How far after now to plan. None: as far as the work needs, up to 20 years.",
    )
    whole_model_operations: int = Field(
        500, description="Plans of up to this many operations are solved by the whole CP-SAT model."
    )
    improve_locally: bool = Field(
        default=True, description="Let the search improve the dispatched plan."
    )
