# ruff: noqa: INP001 - a program, not a package
"""Makes the console's pictures in the docs: a device with four weeks of simulated hours.

.venv/bin/python scripts/console_pictures.py
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import sync_playwright
from running_device import CHROMIUM, NAME, PASSWORD, running_device

from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.domain.counts import HOUR_MS, Counts, PlaceKind, RowKey
from fanlight.domain.hours import UtcHour
from fanlight.domain.parts import Part

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PAGES = {
    "today": "/",
    "hours": "/hours?day={yesterday}",
    "insights": "/insights",
    "health": "/health",
    "settings": "/settings",
    "audit": "/audit",
    "account": "/account",
    "install": "/install",
}
DAYS = 28
ZONE = ZoneInfo("Europe/Berlin")
DOOR, PAVEMENT = RowKey(PlaceKind.LINE, "door"), RowKey(PlaceKind.PASSING_LINE, "pavement")


def fill(ledger_folder: Path) -> None:
    """Write four weeks of a shop's hours, a morning of them without data."""
    chance, now = random.Random(4), UtcHour.containing(datetime.now(UTC))  # noqa: S311 - a picture
    parts = []
    for back in range(24 * DAYS, 0, -1):
        hour = now.plus(-back)
        local = hour.start.astimezone(ZONE)
        if back in range(100, 104):
            continue
        is_open = 9 <= local.hour < 19 and local.weekday() < 6
        usual = 45 * math.sin(math.pi * (local.hour - 8.5) / 11) if is_open else 0
        entries = round(max(0.0, chance.gauss(usual, math.sqrt(max(usual, 0.01)))))
        seen_ms = HOUR_MS if chance.random() > 0.05 else int(HOUR_MS * 0.8)
        exits = max(0, entries + chance.randint(-3, 3)) if is_open else 0
        looked = Counts(seen_ms=seen_ms, frames=54_000)
        passed = Counts(passed_in=entries * 2, passed_out=entries, seen_ms=seen_ms)
        door = Counts(entries=entries, exits=exits, u_turns=entries // 12, seen_ms=seen_ms)
        rows = {DOOR: door, PAVEMENT: passed}
        parts.append(Part(hour, "run", f"run-{hour.number}", 1, looked, rows, closed=True))
    with closing(TinyLedger(ledger_folder)) as ledger:
        ledger.recover()
        ledger.commit(parts)


def main() -> None:
    """Run a device and take the pictures."""
    if CHROMIUM is None:
        sys.exit("console-pictures: Chromium is not installed: scripts/install-test-services")
    yesterday = datetime.now(ZONE).date() - timedelta(days=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "data" / "ledger")
        more = "[mount]\nheight_m = 2.9\ntilt_deg = 40.0\nfield_deg = 66.0"
        with running_device(folder, more=more) as device, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            context = browser.new_context(
                ignore_https_errors=True, viewport={"width": 430, "height": 860}, locale="en-GB"
            )
            page = context.new_page()
            page.goto(device.url + "/claim")
            page.screenshot(path=PICTURES / "console-claim.png")
            page.fill("[name=code]", device.code)
            page.fill("[name=name]", NAME)
            page.fill("[name=password]", PASSWORD)
            page.click("button.primary")
            page.wait_for_selector(".dot.live")
            for picture, path in PAGES.items():
                page.goto(device.url + path.format(yesterday=yesterday))
                page.wait_for_timeout(12_000 if picture == "install" else 1500)
                page.screenshot(path=PICTURES / f"console-{picture}.png", full_page=True)
            browser.close()


if __name__ == "__main__":
    main()
