# ruff: noqa: INP001 - a program, not a package
"""Sends a running device's console what no browser would: no crash, no 5xx, nothing leaked.

    scripts/fuzz-console [--seconds 120] [--seed N] [--json]

Requests go to every address of the console's table, with and without a session, over real TLS, from
many loopback addresses so that the allowance of each is not what answers. Fields have the names
that the forms have, and values from a list of unkind ones, from random text, or right ones.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import quote, urlencode

from running_device import NAME, PASSWORD, Device, running_device

ROUTES_SOURCE = Path(__file__).resolve().parents[1] / "firmware/fanlight/console"
FIELDS = (
    *("name", "password", "code", "role", "scope", "old", "new", "csrf", "places", "timezone"),
    *(
        "language",
        "opening",
        "kind",
        "height_m",
        "tilt_deg",
        "field_deg",
        "walked_in",
        "walked_out",
    ),
    *("day", "first", "last", "with", "x", "y", "public_counts", "saved"),
)
UNKIND = (
    *("", "0", "-1", "1e999", "nan", "NaN", "inf", "\x00", "\ud7ff", "\u202e", "%00", "a" * 5000),
    *("2026-02-30", "0001-01-01", "9999-12-31", "2026-11-27T00", "../../etc/passwd", "{{7*7}}"),
    *("<script>alert(1)</script>", "'; DROP TABLE x;--", "[" * 3000, '{"lines": 1}', "[]", "null"),
    '{"lines": [], "passing_lines": [], "zones": []}',
    '{"lines": [{"name": "a", "start": [0, 1e400], "end": [1]}], "passing_lines": [], "zones": []}',
    *(
        "mon-fri 10:00-18:00",
        "mon 99:99-00:00",
        "OWNER",
        "read_counts",
        "\u0661\u0662",
        "\U0001f6aa",
    ),
)
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW")
ADDRESSES = 60


class Leak(Exception):
    """An answer that should not be; str() has the request."""


@dataclass
class Attack:
    """Who sends, as whom, and what has come back."""

    device: Device
    chance: random.Random
    cookie: str
    csrf: str
    secrets: tuple[str, ...]
    paths: tuple[str, ...]
    statuses: Counter[int] = field(default_factory=Counter)

    def strike(self) -> None:
        """Send one request and look at the answer.

        Raises:
            Leak: it is a 5xx other than "try again", or holds what is nobody's business.
        """
        method, path, body, headers = self._request()
        status, text = send(self.device, self._address(), method, path, body, headers)
        self.statuses[status] += 1
        if status >= 500 and status not in {501, 503}:
            raise Leak(f"{status} for {method} {path[:300]} {body[:500]!r}")
        for secret in self.secrets:
            if secret in text:
                raise Leak(f"a secret in the answer to {method} {path[:300]}")
        if "Traceback" in text or "/firmware/" in text or "<script>alert" in text:
            raise Leak(f"too much is told by {method} {path[:300]} {body[:500]!r}")

    def _request(self) -> tuple[str, str, bytes, dict[str, str]]:
        chance = self.chance
        method = chance.choices(METHODS, [8, 8, 1, 1, 1, 1, 1, 1])[0]
        path = chance.choice(self.paths)
        if chance.random() < 0.1:
            path = "/" + quote(self._value(), safe="/%.")
        if chance.random() < 0.6:
            path += "?" + urlencode(self._pairs(), errors="replace")
        headers = {"Accept-Language": self._header()} if chance.random() < 0.3 else {}
        if chance.random() < 0.8:
            headers["Cookie"] = self.cookie
        elif chance.random() < 0.5:
            headers["Cookie"] = "__Host-fanlight=" + quote(self._value())
        if chance.random() < 0.2:
            headers["Authorization"] = "Bearer " + self._header()
        if chance.random() < 0.1:
            headers["Sec-Fetch-Site"] = chance.choice(["cross-site", "same-origin", "\xff"])
        body = b""
        if method == "POST":
            headers["Content-Type"] = chance.choice(
                [
                    *("application/x-www-form-urlencoded",) * 6,
                    *("multipart/form-data; boundary=x", "application/json", "text/\xff"),
                ]
            )
            pairs = (
                [*self._pairs(), ("csrf", self.csrf)] if chance.random() < 0.7 else self._pairs()
            )
            body = urlencode(pairs, errors="replace").encode()
            if chance.random() < 0.05:
                body = chance.randbytes(chance.randrange(100_000))
        return method, path, body, headers

    def _pairs(self) -> list[tuple[str, str]]:
        number = self.chance.randrange(6)
        return [(self.chance.choice(FIELDS), self._value()) for _ in range(number)]

    def _value(self) -> str:
        if self.chance.random() < 0.6:
            return self.chance.choice(UNKIND)
        return "".join(
            chr(self.chance.randrange(1, 0xD7FF)) for _ in range(self.chance.randrange(40))
        )

    def _header(self) -> str:
        return (
            self._value().encode("latin-1", "replace").decode("latin-1").translate(NO_BREAKS)[:3000]
        )

    def _address(self) -> str:
        return f"127.0.1.{self.chance.randrange(1, ADDRESSES)}"


NO_BREAKS = dict.fromkeys((*range(32), 127), " ")


def main() -> None:
    """Attack for a while and print what came back."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_device(Path(folder)) as device:
        try:
            told = fuzz(device, asked.seconds, asked.seed)
        except Leak as leak:
            sys.exit(f"fuzz-console: {leak}")
        told["schemathesis"] = by_description(device)
    print(json.dumps(told) if asked.json else told)  # noqa: T201 - a program


