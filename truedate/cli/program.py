"""The program: its commands, its version, its exit codes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from truedate.cli import (
    check,
    demo,
    explain,
    frepple,
    plan,
    quote,
    template,
    validate,
    warm,
)
from truedate.cli.exits import HELP

app = typer.Typer(
    name="truedate",
    help="Delivery dates a plant can keep: plans a plant's file and says when each order can ship.",
    epilog=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    # A traceback is for us; with local variables it would print the plant's data.
    pretty_exceptions_enable=False,
)
importing = typer.Typer(help="Convert the file of another system.", rich_markup_mode=None)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"truedate {version('truedate')}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """Delivery dates a plant can keep: plans a plant's file and says when each order can ship."""


for name, command in (
    ("demo", demo.demo),
    ("template", template.template),
    ("warm", warm.warm),
    ("check", check.check),
    ("plan", plan.plan),
    ("validate", validate.validate),
    ("quote", quote.quote),
    ("explain", explain.explain),
):
    app.command(name, epilog=HELP)(command)
importing.command("frepple", epilog=HELP)(frepple.frepple)
app.add_typer(importing, name="import")


def main() -> None:
    """Entry point of the command ``truedate``."""
    for stream in (sys.stdout, sys.stderr):
        # An order number in Greek must not end a plan on a terminal that is set to ASCII.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
