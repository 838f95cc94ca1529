# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Say every field that leaves the sealed room, is stored or is told, from the types themselves.

.venv/bin/python scripts/data_flow.py [--write]     renew docs/privacy/data-flow.md
"""

from __future__ import annotations

import argparse
import ast
import collections.abc
import dataclasses
import enum
import inspect
import pkgutil
import sys
import types
import typing
from contextlib import suppress
from pathlib import Path

from fanlight.domain.moment import Moment
from fanlight.domain.parts import HourRow, Part, UnplacedRow
from fanlight.domain.report import Report
from fanlight.domain.revisit_report import RetentionReport
from fanlight.domain.revisit_series import Series
from fanlight.ports.audit import AuditEntry

PAGE = Path(__file__).resolve().parent.parent / "docs" / "privacy" / "data-flow.md"
GATES = {
    "What leaves the sealed room, and stays in memory": (Moment,),
    "What the ledger stores": (Part, HourRow, UnplacedRow),
    "What the re-visit series stores": (Series,),
    "What the audit log stores": (AuditEntry,),
    "What is told": (Report, RetentionReport),
}
"""The gates in the order in which data goes through them, with the types that pass."""
INTRODUCTION = """\
# Data flow

Made from the types by `.venv/bin/python scripts/data_flow.py --write`; a test holds the two
together, and another that none of the stored or told fields can hold a picture, an embedding or an
identifier of a person (`tests/privacy/test_schema.py`).

```
light -> [ sealed room: picture, embedding ] -> Moment -> ledger -> report
                     \\-> noised sums of a day -> ring of 8 days -> pair scalars -> report
```

A picture exists for the pixel lifetime, an embedding for the embedding lifetime; both are measured
and told by `fanlight count --json`. Track numbers exist in memory until the Moment is noted; they
are not stored. `card` and `aim` are there in set-up mode alone: a signed set-up card, and edges of
what stands still for the installer's page; neither is stored.
"""


@dataclasses.dataclass(frozen=True)
class Field:
    """One field: the type that has it, its name and what it can hold."""

    owner: str
    name: str
    holds: str
    leaves: tuple[object, ...]
    is_sequence: bool


def fields_of(roots: tuple[type, ...]) -> list[Field]:
    """Return every field that can be reached from the types, each type once."""
    found: list[Field] = []
    waiting, known = list(roots), set(roots)
    while waiting:
        owner = waiting.pop(0)
        hints = typing.get_type_hints(owner, _names(owner))
        for field in dataclasses.fields(owner):
            leaves = tuple(_leaves(hints[field.name]))
            inner = [leaf for leaf in leaves if dataclasses.is_dataclass(leaf)]
            sequence = _is_sequence(hints[field.name])
            found.append(
                Field(owner.__name__, field.name, _said(hints[field.name]), leaves, sequence)
            )
            new = [leaf for leaf in inner if leaf not in known]
            waiting += new
            known.update(new)
    return found


def as_page() -> str:
    """Return the page."""
    parts = [INTRODUCTION]
    for title, roots in GATES.items():
        rows = [f"| `{f.owner}` | `{f.name}` | {f.holds} |" for f in fields_of(roots)]
        parts.append(f"## {title}\n\n| type | field | holds |\n| --- | --- | --- |\n")
        parts[-1] += "\n".join(rows) + "\n"
    return "\n".join(parts)


def _leaves(hint: object) -> list[object]:
    """Return the plain types in a hint."""
    arguments = [each for each in typing.get_args(hint) if each is not Ellipsis]
    if not arguments:
        return [hint]
    return [leaf for argument in arguments for leaf in _leaves(argument)]


def _is_sequence(hint: object) -> bool:
    """Whether the hint allows any number of values in a row, or in a grid of numbered places."""
    if typing.get_origin(hint) is collections.abc.Mapping:
        key, value = typing.get_args(hint)
        return int in _leaves(key) or _is_sequence(value)
    if Ellipsis in typing.get_args(hint) or typing.get_origin(hint) in {list, set, frozenset}:
        return True
    return any(_is_sequence(each) for each in typing.get_args(hint) if each is not Ellipsis)


def _said(hint: object) -> str:
    """Say a hint in words."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        return _said_plainly(hint)
    if origin is collections.abc.Mapping:
        return f"{_said(arguments[1])} for each {_said(arguments[0])}"
    inner = [_said(each) for each in arguments if each is not Ellipsis]
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(dict.fromkeys(inner))
    is_row = Ellipsis in arguments or origin in {list, set, frozenset}
    return f"any number of {inner[0]}" if is_row else f"({', '.join(inner)})"


def _said_plainly(hint: object) -> str:
    """Say a type without arguments in words."""
    words = {int: "whole number", float: "number", str: "text", bool: "yes or no"}
    if hint is type(None):
        return "nothing"
    if not isinstance(hint, type):
        return f"`{hint}`"
    if issubclass(hint, enum.Enum):
        return f"{hint.__name__} (one of {len(hint)})"
    return words.get(hint) or f"`{hint.__name__}`"


def _names(owner: type) -> dict[str, object]:
    """Return what a type's annotations may name: imports for type checkers alone included."""
    module = sys.modules[owner.__module__]
    names = dict(vars(module))
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            for alias in node.names:
                with suppress(ImportError, AttributeError):
                    found = pkgutil.resolve_name(f"{node.module}:{alias.name}")
                    names.setdefault(alias.asname or alias.name, found)
    return names


def main() -> None:
    """Print the page, or renew it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="renew the page")
    if parser.parse_args().write:
        PAGE.write_text(as_page(), encoding="utf-8")
    else:
        print(as_page())


if __name__ == "__main__":
    main()
