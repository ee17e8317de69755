"""The page in a real browser: it draws, answers mouse and keys, and asks nobody for anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.conftest import chromium
from tests.scheduler.pictures.test_page import EVIL, page_of
from tests.scheduler.plans import made_plan

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[Page]:
    """A page of 10,000 operations; console errors and requests are failures."""
    file: Path = tmp_path_factory.mktemp("page") / "plan.html"
    file.write_text(page_of(made_plan(10_000, machines=60, first_demand=EVIL)), encoding="utf-8")
    wrong: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=SWITCHES)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith(("file:", "data:")) else wrong.append(asked.url)
            ),
        )
        page.goto(file.as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        yield page
        browser.close()
    assert wrong == []


def bars(page: Page) -> int:
    return int(page.get_attribute("#canvas", "data-bars") or 0)


def wait_for_bars(page: Page, *, more_than: int) -> None:
    handle = page.locator("#canvas")
    for _ in range(100):
        if bars(page) > more_than:
            return
        handle.wait_for()
        page.wait_for_timeout(20)
    raise AssertionError(f"{bars(page)} bars, not more than {more_than}")


def test_only_what_is_in_view_is_drawn_and_quickly(opened) -> None:
    opened.click("#dayView")
    wait_for_bars(opened, more_than=0)
    in_a_day = bars(opened)
    opened.click("#fit")
    wait_for_bars(opened, more_than=in_a_day)
    assert float(opened.get_attribute("#canvas", "data-ms")) < 200


def test_rows_are_machines_or_orders(opened) -> None:
    opened.click("[data-view=orders]")
    assert opened.get_attribute("[data-view=orders]", "aria-checked") == "true"
    assert "requested" in opened.inner_text("#legend")
    opened.click("[data-view=machines]")
    assert opened.get_attribute("[data-view=machines]", "aria-checked") == "true"


def test_an_order_is_found_and_told_with_the_keyboard_alone(opened) -> None:
    opened.focus("#canvas")
    opened.keyboard.press("/")
    opened.keyboard.type("SO-1010/10")
    opened.keyboard.press("Enter")
    opened.wait_for_function("document.getElementById('detail').textContent.includes('MO:10')")
    assert "operations" in opened.inner_text("#found")
    first = opened.inner_text("#detail")
    opened.focus("#canvas")
    opened.keyboard.press("ArrowRight")
    opened.wait_for_function(
        "before => document.getElementById('detail').innerText !== before", arg=first
    )
    opened.keyboard.press("Escape")
    opened.wait_for_function("document.getElementById('detail').textContent === ''")


def test_the_mouse_says_what_is_under_it(opened) -> None:
    opened.click("[data-view=machines]")
    opened.click("#fit")
    opened.click("#week")
    box = opened.locator("#canvas").bounding_box()
    for x in range(220, 1300, 4):
        opened.mouse.move(box["x"] + x, box["y"] + 74 + 24 * 12 + 12)
        if opened.is_visible("#hint"):
            break
    assert "MO:" in opened.inner_text("#hint")


def test_a_script_in_an_order_number_is_shown_as_text(opened) -> None:
    opened.fill("#search", "alert(1)")
    opened.press("#search", "Enter")
    opened.wait_for_function("document.getElementById('detail').textContent.includes('<script>')")
    opened.press("#search", "Escape")


def test_the_operations_are_there_as_a_table(opened) -> None:
    opened.click("details.asTable summary")
    opened.wait_for_selector("#table tbody tr")
    assert opened.locator("#table tbody tr").count() == 200
    opened.click("details.asTable summary")


def test_colours_follow_the_system_and_paper(opened) -> None:
    light = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    opened.emulate_media(color_scheme="dark")
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") != light
    opened.emulate_media(color_scheme="light", media="print")
    assert not opened.is_visible("nav")
    opened.emulate_media(media="screen")
