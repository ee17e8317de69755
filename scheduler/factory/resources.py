"""What work is done with: work centres, machines, labour pools, tools, setup matrices."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from scheduler.factory.calendars import Downtime
from scheduler.factory.values import Duration, Ident, Moment, Part, Positive, Quantity


class WorkCentre(Part):
    """A group of machines that can do the same work."""

    id: Ident
    plant: Ident
    name: str = ""
    calendar: Ident | None = None
    """Hours of its machines that have none of their own. Absent: the plant's."""


class MachineKind(StrEnum):
    """How a machine takes operations."""

    SINGLE = "single"
    """One at a time."""
    MULTIPLE = "multiple"
    """``capacity`` at a time, each for itself, as on so many identical machines."""
    BATCH = "batch"
    """Several of one family start and end together, up to ``capacity`` pieces (an oven)."""
    UNLIMITED = "unlimited"
    """Any number at a time."""


class Machine(Part):
    """A machine, line, bench or place."""

    id: Ident
    plant: Ident
    name: str = ""
    work_centre: Ident | None = None
    """Absent: named by routings only."""
    kind: MachineKind = MachineKind.SINGLE
    capacity: Positive = Decimal(1)
    """Operations at a time (multiple) or pieces in one batch (batch); 1 otherwise."""
    calendar: Ident | None = None
    """Absent: the work centre's, else the plant's."""
    efficiency: Positive = Decimal(1)
    """1 is standard, 0.5 takes twice as long."""
    setup_matrix: Ident | None = None
    """Changeovers of this machine. Absent: the general matrix of the plant, where there is one."""
    setup_state: Ident | None = None
    """Family it is set up for now. Absent: not known; the first setup takes what ``from_family``
    absent says.
    """
    setup_interruptible: bool = True
    """A changeover may be interrupted by closed time."""
    setup_pool: Ident | None = None
    """Pool whose people do the changeovers. Absent: nobody is needed."""
    setup_people: Positive = Decimal(1)
    downtimes: tuple[Downtime, ...] = ()
    cost_per_hour: Quantity | None = None
    work_ahead: Duration | None = None
    """Capacity is used at most this long before the order is due. Absent: as early as can be."""


class Changeover(Part):
    """Time from one setup family to another."""

    from_family: Ident | None = None
    """Absent: from any family, or from an unknown state, that no other line names."""
    to_family: Ident | None = None
    """Absent: to any family that no other line names."""
    time: Duration


class SetupMatrix(Part):
    """Changeover times between families; 0 from a family to itself and where no line says."""

    id: Ident
    plant: Ident | None = None
    """General matrix of that plant's machines that name none. Absent: only for machines that name
    it.
    """
    changeovers: tuple[Changeover, ...] = ()


class SkillLevel(Part):
    """A person has a skill."""

    skill: Ident
    priority: int = 1
    """Lower is preferred."""
    effective_from: Moment | None = None
    effective_to: Moment | None = None


class Worker(Part):
    """A person who is planned by name."""

    id: Ident
    skills: tuple[SkillLevel, ...] = ()
    efficiency: Positive = Decimal(1)
    calendar: Ident | None = None
    """Absent: the pool's."""
    downtimes: tuple[Downtime, ...] = ()


class LabourPool(Part):
    """People; counted, or planned by name when ``members`` lists them."""

    id: Ident
    plant: Ident
    name: str = ""
    people: Quantity = Decimal(1)
    """How many when open; a calendar rule's ``level`` takes its place. Not read when ``members`` is
    given.
    """
    skills: dict[str, int] = Field(default_factory=dict)
    """Skill → how many of the people have it. Not read when ``members`` is given."""
    members: tuple[Worker, ...] = ()
    calendar: Ident | None = None
    """Absent: the plant's."""
    downtimes: tuple[Downtime, ...] = ()


class Tool(Part):
    """A mould, fixture or gauge, of which there are ``count``."""

    id: Ident
    plant: Ident
    name: str = ""
    count: Positive = Decimal(1)
    calendar: Ident | None = None
    """Absent: always there."""
    downtimes: tuple[Downtime, ...] = ()
