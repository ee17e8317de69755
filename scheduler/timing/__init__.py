"""Timing: the one owner of when an operation starts and ends. Compiled by numba on first use, or by
``warm``.

An operation that finds no place before ``problem.end`` starts and ends there, on slot −1: it has no
date.
"""

from scheduler.timing.decoding import decode, retime

__all__ = ["decode", "retime"]
