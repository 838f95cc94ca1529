"""One device and one browser for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from running_device import CHROMIUM, NAME, PASSWORD, Device, running_device


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one file: while it is open, no test can have a loop of its own."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: scripts/install-test-services")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    with running_device(tmp_path_factory.mktemp("device")) as running:
        yield running


@pytest.fixture(scope="module")
def context(browser: Browser, device: Device) -> Iterator[BrowserContext]:
    """A browser in which the owner has logged in."""
    opened = browser.new_context(
        ignore_https_errors=True, viewport={"width": 412, "height": 860}, locale="en-GB"
    )
    page = opened.new_page()
    claim(page, device, device.code)
    page.close()
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may go wrong."""
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on(
        "console",
        lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None,
    )
    yield opened
    opened.close()
    assert not troubles


def claim(page: Page, device: Device, code: str) -> None:
    page.goto(device.url + "/")
    page.wait_for_url("**/claim")
    page.fill("[name=code]", code)
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(device.url + "/")


def log_in(page: Page, device: Device, name: str, password: str) -> None:
    page.goto(device.url + "/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("button.primary")
