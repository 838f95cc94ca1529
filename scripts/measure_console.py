# ruff: noqa: INP001 - a program, not a package
"""Measures the console beside a counting device: bytes and time of pages, and what watchers cost.

    scripts/measure-console [--share-of-core 0.25] [--json]

The device is a process of its own that counts the demo clip; Chromium runs on another core. A
page's time is its first contentful paint in a browser without a cache. For it the device is held
to a share of one core by the kernel (CFS bandwidth), which stands for a slower processor: a quarter
of a core of this machine is taken for one core of a Pi 4. What watchers cost is the processor time
of the device's loop with 20 of them less that without, and the share of frames that it skipped.
"""

from __future__ import annotations

import argparse
import json
import os
import ssl
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPSConnection
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright
from running_device import CHROMIUM, NAME, PASSWORD, Device, running_device

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

PAGES = (
    "/",
    "/hours",
    "/insights",
    "/floor",
    "/health",
    "/install",
    "/settings",
    "/audit",
    "/account",
)
WATCHERS = 20
WATCH_S = 54.0
"""The demo clip's length: each measurement sees all of it."""
ROUNDS = 3
CGROUP = Path("/sys/fs/cgroup/cpu/fanlight-measure")
PERIOD_US = 100_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--share-of-core", type=float, default=0.25)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("measure-console: Chromium is not installed: scripts/install-test-services")
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory()))
        device = parts.enter_context(running_device(folder))
        playwright = parts.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = logged_in(browser, device)
        found: dict[str, Any] = {"watchers": watchers(context, device)}
        with held_to(device.process.pid, asked.share_of_core) as held:
            found["share_of_core"] = asked.share_of_core if held else 1.0
            found["pages"] = {path: page_figures(browser, context, device, path) for path in PAGES}
        browser.close()
    if asked.json:
        print(json.dumps(found))  # noqa: T201 - a program
        return
    show(found)


def logged_in(browser: Browser, device: Device) -> BrowserContext:
    """Return a browser whose owner has claimed the device."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 412, "height": 860})
    page = context.new_page()
    page.goto(device.url + "/claim")
    page.fill("[name=code]", device.code)
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(device.url + "/")
    page.close()
    return context


def page_figures(
    browser: Browser, context: BrowserContext, device: Device, path: str
) -> dict[str, float]:
    """Return bytes and median first contentful paint of a page, each time without a cache."""
    times, sizes = [], []
    for _ in range(ROUNDS):
        fresh = browser.new_context(
            ignore_https_errors=True, viewport={"width": 412, "height": 860}
        )
        fresh.add_cookies(context.cookies())  # type: ignore[arg-type]
        page, size = fresh.new_page(), 0
        answers: list[Any] = []
        page.on("requestfinished", lambda request: answers.append(request))  # noqa: PLW0108, B023
        page.goto(device.url + path)
        times.append(first_paint_ms(page))
        for request in answers:
            told = request.sizes()
            size += told["responseBodySize"] + told["responseHeadersSize"]
        sizes.append(size)
        fresh.close()
    return {"first_paint_ms": round(median(times)), "bytes": max(sizes)}


def first_paint_ms(page: Page) -> float:
    """Return when the first content was painted, from the start of the navigation."""
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    painted: float = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    return painted


def watchers(context: BrowserContext, device: Device) -> dict[str, float]:
    """Return what watchers cost: the loop's processor time and the frames looked at."""
    page = context.new_page()
    page.goto(device.url + "/health")
    alone = watched(page, device)
    with streams(context, device, WATCHERS) as told:
        together = watched(page, device)
    page.close()
    return {
        "watchers": WATCHERS,
        "told_each": told[0] // WATCHERS,
        "share_of_core": round(together["loop_share"] - alone["loop_share"], 4),
        "loop_share_alone": round(alone["loop_share"], 4),
        "skipped_alone": round(alone["skipped"], 4),
        "skipped_watched": round(together["skipped"], 4),
    }


@contextmanager
def streams(context: BrowserContext, device: Device, number: int) -> Iterator[list[int]]:
    """Watch the running count so many times; a browser would open six connections at most.

    Yields a list of one number: the events told to all of them.
    """
    (cookie,) = context.cookies()
    headers = {"Cookie": f"{cookie.get('name')}={cookie.get('value')}"}
    insecure = ssl._create_unverified_context()  # noqa: S323, SLF001 - the device's own certificate
    told, over = [0], threading.Event()

    def watch() -> None:
        connection = HTTPSConnection("127.0.0.1", device.port, context=insecure, timeout=30)
        connection.request("GET", "/live", headers=headers)
        answer = connection.getresponse()
        while not over.is_set() and answer.readline():
            told[0] += 1
        connection.close()

    threads = [threading.Thread(target=watch, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    time.sleep(2.0)
    yield told
    over.set()


def watched(page: Page, device: Device) -> dict[str, float]:
    """Return the loop's share of a core and the share of frames skipped over the clip's length."""
    began_s, ticks, before = time.monotonic(), loop_ticks(device), frames_of(page, device)
    page.wait_for_timeout(WATCH_S * 1000)
    elapsed_s = time.monotonic() - began_s
    spent_s = (loop_ticks(device) - ticks) / os.sysconf("SC_CLK_TCK")
    looked, skipped = (
        now - then for now, then in zip(frames_of(page, device), before, strict=True)
    )
    return {"loop_share": spent_s / elapsed_s, "skipped": skipped / max(looked + skipped, 1)}


def loop_ticks(device: Device) -> int:
    """Return the processor time of the main thread, in which the loop and the console run."""
    pid = device.process.pid
    fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def frames_of(page: Page, device: Device) -> tuple[int, int]:
    """Return how many frames the device has looked at and skipped today."""
    days = page.request.get(device.url + "/api/v1/hours").json()["days"]
    counts = [row["counts"] for day in days for row in day["hours"] if row["counts"]]
    return sum(each["frames"] for each in counts), sum(each["skipped"] for each in counts)


@contextmanager
def held_to(pid: int, share: float) -> Iterator[bool]:
    """Hold a process to a share of one core; tell whether the system allows it."""
    try:
        CGROUP.mkdir(exist_ok=True)
        (CGROUP / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (CGROUP / "cpu.cfs_quota_us").write_text(str(int(PERIOD_US * share)))
        (CGROUP / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        print(f"measure-console: not held to a share of a core: {error}", file=sys.stderr)  # noqa: T201
        yield False
        return
    try:
        yield True
    finally:
        with suppress(OSError):
            (CGROUP.parent / "cgroup.procs").write_text(str(pid))
            CGROUP.rmdir()


def show(found: dict[str, Any]) -> None:
    """Print a table."""
    lines = [f"held to {found['share_of_core']:g} of a core", "page        first paint    bytes"]
    for path, told in found["pages"].items():
        lines.append(f"{path:<10} {told['first_paint_ms']:8.0f} ms {told['bytes']:8}")
    told = found["watchers"]
    lines.append(
        f"{told['watchers']} watchers: {told['share_of_core']:.2%} of a core (the loop alone takes "
        f"{told['loop_share_alone']:.2%}); frames skipped {told['skipped_alone']:.2%} alone, "
        f"{told['skipped_watched']:.2%} watched"
    )
    print("\n".join(lines))  # noqa: T201 - a program


if __name__ == "__main__":
    main()
