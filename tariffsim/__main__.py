"""The door from the shell: runs the command line and turns errors into exit codes.

0 done; 1 ran, but a declared check failed; 2 usage or bad input; 3 a model did not converge;
130 interrupted.
"""

import os
import sys

from tariffsim.errors import TariffsimError


def main() -> None:
    """Run the command line."""
    from tariffsim.cli import app

    try:
        app(prog_name="tariffsim")
    except TariffsimError as error:
        if "--debug" in sys.argv:
            raise
        sys.stdout.flush()
        text = str(error)
        print(text if "error: " in text else f"error: {text}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Somebody closed the pipe, as `head` does; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
