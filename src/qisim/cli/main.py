"""The command line: finds the command that was typed, runs it, and turns errors into exit codes.

Exit codes: 0 done; 2 the input is wrong; 3 finished, but some runs failed; 130 interrupted, what was
finished is kept; 1 a fault of qisim itself.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from qisim.cli.options import INTERRUPTED, listed, said
from qisim.errors import InputError, QisimError, nearest_name
from qisim.stopping import done_with, listen

FAULT = 1
PLAIN = "qisim.plain"
PLAINER = {"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{HORIZONTAL ELLIPSIS}": "..."}
"""Replacements for characters that the output's encoding lacks, such as that of a pipe on Windows."""

DEBUG = "QISIM_DEBUG"
"""Environment variable: set, a fault of qisim shows its traceback."""

COMMANDS = {
    "list": ("listing", "list_command"),
    "show": ("listing", "show"),
    "new": ("listing", "new"),
    "check": ("listing", "check"),
    "factors": ("listing", "factors"),
    "schema": ("listing", "schema_command"),
    "run": ("running", "run"),
    "compare": ("running", "compare"),
    "explain": ("deciding", "explain"),
    "map": ("deciding", "map_command"),
    "flip": ("deciding", "flip"),
    "levers": ("deciding", "levers"),
    "worth": ("deciding", "worth"),
    "search": ("deciding", "search"),
    "robust": ("deciding", "robust"),
    "story": ("deciding", "story"),
    "claims": ("deciding", "claims"),
    "follow": ("deciding", "follow"),
    "trial": ("deciding", "trial"),
    "report": ("deciding", "report"),
    "calibrate": ("calibration", "calibrate"),
    "validate": ("validation", "validate"),
    "diff-model": ("versions", "diff_model"),
    "sweep": ("sweeping", "sweep"),
    "sensitivity": ("sensitivity", "sensitivity"),
    "reproduce": ("sweeping", "reproduce"),
    "app": ("app", "app"),
}
"""Each command's file in `qisim.cli` and its name there, in the order of the help page."""


class Commands(click.Group):
    """The commands, each fetched from its file when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, or None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        file, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"qisim.cli.{file}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed, or tell the nearest one."""
        nearest = nearest_name(args[0], COMMANDS)
        if args[0] not in COMMANDS and nearest:
            ctx.fail(f"No such command {args[0]!r}; did you mean {nearest!r}?")
        return super().resolve_command(ctx, args)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code; nobody ever sees a traceback for a wrong input."""
    codecs.register_error(PLAIN, plainer)
    warnings.formatwarning = plain_warning
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAIN)
    listen()
    try:
        code = exit_code(sys.argv[1:] if arguments is None else list(arguments))
        done_with(code)
    except KeyboardInterrupt:  # just before the end
        code = said("interrupted", INTERRUPTED)
    sys.exit(code)


def plain_warning(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> str:
    """Return a warning as a sentence for people, without the line of code that gave it."""
    return f"qisim: {message}\n"


def plainer(error: UnicodeError) -> tuple[str, int]:
    """Replace characters that the terminal (or file) cannot encode by plainer ones."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(PLAINER.get(character, "?") for character in text), error.end


def exit_code(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    try:
        return qisim.main(list(arguments), prog_name="qisim", standalone_mode=False) or 0
    except click.exceptions.Abort:
        return said("interrupted", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except InputError as error:
        return said(listed(error.problems), error.exit_code)
    except QisimError as error:
        return said(f"qisim: {error}", error.exit_code)
    except KeyboardInterrupt:
        return said("interrupted", INTERRUPTED)
    except (
        BrokenPipeError,
        SystemExit,
    ) as left:  # click exits like this when the reader of a pipe is gone
        if isinstance(left, SystemExit) and left.code != FAULT:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk behind standard output, and the like
        return said(f"qisim: {error.filename or 'output'}: {error.strerror or error}", FAULT)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return said(f"qisim has a fault of its own ({what}); {DEBUG}=1 shows where", FAULT)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(package_name="qisim", message="qisim %(version)s")
@click.option("--cite", is_flag=True, help="Show how to cite qisim and the study behind it.")
@click.pass_context
def qisim(context: click.Context, cite: bool) -> None:
    """Simulate how a quality-improvement programme is taken up in a nursing home or home-care service.

    To begin with: qisim compare external internal --out results/first
    """
    if cite:
        click.echo(citation())
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())


def citation() -> str:
    """Return how to cite the program and the study: in words, and as BibTeX; see CITATION.cff."""
    from importlib.metadata import version

    from qisim.model.evidence import STUDY

    return CITATION.replace("VERSION", version("qisim")).replace("STUDY", STUDY)


CITATION = """\
The qisim developers. qisim: how a quality-improvement programme is taken up in a nursing home or
home-care service, an agent-based model. Version VERSION.
The study behind it: STUDY.

@software{qisim,
  author = {{The qisim developers}},
  title = {qisim: how a quality-improvement programme is taken up in a nursing home or home-care
           service, an agent-based model},
  version = {VERSION},
  year = {2026}
}

@article{lyng2024,
  author = {Lyng, Hilda Bø and Ree, Eline and Strømme, Torunn and Johannessen, Terese and Aase, Ingunn
            and Ullebust, Berit and Thomsen, Line Hurup and Holen-Rabbersvik, Elisabeth
            and Schibevaag, Lene and Bates, David W. and Wiig, Siri},
  title = {Barriers and enablers for externally and internally driven implementation processes in
           healthcare: a qualitative cross-case study},
  journal = {BMC Health Services Research},
  volume = {24},
  pages = {528},
  year = {2024},
  doi = {10.1186/s12913-024-10985-2}
}"""
