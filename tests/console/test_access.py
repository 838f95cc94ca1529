"""Who gets in, by real requests: closed by default, roles, forms of others, tokens, headers."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page
from running_device import NAME, PASSWORD, Device

from console_desk import a_desk
from fanlight.console.app import routes_of
from fanlight.console.guard import HEADERS
from fanlight.console.routes import Route
from fanlight.domain.access import Role

ROUTES = routes_of(a_desk())
OPEN = {
    *("/login", "/claim", "/public", "/public/live", "/certificate.pem", "/{nowhere:.*}"),
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


def ask(
    device: Device, method: str, path: str, fields: dict[str, str] | None = None, **headers: str
) -> Answer:
    context = ssl._create_unverified_context()  # noqa: S323 - its own certificate
    connection = http.client.HTTPSConnection("127.0.0.1", device.port, context=context, timeout=10)
    sent = {"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, urlencode(fields or {}) or None, sent)
    answer = connection.getresponse()
    text = (
        "" if "event-stream" in answer.headers.get("Content-Type", "") else answer.read().decode()
    )
    connection.close()
    return Answer(answer.status, answer.headers, text)


def cookie_of(context: BrowserContext) -> str:
    (cookie,) = context.cookies()
    return f"{cookie['name']}={cookie['value']}"


def csrf_of(page: Page, device: Device) -> str:
    page.goto(device.url + "/account")
    return page.input_value("[name=csrf]")


def test_the_open_addresses_are_those_of_the_list() -> None:
    assert {route.path for route in ROUTES if route.is_open} == OPEN


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_nobody_gets_in_without_a_session(
    device: Device, context: BrowserContext, route: Route
) -> None:
    del context
    if route.is_open:
        return
    answer = ask(device, route.method, route.path, {} if route.method == "POST" else None)
    if route.api:
        assert answer.status == 401
    else:
        assert (answer.status, answer.headers["Location"]) == (303, "/login")


@pytest.mark.parametrize("path", ["/", "/login", "/static/style.css", "/api/v1/count", "/nowhere"])
def test_every_answer_keeps_browsers_careful(device: Device, path: str) -> None:
    answer = ask(device, "GET", path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "aiohttp" not in str(answer.headers).lower()


def test_the_cookie_is_for_this_device_and_for_no_script(context: BrowserContext) -> None:
    (cookie,) = context.cookies()
    assert cookie["name"].startswith("__Host-")
    assert cookie["httpOnly"]
    assert cookie["secure"]
    assert cookie["sameSite"] == "Strict"


def test_a_form_without_its_mark_changes_nothing(device: Device, context: BrowserContext) -> None:
    fields = {"name": "Mallory", "role": "OWNER", "password": "a rather long one", "csrf": "0" * 64}
    answer = ask(device, "POST", "/account/add", fields, Cookie=cookie_of(context))
    assert answer.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
def test_a_form_from_elsewhere_changes_nothing(
    device: Device, context: BrowserContext, page: Page, headers: dict[str, str]
) -> None:
    fields = {"csrf": csrf_of(page, device), "name": "nobody"}
    answer = ask(device, "POST", "/account/revoke", fields, Cookie=cookie_of(context), **headers)
    assert answer.status == 403


def test_each_role_sees_what_it_may(device: Device, context: BrowserContext, page: Page) -> None:
    csrf = csrf_of(page, device)
    for role in (Role.VIEWER, Role.INSTALLER):
        fields = {"csrf": csrf, "name": role.name, "role": role.name, "password": PASSWORD}
        assert ask(device, "POST", "/account/add", fields, Cookie=cookie_of(context)).status == 200
        login = {"name": role.name, "password": PASSWORD}
        cookie = ask(device, "POST", "/login", login).headers["Set-Cookie"].split(";")[0]
        for route in ROUTES:
            if route.method == "GET" and route.role is not None and not route.path.endswith("live"):
                status = ask(device, "GET", route.path, Cookie=cookie).status
                assert (status == 403) == (route.role > role), route.path


def test_a_token_reads_what_its_scopes_say(
    device: Device, context: BrowserContext, page: Page
) -> None:
    csrf = csrf_of(page, device)
    fields = {"csrf": csrf, "name": "till", "scope": "read_counts"}
    answer = ask(device, "POST", "/account/token", fields, Cookie=cookie_of(context))
    token = re.search(r'<p class="code">([^<]+)</p>', answer.text)
    assert token is not None
    bearer = {"Authorization": f"Bearer {token[1]}"}
    assert ask(device, "GET", "/api/v1/count", **bearer).status == 200
    assert ask(device, "GET", "/export.csv", **bearer).status == 200
    assert ask(device, "GET", "/api/v1/health", **bearer).status == 401
    assert ask(device, "GET", "/settings", **bearer).status == 303
    assert ask(device, "GET", "/api/v1/count", Authorization="Bearer wrong").status == 401


def test_wrong_passwords_are_waited_for(device: Device, context: BrowserContext) -> None:
    del context
    statuses = [
        ask(device, "POST", "/login", {"name": NAME, "password": f"wrong {attempt}"}).status
        for attempt in range(7)
    ]
    assert 429 in statuses
    answer = ask(device, "POST", "/login", {"name": NAME, "password": "wrong again"})
    assert int(answer.headers["Retry-After"]) >= 1


def test_no_secret_is_in_the_log_or_in_a_file(device: Device, context: BrowserContext) -> None:
    (cookie,) = context.cookies()
    kept = b"".join(path.read_bytes() for path in device.data.rglob("*") if path.is_file())
    for secret in (PASSWORD, cookie["value"], device.code, device.code.replace("-", "")):
        assert secret not in device.log
        assert secret.encode() not in kept


def test_the_device_listens_where_the_list_says_and_nowhere_else(device: Device) -> None:
    listening = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        sockets = Path(f"/proc/{device.process.pid}/net/{table}").read_text().splitlines()
        for line in sockets[1:]:
            local, state, inode = line.split()[1], line.split()[3], line.split()[9]
            if state in {"0A", "07"} and _is_ours(device, inode):
                listening.add((table, int(local.rsplit(":", 1)[1], 16)))
    assert listening == {("tcp", device.port)}


def test_plain_http_gets_no_page(device: Device) -> None:
    with socket.create_connection(("127.0.0.1", device.port), 5) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"<html" not in plain.recv(4096)


def _is_ours(device: Device, inode: str) -> bool:
    for descriptor in Path(f"/proc/{device.process.pid}/fd").iterdir():
        with suppress(OSError):
            if str(descriptor.readlink()) == f"socket:[{inode}]":
                return True
    return False
