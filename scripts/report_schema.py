# ruff: noqa: INP001 - a program, not a package
"""Writes the JSON Schema of what devices send, from the types: docs/operating/report.schema.json.

.venv/bin/python scripts/report_schema.py
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from fanlight.domain.dispatch import SCHEMA, SignedDispatch

PATH = Path(__file__).resolve().parent.parent / "docs/operating/report.schema.json"


def schema() -> str:
    """Return the schema as text."""
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A signed dispatch of a Fanlight device, schema {SCHEMA}",
    }
    return json.dumps(found | msgspec.json.schema(SignedDispatch), indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(schema())
