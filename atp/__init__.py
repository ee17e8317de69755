"""Promises: quote, hold, commit and replan, with plans as immutable versions."""

__part_of__ = "truedate"
