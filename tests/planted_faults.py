"""Faults to plant in the package, and the laws that must not survive them.

A fault is a piece of a function's source and what stands there instead. It is planted by giving
the function the code of the changed source, so that whoever imported it runs the fault. Where
the source no longer holds the piece, planting fails: rewrite the fault for the new source.
"""

import ast
import contextlib
import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cached_property
from types import CodeType
from typing import Any, NamedTuple

from tariffsim.events import KINDS


class Fault(NamedTuple):
    """What goes wrong, where (``module:function`` below tariffsim), and the laws that notice."""

    says: str
    where: str
    piece: str
    instead: str
    laws: str
    kinds: str = ""  # of event whose meaning it breaks


@contextlib.contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Run the package with a fault in it."""
    function = _function(fault.where)
    sound = function.__code__
    function.__code__ = _faulty(function, fault)
    try:
        yield
    finally:
        function.__code__ = sound


def _function(where: str) -> Any:
    """Find a function, a method, a property's getter, or the handler of a kind of event."""
    module, _, path = where.partition(":")
    found: Any = importlib.import_module(f"tariffsim.{module}")
    path, _, kind = path.partition("@")
    for name in path.split("."):
        found = inspect.getattr_static(found, name)
    if kind:
        return found.dispatch(KINDS[kind])
    if isinstance(found, cached_property):
        return found.func
    return found.fget if isinstance(found, property) else getattr(found, "__func__", found)


def _faulty(function: Callable[..., Any], fault: Fault) -> CodeType:
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(fault.piece) != 1:
        raise LookupError(f"{fault.where} must hold {fault.piece!r} once; rewrite the fault")
    tree = ast.parse(source.replace(fault.piece, fault.instead))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list.clear()
    made: dict[str, Any] = {}
    exec(compile(tree, f"<{fault.says}>", "exec"), function.__globals__, made)
    code = made[definition.name].__code__
    assert isinstance(code, CodeType)
    return code
