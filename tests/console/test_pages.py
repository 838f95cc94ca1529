"""Every page in a real browser: it draws, fits a phone, and can be used by everybody."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from running_device import Device

PAGES = (
    *("/", "/hours", "/insights", "/floor", "/health", "/install", "/settings"),
    *("/updates", "/audit", "/account"),
)
SERIOUS = {"serious", "critical"}
LARGEST_BYTES = 150_000


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_serious_barrier(page: Page, device: Device, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    answer = page.goto(device.url + path)
    assert answer is not None
    assert answer.ok
    found = Axe().run(page).response["violations"]
    barriers = [
        (each["id"], [node["target"] for node in each["nodes"]])
        for each in found
        if each["impact"] in SERIOUS
    ]
    assert not barriers


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(page: Page, device: Device, path: str) -> None:
    page.goto(device.url + path)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 412


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small_and_asks_nobody_else(page: Page, device: Device, path: str) -> None:
    asked: list[str] = []
    sizes: list[int] = []

    def note(url: str) -> None:
        asked.append(url)

    page.on("request", lambda request: note(request.url))
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(device.url + path)
    page.wait_for_timeout(300)
    assert asked
    assert all(url.startswith(device.url) for url in asked)
    assert sum(sizes) < LARGEST_BYTES


def test_the_count_moves_by_itself(page: Page, device: Device) -> None:
    page.goto(device.url + "/")
    page.wait_for_selector(".dot.live")
    before = int(page.inner_text("[data-value=in]"))
    page.wait_for_function(
        "before => Number(document.querySelector('[data-value=in]').textContent) > before",
        arg=before,
        timeout=60_000,
    )


def test_the_keyboard_alone_draws_a_line(page: Page, device: Device) -> None:
    page.goto(device.url + "/install")
    page.fill("[data-name]", "second")
    page.focus("[data-add]")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    assert "second: 0.49, 0.5 - 0.74, 0.5" in page.inner_text("[data-list]")


def test_the_first_key_goes_to_the_content(page: Page, device: Device) -> None:
    page.goto(device.url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_german_is_spoken_to_a_german_browser(
    browser: Browser, context: BrowserContext, device: Device
) -> None:
    german = browser.new_context(ignore_https_errors=True, locale="de-CH")
    german.add_cookies(context.cookies())  # type: ignore[arg-type]
    page = german.new_page()
    page.goto(device.url + "/")
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.inner_text("h1") == "Heute"
    german.close()


def test_settings_that_break_a_rule_change_nothing(context: BrowserContext, device: Device) -> None:
    before = (device.data / "fanlight.toml").read_bytes()
    page = context.new_page()
    page.goto(device.url + "/settings")
    page.fill("[name=timezone]", "Moon/Crater")
    with page.expect_response("**/settings") as sent:
        page.click("button.primary")
    assert sent.value.status == 400
    assert "Moon/Crater" in page.get_by_role("alert").inner_text()
    assert page.input_value("[name=timezone]") == "Moon/Crater"
    assert (device.data / "fanlight.toml").read_bytes() == before
    page.close()


def test_static_files_are_packed_and_known_again(page: Page, device: Device) -> None:
    folder = Path(__file__).parents[2] / "firmware/fanlight/console/static"
    first = page.request.get(device.url + "/static/style.css")
    assert first.body() == (folder / "style.css").read_bytes()
    assert len(gzip.compress(first.body())) < 10_000
    again = page.request.get(
        device.url + "/static/style.css", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status == 304
