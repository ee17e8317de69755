"""Plants, customers, suppliers, and the systems the data came from."""

from __future__ import annotations

from scheduler.factory.values import NO_TIME, Duration, Ident, Instant, LeadTime, Part


class Plant(Part):
    """A site with its own time zone, calendar and stock."""

    id: Ident
    name: str = ""
    time_zone: str = "UTC"
    """IANA name; every day of this plant is a day of this zone."""
    calendar: Ident | None = None
    """Hours of machines and people that have none of their own. Absent: always open."""
    site_calendar: Ident | None = None
    """Hours outside which nothing is worked here, whatever calendars machines have. Absent: no such
    limit.
    """
    receiving_calendar: Ident | None = None
    """When goods are received, and which days are working days of lead times. Absent: the plant's
    calendar.
    """
    shipping_calendar: Ident | None = None
    """When goods leave. Absent: at any time."""
    dock_time: LeadTime = NO_TIME
    """From finished to ready at the dock."""
    frozen: Duration | None = None
    """Operations planned to start this soon stay where they are. Absent: nothing is frozen."""
    currency: str = ""


class Customer(Part):
    """Somebody who orders."""

    id: Ident
    name: str = ""
    parent: Ident | None = None
    """Absent: stands alone."""
    customer_class: Ident | None = None
    """For confirmation policies. Absent: its parent's."""


class Supplier(Part):
    """Somebody we order from."""

    id: Ident
    name: str = ""
    calendar: Ident | None = None
    """Days on which it works. Absent: every day."""


class Source(Part):
    """A system the data came from."""

    id: Ident
    as_of: Instant
    """How fresh its data is."""
    version: str = ""
