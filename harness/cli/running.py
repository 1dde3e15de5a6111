"""Running the command line: the one place where errors become words and exit codes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from harness.cli.group import PipeClosedError, labs
from harness.exit_codes import ExitCode
from setup.errors import LabsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.app import App


def run(arguments: Sequence[str] | None = None, app: App | None = None) -> int:
    """Run ``labs`` with ``arguments`` (those of the process by default); the exit code.

    A bug is not caught: it ends with its traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 is no reason to fail
    try:
        code = _call(arguments, app)
        sys.stdout.flush()
    except (BrokenPipeError, PipeClosedError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at its end
        return ExitCode.PIPE_CLOSED
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("\nlabs: interrupted\n")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except LabsError as error:
        return _tell(error)
    except OSError as error:
        return _tell(_mendable(error))
    return code


def _call(arguments: Sequence[str] | None, app: App | None) -> int:
    try:
        code = labs.main(arguments, prog_name="labs", standalone_mode=False, obj=app)
    except SystemExit as leaving:  # a verb's exit code; stdout is still to be flushed
        code = leaving.code
    return code if isinstance(code, int) else ExitCode.DONE


def _mendable(error: OSError) -> LabsError:
    from harness.store import mendable

    known = mendable(error)
    if known is None:
        raise error
    return known


def _tell(error: LabsError) -> int:
    from harness.output.terminal import printable

    sys.stderr.write(f"labs: {printable(error.what)}\n")
    if error.fix:
        sys.stderr.write(f"      {printable(error.fix)}\n")
    return error.code
