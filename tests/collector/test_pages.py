"""Who may see and do what."""

from __future__ import annotations

import io
import json
import re

import pyarrow.parquet as pq
import pytest
from fleet_collector.audit import faults
from sqlalchemy import text

from collector_kit import PASSWORD, House, hour_of

HOUR = "2025-03-30T00Z"
ROLES = ("viewer", "installer", "owner")
ROUTES = [
    ("GET", "/", "viewer"),
    ("GET", "/devices/fl-nobody", "viewer"),
    ("GET", "/export.csv", "viewer"),
    ("GET", "/export.jsonl", "viewer"),
    ("GET", "/export.parquet", "viewer"),
    ("GET", "/tokens", "installer"),
    ("POST", "/tokens", "installer"),
    ("GET", "/users", "owner"),
    ("POST", "/users", "owner"),
    ("POST", "/users/remove", "owner"),
    ("POST", "/keys", "owner"),
    ("GET", "/audit", "owner"),
    ("POST", "/devices/fl-nobody/block", "owner"),
]
FORM = {"name": "x", "password": "y", "role": "viewer", "label": "l", "shop": "s", "blocked": "yes"}
OPEN = {"/setup", "/login", "/logout", "/healthz", "/style.css", "/openapi.json"}


@pytest.mark.parametrize(("method", "path", "wanted"), ROUTES)
def test_every_page_asks_for_its_role(house: House, method: str, path: str, wanted: str) -> None:
    answer = house.client.request(method, path, data={**FORM, "form_token": "none"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    for role in ROLES:
        token = house.log_in_as(role)
        data = {**FORM, "form_token": token} if method == "POST" else None
        answer = house.client.request(method, path, data=data)
        allowed = ROLES.index(role) >= ROLES.index(wanted)
        assert (answer.status_code != 403) == allowed, (role, answer.status_code)


def test_no_route_is_missing_from_that_table(house: House) -> None:
    known = {(method, path.replace("fl-nobody", "{device}")) for method, path, _ in ROUTES}
    known = {(method, re.sub(r"^/export\..*", "/export.{kind}", path)) for method, path in known}
    routes = [
        route
        for each in house.app.routes
        for route in getattr(getattr(each, "original_router", None), "routes", [each])
    ]
    found = {
        (method, str(getattr(route, "path", "")))
        for route in routes
        for method in set(getattr(route, "methods", None) or ()) - {"HEAD"}
    }
    assert known <= found
    closed = {each for each in found if each[1] not in OPEN and not each[1].startswith("/api/")}
    assert closed == known


@pytest.mark.parametrize("path", [path for method, path, _ in ROUTES if method == "POST"])
def test_a_form_from_another_site_does_nothing(house: House, path: str) -> None:
    house.log_in_as("owner")
    answer = house.client.post(path, data={**FORM, "form_token": "guessed"})
    assert answer.status_code == 403


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(house: House) -> None:
    house.app.state.people.add("Ada", PASSWORD, "owner", "test", 0)
    for _ in range(5):
        wrong = house.client.post("/login", data={"name": "Ada", "password": "guess"})
        assert wrong.status_code == 403
        assert "the name or the password is wrong" in wrong.text
    right = {"name": "Ada", "password": PASSWORD}
    assert "too many" in house.client.post("/login", data=right).text
    house.clock.at_s += 15 * 60 + 1
    assert house.client.post("/login", data=right).status_code == 303


def test_an_unknown_name_is_not_told_from_a_wrong_password(house: House) -> None:
    house.app.state.people.add("Ada", PASSWORD, "owner", "test", 0)
    pages = [
        house.client.post("/login", data={"name": name, "password": "guess"}).text
        for name in ("Ada", "Nobody")
    ]
    assert pages[0] == pages[1]


def test_a_session_ends_by_itself_and_by_logging_out(house: House) -> None:
    token = house.log_in_as("viewer")
    assert house.client.post("/logout", data={"form_token": token}).status_code == 303
    assert house.client.get("/").headers["location"] == "/login"
    house.log_in_as("viewer")
    house.clock.at_s += 13 * 3600
    assert house.client.get("/").status_code == 303


def test_the_first_owner_needs_the_code_of_the_terminal_and_comes_once(house: House) -> None:
    form = {"name": "Ada", "password": PASSWORD}
    assert house.client.post("/setup", data={**form, "code": "wrong"}).status_code == 403
    short = {"name": "Ada", "password": "short", "code": "the-code-of-the-terminal"}
    assert house.client.post("/setup", data=short).status_code == 400
    right = {**form, "code": "the-code-of-the-terminal"}
    assert house.client.post("/setup", data=right).status_code == 303
    assert house.client.post("/setup", data={**right, "name": "Eve"}).status_code == 403
    house.log_in("Ada", PASSWORD)


def test_the_last_owner_stays(house: House) -> None:
    house.app.state.people.add("Ada", PASSWORD, "owner", "test", 0)
    token = house.log_in("Ada", PASSWORD)
    form = {"form_token": token, "name": "Ada"}
    assert "the last owner stays" in house.client.post("/users/remove", data=form).text
    house.log_in("Ada", PASSWORD)


def test_names_from_devices_cannot_write_the_page(house: House) -> None:
    camera = house.enrolled(shop="<script>alert(1)</script>")
    house.send(camera, hour_of(HOUR), door='"><img src=x>')
    house.log_in_as("viewer")
    for path in ("/", f"/devices/{camera.name}"):
        page = house.client.get(path).text
        assert "<script>" not in page
        assert "<img" not in page


def test_pages_forbid_what_they_do_not_use(house: House) -> None:
    for path in ("/login", "/", "/healthz"):
        policy = house.client.get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


def test_exports_hold_the_same_rows_in_every_form(house: House) -> None:
    camera = house.enrolled()
    house.send(camera, *(hour_of(f"2025-03-30T{hour:02}Z", hour) for hour in range(20)))
    house.log_in_as("viewer")
    span = "first=2025-03-30T00Z&last=2025-03-30T23Z"
    table = house.client.get(f"/export.csv?{span}").text.splitlines()
    lines = house.client.get(f"/export.jsonl?{span}").text.splitlines()
    parquet = pq.read_table(io.BytesIO(house.client.get(f"/export.parquet?{span}").content))
    rows = [json.loads(line) for line in lines]
    assert len(table) - 1 == len(rows) == parquet.num_rows == 20
    assert [row["entries"] for row in rows] == parquet["entries"].to_pylist() == list(range(20))
    assert rows[0]["shop"] == "Bakery"


def test_an_export_key_reads_exports_and_nothing_else(house: House) -> None:
    key = house.app.state.people.make_export_key("bi", "test", int(house.clock()) + 60, 0)
    bearer = {"Authorization": f"Bearer {key}"}
    assert house.client.get("/export.csv", headers=bearer).status_code == 200
    assert house.client.get("/", headers=bearer).status_code == 303
    house.clock.at_s += 61
    assert house.client.get("/export.csv", headers=bearer).status_code == 303


def test_a_spreadsheet_runs_nothing_that_a_shop_is_called(house: House) -> None:
    camera = house.enrolled(shop="=cmd|' /C calc'!A0")
    house.send(camera, hour_of(HOUR))
    house.log_in_as("viewer")
    row = house.client.get("/export.csv?first=2025-03-30T00Z").text.splitlines()[1]
    assert row.startswith(("'=", "\"'="))


def test_the_audit_log_notices_a_change_and_a_gap(house: House) -> None:
    for name in ("Ada", "Bea", "Cia"):
        house.app.state.people.add(name, PASSWORD, "viewer", "test", 0)
    engine = house.app.state.engine
    with engine.begin() as connection:
        assert list(faults(connection)) == []
        connection.execute(text("UPDATE audit SET who = 'Eve' WHERE number = 1"))
        assert any("entry 1 was changed" in fault for fault in faults(connection))
        connection.execute(text("DELETE FROM audit WHERE number = 1"))
        assert any("is missing" in fault for fault in faults(connection))
