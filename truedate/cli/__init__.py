"""The command line: one file per command; what is heavy is imported when a command runs."""

from truedate.cli.program import app, main

__all__ = ["app", "main"]
