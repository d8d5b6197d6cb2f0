"""Uses the HTML report in headless Chromium as a reader would: browse.py CHROMIUM RESULTS."""

import json
import pathlib
import sys

from playwright.sync_api import sync_playwright

chromium, results = sys.argv[1], pathlib.Path(sys.argv[2])
page_file = results / "mnist/index.html"
report = json.loads((results / "mnist/report.json").read_text())
ids = [model["id"] for model in report["models"]]
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def sorting(page):
    table = page.locator("table.sortable").first
    accuracy = {model["id"]: model["accuracy"] for model in report["models"]}

    def shown():
        names = table.locator("tbody tr td:first-child").all_inner_texts()
        # A sign may stand behind the name.
        return [accuracy[name.split()[0]] for name in names]

    best_first = sorted(accuracy.values(), reverse=True)
    assert shown() == best_first, "as it is written"
    right = table.locator("th button").get_by_text("right, %", exact=True)
    right.click()
    assert shown() == best_first
    right.press("Enter")
    assert shown() == best_first[::-1]
    heading = right.locator("xpath=..")
    assert heading.get_attribute("aria-sort") == "ascending"


def confusion(page):
    dialog = page.get_by_role("dialog")
    assert not dialog.is_visible()
    cell = page.locator(".confusion .wide-room [data-truth]").first
    count = int(cell.get_attribute("aria-label").split()[0])
    cell.click()
    assert dialog.is_visible()
    assert dialog.locator("canvas").count() == min(count, 200)
    # The picture is drawn, not only laid out.
    bright = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0)"
    assert dialog.locator("canvas").first.evaluate(bright)
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    cell.press("Enter")
    assert dialog.is_visible()
    # Beside the dialog.
    page.mouse.click(2, 2)
    assert not dialog.is_visible()


def atlas(page):
    wrong, right = ids[0], ids[1]
    page.locator("#wrong").select_option(label=wrong)
    page.locator("#right").select_option(label=right)
    (pair,) = [pair for pair in report["comparisons"] if {pair["first"], pair["second"]} == {wrong, right}]
    expected = pair["only_second_right"] if pair["first"] == wrong else pair["only_first_right"]
    assert str(expected) in page.locator("#atlas-count").inner_text().replace("\u00a0", "")
    assert page.locator("#atlas-tiles canvas").count() == min(expected, 200)


def suspects(page):
    """What every model gets wrong, first of all."""
    page.reload()
    assert page.locator("#wrong").input_value() == "*"
    shown = int(page.locator("#atlas-count").inner_text().replace("\u00a0", "").split()[0])
    most_right = min(report["models"], key=lambda model: 1 - model["accuracy"])
    wrong_at_best = round((1 - most_right["accuracy"]) * report["dataset"]["test"])
    assert 0 < shown <= wrong_at_best
    assert page.locator("#atlas-tiles canvas").count() == min(shown, 200)


def weights(page):
    picture = page.locator(".weights img").first
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")


def paper(page):
    """On paper everything is open, and afterwards as it was."""
    closed = page.locator("main details:not([open])")
    before = closed.count()
    assert before > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert closed.count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert closed.count() == before


def curves(page):
    """Every point of a curve says its value to a pointer, and to a screen reader."""
    points = page.locator("main svg circle[data-tip]")
    assert points.count() > 0
    assert all(point.get_attribute("aria-label").strip() for point in points.all())
    points.first.hover()
    assert page.locator("#tip").inner_text() == points.first.get_attribute("data-tip")


def filtering(page):
    """A model that is not checked is nowhere; one that is pointed at stands out."""
    first = ids[0]
    of_first = page.locator(f"main [data-model='{first}']:visible")
    assert of_first.count() > 3
    box = page.locator(f"#filter input[value='{first}']")
    box.uncheck()
    assert of_first.count() == 0
    assert page.locator(f"main [data-model='{ids[1]}']:visible").count() > 3
    box.check()
    assert of_first.count() > 3
    page.locator(f"#filter [data-id='{first}']").hover()
    hot = page.locator("main .hot").evaluate_all("all => all.map(e => [e.dataset.model, e.dataset.against])")
    assert hot and all(first in pair for pair in hot)


def navigation(page):
    """Each link of the menu leads to a section."""
    for link in page.locator("nav a").all():
        assert page.locator(f"main h2{link.get_attribute('href')}").count() == 1, link.inner_text()


def fits(page, name):
    """Nothing is cut off at the right."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{name}: {wide} pixels too wide"


def colours(page):
    return page.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *QUIET])
    context = browser.new_context()
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    # Pictures inside the file are no requests.
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.locator("h1").inner_text() == report["dataset"]["title"]
    for check in [sorting, confusion, atlas, suspects, weights, paper, curves, filtering, navigation]:
        check(page)
    shades = {}
    for name, width in [("desk", 1200), ("phone", 390)]:
        for scheme in ["light", "dark"]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            fits(page, name)
            shades[scheme] = colours(page)
            page.screenshot(path=results / f"{name}-{scheme}.png", full_page=True)
    assert shades["light"] != shades["dark"]
    page.emulate_media(media="print")
    assert not page.locator("#atlas").is_visible()
    outside = [url for url in asked if not url.startswith(("data:", "blob:"))]
    assert set(outside) == {page_file.as_uri()}, outside
    assert not said, said
    browser.close()
