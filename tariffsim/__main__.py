"""The door from the shell: runs the command line and turns errors into exit codes.

0 done; 1 ran, but a declared check failed; 2 usage or bad input; 3 a model did not converge;
130 interrupted.
"""

import errno
import gc
import os
import sys

from tariffsim.errors import FAULTS_PAGE, TariffsimError


def main() -> None:
    """Run the command line, and leave with its exit code."""
    # Nothing here multiplies matrices on several threads, and starting them costs time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A command holds on to nearly all that it makes; looking through it again and again for what
    # could be freed took a fiftieth of a run, and found nothing of size.
    gc.set_threshold(200_000, 20, 100)
    try:
        from tariffsim.cli import app
        from tariffsim.cli.help import called

        app(prog_name="tariffsim", standalone_mode=True)
    except TariffsimError as error:
        if "--debug" in sys.argv:
            raise
        _say(str(error), called(app, sys.argv[1:]))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        # What the system refuses by name is a path that was given, not the output.
        if error.filename is not None:
            text = f"{error.filename}: {error.strerror}; name another file or folder"
            _say(text, called(app, sys.argv[1:]))
            sys.exit(2)
        _leave_on(error)
    except SystemExit as stop:
        # The command line library turns a closed pipe into exit code 1, which here has a meaning.
        if isinstance(stop.__context__, OSError):
            _leave_on(stop.__context__)
        if _misused(stop.__context__):
            print(f"see {called(app, sys.argv[1:])}", file=sys.stderr)
        _flushed()
        raise


def _misused(error: BaseException | None) -> bool:
    """Tell a usage error, whichever copy of the command line library raised it."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    # No arguments at all show the help, which has the address.
    return "UsageError" in kinds and "NoArgsIsHelpError" not in kinds


def _say(text: str, page: str) -> None:
    """Print an error and the page that helps: faults of files have their own."""
    lines = text.splitlines()
    placed = any("error: " in line for line in lines)
    print(text if placed else "\n".join(f"error: {line}" for line in lines), file=sys.stderr)
    print(f"see {FAULTS_PAGE if placed else page}", file=sys.stderr)


def _flushed() -> None:
    """Write out what is still held back, while its failure can still be told."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _leave_on(error)


def _leave_on(error: OSError) -> None:
    """Leave quietly where the reader went away, as `head` does; else say what could not be done."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())  # type: ignore[union-attr]
    if error.errno == errno.EPIPE:
        sys.exit(0)
    print(
        f"error: output could not be written: {error.strerror}; free some space, or write "
        "elsewhere",
        file=sys.stderr,
    )
    sys.exit(2)


if __name__ == "__main__":
    main()
