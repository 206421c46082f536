"""How help is laid out: commands under headings, and the page of the documentation for each."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup

from tariffsim.errors import DOCUMENTATION

COMMANDS_PAGE = f"{DOCUMENTATION}/reference/generated/commands.html"

HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "The law, and who says so": ("state", "diff", "timeline", "why", "log"),
        "What if": ("run", "compare", "undo", "nash"),
        "Show and explain a result": ("report", "explain", "sensitivity"),
        "Hold against what came": ("score", "forecasts", "agreements"),
        "Materials and tables": ("materials", "table"),
        "Write your own": ("new", "check", "schema"),
    }
)
"""What a newcomer asks, and the commands that answer it; all others come last."""
OTHERS = "More"


class Headed(TyperGroup):
    """A group that lists its commands under `HEADINGS`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands heading by heading."""
        del ctx
        return [name for _, names in _sections(list(self.commands)) for name in names]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write one section of help a heading."""
        room = formatter.width - 6 - max(map(len, self.commands))
        for heading, names in _sections(list(self.commands)):
            # A width that is the same in every section keeps the columns in line.
            widest = max(map(len, self.commands))
            found = [(name, self.get_command(ctx, name)) for name in names]
            rows = [
                (name.ljust(widest), command.get_short_help_str(room))
                for name, command in found
                if command is not None and not command.hidden
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)


def _sections(names: Sequence[str]) -> list[tuple[str, list[str]]]:
    placed = {name for own in HEADINGS.values() for name in own}
    found = [(heading, [n for n in own if n in names]) for heading, own in HEADINGS.items()]
    found.append((OTHERS, [name for name in names if name not in placed]))
    return [(heading, own) for heading, own in found if own]


def paths(app: typer.Typer) -> dict[tuple[str, ...], Any]:
    """Find every command, and every group of commands, under the words that call it."""
    found: dict[tuple[str, ...], Any] = {(str(one.name),): one for one in app.registered_commands}
    for group in app.registered_groups:
        found[(str(group.name),)] = group
        inner = group.typer_instance.registered_commands if group.typer_instance else ()
        found |= {(str(group.name), str(one.name)): one for one in inner}
    return found


def address(words: Sequence[str] = ()) -> str:
    """Give the page of a command.

    Examples
    --------
    >>> address(("log", "add")).rpartition("/")[2]
    'commands.html#tariffsim-log-add'
    """
    return f"{COMMANDS_PAGE}#{'-'.join(('tariffsim', *words))}"


def called(app: typer.Typer, arguments: Sequence[str]) -> str:
    """Give the page of the command that a command line calls, as far as it can be told."""
    words = tuple(word for word in arguments if not word.startswith("-"))
    known = paths(app)
    return address(next((words[:n] for n in (2, 1) if words[:n] in known), ()))


def add_addresses(app: typer.Typer) -> None:
    """End the help of every command with the page of the documentation that holds it."""
    for words, command in paths(app).items():
        told = command.epilog if isinstance(command.epilog, str) else ""
        # The mark keeps the address on one line, however narrow the terminal.
        page = f"\b\nDocumentation:\n{address(words)}"
        command.epilog = "\n\n".join(part for part in (told.rstrip(), page) if part)