def fuzz(device: Device, seconds: float, seed: int) -> dict[str, object]:
    """Attack a device that nobody owns yet; return the number of requests and of each status.

    Raises:
        Leak: an answer should not be, or the device's log has a failure.
    """
    cookie = claim(device)
    csrf = csrf_for(device, cookie)
    attack = Attack(
        device,
        random.Random(seed),  # noqa: S311 - chance, not secrecy
        cookie,
        csrf,
        (PASSWORD, device.code.replace("-", ""), cookie.partition("=")[2]),
        paths_of_the_table(),
    )
    ends_s = time.monotonic() + seconds
    while time.monotonic() < ends_s:
        try:
            attack.strike()
        except (OSError, HTTPException):
            device.await_console()
    if (failure := re.search(r'"console: [^"]* failed".*', device.log)) is not None:
        raise Leak(failure[0][:3000])
    return {"requests": attack.statuses.total(), "statuses": dict(attack.statuses)}


def claim(device: Device) -> str:
    """Make the owner's account; return its cookie."""
    fields = {"code": device.code, "name": NAME, "password": PASSWORD}
    connection = opened(device, "127.0.0.1")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/claim", urlencode(fields), headers)
    answer = connection.getresponse()
    cookie = (answer.headers["Set-Cookie"] or "").split(";")[0]
    connection.close()
    return cookie


def csrf_for(device: Device, cookie: str) -> str:
    """Return the mark that the session's forms carry."""
    _, text = send(device, "127.0.0.1", "GET", "/account", b"", {"Cookie": cookie})
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    return found[1] if found else ""


def paths_of_the_table() -> tuple[str, ...]:
    """Return every address of the console's table; logging out would end the game."""
    from fanlight.console.api import ROUTES  # noqa: PLC0415 - after the setup

    table = (ROUTES_SOURCE / "app.py").read_text()
    paths = set(re.findall(r'Route\("(?:GET|POST)", "([^"]+)"', table)) - {"/logout"}
    return tuple(sorted(paths | {route.path for route in ROUTES}))


def send(  # noqa: PLR0913, PLR0917 - the parts of a request
    device: Device, address: str, method: str, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str]:
    """Send one request from an address; return status and text, an event stream's beginning."""
    connection = opened(device, address)
    try:
        with suppress(UnicodeEncodeError):
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value.encode("latin-1", "replace"))
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
        answer = connection.getresponse()
        stream = "event-stream" in answer.headers.get("Content-Type", "")
        text = answer.read(64 if stream else None).decode(errors="replace")
        return answer.status, text
    finally:
        connection.close()


def opened(device: Device, address: str) -> HTTPSConnection:
    """Return a connection to the device from a loopback address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(
        "127.0.0.1", device.port, context=context, timeout=20, source_address=(address, 0)
    )


def by_description(device: Device) -> str:
    """Let schemathesis read the interface's description, where it is installed."""
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    if program is None:
        return "not installed"
    fields = {"name": NAME, "password": PASSWORD}
    connection = opened(device, "127.0.2.1")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", urlencode(fields), headers)
    cookie = (connection.getresponse().headers["Set-Cookie"] or "").split(";")[0]
    connection.close()
    command = [
        *(program, "run", device.url + "/api/v1/openapi.json", "--tls-verify=false"),
        *("-H", f"Cookie: {cookie}", "--rate-limit=8/s", "--max-examples=30"),
        *("--checks", "not_a_server_error,content_type_conformance,response_schema_conformance"),
    ]
    ended = subprocess.run(  # noqa: S603 - a checked program
        command, capture_output=True, text=True, timeout=600, check=False, cwd=device.folder
    )
    summary = ended.stdout.strip().splitlines()[-1:] or [ended.stderr[-300:]]
    return f"exit {ended.returncode}: {summary[0].strip()}"


if __name__ == "__main__":
    main()
