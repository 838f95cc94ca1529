# ruff: noqa: INP001 - a program, not a package
"""Boots guests: hours go home over LTE by the real pppd; NetworkManager joins real networks.

    scripts/prove-links [--json] [--only lte|wifi]

Last result: docs/operating/links.md.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from guest import GuestError, busybox, run_in_guest
from proved import SAYS

ROOT = Path(__file__).resolve().parent.parent
COMMAND = """
cd {root}
export PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH PYTHONPATH=scripts:tests HOME=/tmp
export BUSYBOX={busybox}
cp -r image-build/files/etc/ppp/. /etc/ppp/
printf '#!/bin/sh\\nexport IFNAME LINKNAME; exec run-parts /etc/ppp/ip-up.d\\n' > /etc/ppp/ip-up
chmod 755 /etc/ppp/ip-up
printf 'logfile /tmp/ppp.log\\ndebug\\n' >> /etc/ppp/peers/fanlight
{python} scripts/{program}
"""


@dataclass(frozen=True, slots=True)
class Guest:
    """A program of the guest, and what its kernel must have."""

    program: str
    modules: tuple[str, ...]


GUESTS = {
    "lte": Guest("prove_links_guest.py", ("ppp_async", "veth")),
    "wifi": Guest("prove_wifi_guest.py", ("ccm", "ctr", "cmac", "gcm", "mac80211_hwsim")),
}


def prove(guest: Guest, *, as_json: bool) -> bool:
    """Print a guest's steps; return whether all were taken."""
    command = COMMAND.format(
        root=shlex.quote(str(ROOT)),
        python=ROOT / ".venv/bin/python",
        busybox=busybox(),
        program=guest.program,
    )
    ended = run_in_guest(command, guest.modules, timeout_s=900.0)
    steps = [
        json.loads(line.removeprefix(SAYS))
        for line in ended.output.splitlines()
        if line.startswith(SAYS)
    ]
    for step in steps:
        mark = "ok  " if step["ok"] else "FAIL"
        text = f"{mark} {step['seconds']:6.1f} s  {step['step']}: {step['says']}"
        sys.stdout.write((json.dumps(step) if as_json else text) + "\n")
        sys.stdout.flush()
    proved = ended.code == 0 and bool(steps) and all(step["ok"] for step in steps)
    if not proved:
        sys.stderr.write(ended.output[-6000:])
    return proved


def main() -> int:
    """Print what was proved; 1 if a step failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--only", choices=tuple(GUESTS))
    given = parser.parse_args()
    chosen = [GUESTS[given.only]] if given.only else list(GUESTS.values())
    try:
        proved = [prove(guest, as_json=given.as_json) for guest in chosen]
    except GuestError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0 if all(proved) else 1


if __name__ == "__main__":
    sys.exit(main())
