"""The clock: the one place that reads it.

Everything else takes ``now`` as an argument, so that a quote, a plan or a test can be repeated with
the time it was made at. Read by the processes and commands, once per request.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """Aware, in UTC, with microseconds."""
    return datetime.now(UTC)
