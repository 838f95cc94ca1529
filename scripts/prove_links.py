# ruff: noqa: INP001 - a program, not a package
"""Boots a guest and has hours go home over Wi-Fi, LTE by the real pppd, and Wi-Fi again.

    scripts/prove-links [--json]

Last result: docs/operating/links.md.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path

from guest import GuestError, run_in_guest

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("ppp_async", "veth")
SAYS = "PROVED "

COMMAND = """
cd {root}
export PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH PYTHONPATH=scripts:tests HOME=/tmp
mkdir -p /etc/ppp/peers && cp image-build/files/etc/ppp/peers/fanlight /etc/ppp/peers/
{python} scripts/prove_links_guest.py
"""


def main() -> int:
    """Print what was proved; 1 if a step failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", dest="as_json")
    given = parser.parse_args()
    command = COMMAND.format(root=shlex.quote(str(ROOT)), python=ROOT / ".venv/bin/python")
    try:
        ended = run_in_guest(command, MODULES, timeout_s=600.0)
    except GuestError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    steps = [
        json.loads(line.removeprefix(SAYS))
        for line in ended.output.splitlines()
        if line.startswith(SAYS)
    ]
    for step in steps:
        mark = "ok  " if step["ok"] else "FAIL"
        text = f"{mark} {step['seconds']:6.1f} s  {step['step']}: {step['says']}"
        sys.stdout.write((json.dumps(step) if given.as_json else text) + "\n")
    proved = ended.code == 0 and bool(steps) and all(step["ok"] for step in steps)
    if not proved:
        sys.stderr.write(ended.output[-4000:])
    return 0 if proved else 1


if __name__ == "__main__":
    sys.exit(main())
