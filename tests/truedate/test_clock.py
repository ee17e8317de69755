"""The clock is aware, and it is the only one."""

from datetime import timedelta

from truedate import clock


def test_now_is_in_utc_and_does_not_run_backwards() -> None:
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second
