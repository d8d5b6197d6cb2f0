"""Uses the page of `serve` in headless Chromium as people would: draw.py CHROMIUM PICTURES TABLE COLOURS DIRECTORY.

PICTURES, TABLE and COLOURS are the addresses of three servers: of models of MNIST, of a table, and of pictures that are
red or blue. Pictures of the pages go into DIRECTORY."""

import pathlib
import sys
import time

from playwright.sync_api import sync_playwright

chromium, pictures, table, coloured, directory = sys.argv[1:6]
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
LIT = """c => {
  const copy = Object.assign(document.createElement('canvas'), { width: c.width, height: c.height });
  const context = copy.getContext('2d', { willReadFrequently: true });
  context.drawImage(c, 0, 0);
  return context.getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 !== 3 && v > 0);
}"""


def until(page, expression):
    """Waits until an expression is true. (The page's policy forbids what `wait_for_function` does.)"""
    end = time.monotonic() + 30
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(20)


def answers(page):
    return page.locator("#models output").all_inner_texts()


def answered(page):
    """Waits until every model has said something, and gives it."""
    until(page, "[...document.querySelectorAll('#models output')].every(o => o.textContent !== '–')")
    return answers(page)


def says(page, answer):
    """Waits until the first model says this: what it said of the picture before may still stand there."""
    until(page, f"document.querySelector('#models output').textContent === {answer!r}")


def pad(page):
    return page.get_by_role("application", name="Drawing pad")


def stroke(page, points):
    """Draws with the mouse, through points that are shares of the pad."""
    box = pad(page).bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def mouse(page):
    """Answers move while the mouse still draws, and the server's are those that are shown."""
    assert set(answers(page)) == {"–"}
    box = pad(page).bounding_box()
    across = box["x"] + box["width"] / 2
    page.mouse.move(across, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(across, box["y"] + 0.6 * box["height"], steps=10)
    answered(page)
    with page.expect_response(lambda response: "/v1/predict" in response.url) as last:
        page.mouse.move(across, box["y"] + 0.8 * box["height"], steps=2)
    assert last.value.status == 200
    page.mouse.up()
    # The newest question is answered last.
    until(page, "document.getElementById('status').textContent.includes(':')")
    assert answers(page)[0] == "1", answers(page)
    for id in ["input", "spoke"]:
        assert page.locator(f"#{id}").evaluate(LIT), id
    assert "1" in page.locator("#spoke-class").inner_text()
    assert "softmax: 1" in page.locator("#status").inner_text()
    assert "Weight × input" in page.locator("#method").inner_text()


def clearing(page):
    page.get_by_role("button", name="Clear").click()
    assert set(answers(page)) == {"–"}
    assert not page.locator("#pad").evaluate(LIT)


def keyboard(page):
    """A one by keys alone: from the middle up, pen down, down again."""
    page.locator("body").press("Tab")
    pad(page).focus()
    for _ in range(9):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    assert "pen down" in pad(page).get_attribute("aria-label")
    for _ in range(18):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    says(page, "1")
    page.keyboard.press("Delete")
    assert set(answers(page)) == {"–"}


def finger(browser):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(pictures)
    box = pad(page).bounding_box()
    devtools = context.new_cdp_session(page)

    def touch(kind, share):
        points = [{"x": box["x"] + box["width"] / 2, "y": box["y"] + share * box["height"]}]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if kind != "touchEnd" else []})

    touch("touchStart", 0.2)
    for step in range(1, 7):
        touch("touchMove", 0.2 + step / 10)
    touch("touchEnd", 0.8)
    says(page, "1")
    # The page did not scroll under the finger.
    assert page.evaluate("scrollY") == 0
    context.close()


def explained(page):
    """The model whose answer is explained can be chosen."""
    stroke(page, [(0.5, 0.2), (0.5, 0.8)])
    answered(page)
    with page.expect_response(lambda response: "explain=naive-bayes" in response.url):
        page.get_by_label("What spoke for the answer of").select_option("naive-bayes")
    until(page, "document.getElementById('method').textContent.startsWith('Occlusion')")


def file(page):
    """A picture from a file."""
    page.get_by_role("button", name="Clear").click()
    ground = bytes([235] * 90 * 90)
    ink = bytearray(ground)
    for row in range(15, 75):
        ink[90 * row + 40 : 90 * row + 50] = bytes([20] * 10)
    picture = {"name": "one.pgm", "mimeType": "image/x-portable-graymap", "buffer": b"P5 90 90 255\n" + bytes(ink)}
    page.locator("#file").set_input_files(picture)
    says(page, "1")
    assert page.locator("#pad").evaluate(LIT)


def colours(page):
    """Drawn in a colour, and dropped from a file."""
    for pen, answer in [("#e01010", "red"), ("#1010e0", "blue")]:
        page.get_by_role("button", name="Clear").click()
        page.get_by_label("Pen", exact=True).fill(pen)
        for row in range(1, 10):
            stroke(page, [(0.05, row / 10), (0.95, row / 10)])
        says(page, answer)
    red = b"P6 2 2 255\n" + bytes([220, 10, 30] * 4)
    picture = {"name": "red.ppm", "mimeType": "image/x-portable-pixmap", "buffer": red}
    page.locator("#file").set_input_files(picture)
    says(page, "red")
    first = "c => [...c.getContext('2d').getImageData(0, 0, 1, 1).data]"
    assert page.locator("#input").evaluate(first) == [220, 10, 30, 255]
    assert page.locator("#pad").evaluate(first) == [220, 10, 30, 255]
    assert page.locator("#spoke").evaluate(LIT)


def disagreements(page):
    tab = page.get_by_role("tab", name="Ask")
    tab.focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Disagreements").get_attribute("aria-selected") == "true"
    tiles = page.locator("#tiles button")
    tiles.first.wait_for(timeout=120_000)
    text = page.locator("#disagreements-text").inner_text()
    assert "of 10000 test pictures" in text.replace("\u00a0", ""), text
    all_tiles = tiles.count()
    assert 0 < all_tiles <= 200
    page.get_by_label("Show where").select_option(label="only softmax is right")
    assert 0 < tiles.count() < all_tiles
    assert tiles.first.locator("canvas").evaluate(LIT)
    truth = tiles.first.locator(".is").inner_text().removeprefix("is ")
    page.screenshot(path=f"{directory}/disagreements.png")
    tiles.first.click()
    says(page, truth)
    assert page.locator("#input").evaluate(LIT)


def fits(page, name):
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{name}: {wide} pixels too wide"


def looks(page, what):
    """Light and dark, at a desk and on a phone."""
    colours = set()
    for name, width in [("desk", 1440), ("phone", 390)]:
        for scheme in ["light", "dark"]:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            fits(page, f"{what} {name}")
            colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            page.screenshot(path=f"{directory}/{what}-{name}-{scheme}.png", full_page=True)
    assert len(colours) == 2
    page.set_viewport_size({"width": 1440, "height": 900})


def tree(page):
    """What a screen reader is given has names."""
    for role in ["tab", "button", "textbox", "combobox", "slider", "spinbutton", "img", "application", "link"]:
        for element in page.get_by_role(role).all():
            if element.is_visible():
                name = element.aria_snapshot().splitlines()[0]
                assert '"' in name, name
    assert page.locator("[role=status]").count() >= 1
    assert page.locator("h1").inner_text()


def form(page):
    before = answered(page)
    assert all(answer in ["mammal", "bird", "reptile", "fish", "amphibian", "insect", "mollusc.et.al"] for answer in before), before
    milk = page.get_by_label("milk")
    first = milk.locator("option:checked").inner_text()
    with page.expect_response(lambda response: "/v1/predict" in response.url):
        milk.select_option(label="yes" if first == "no" else "no")
    slider = page.get_by_label("legs, slider")
    slider.focus()
    number = page.locator("#fields label", has_text="legs").locator("input[type=number]")
    old = number.input_value()
    with page.expect_response(lambda response: "/v1/predict" in response.url):
        page.keyboard.press("ArrowRight")
    assert number.input_value() != old
    until(page, "document.querySelectorAll('#parts li').length > 3")
    page.get_by_role("tab", name="Disagreements").click()
    until(page, "document.getElementById('disagreements-text').textContent.includes('nothing to show')")
    page.get_by_role("tab", name="Ask").click()


def visited(browser, address, checks):
    """Nothing is asked of others, and nothing is complained about."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    for check in checks:
        check(page)
    outside = [url for url in asked if not url.startswith((address, "data:"))]
    assert not outside, outside
    assert not said, said
    context.close()


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *QUIET])
    pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
    picture_checks = [tree, mouse, tree, clearing, keyboard, explained, file, disagreements]
    visited(browser, pictures, [*picture_checks, lambda page: looks(page, "pictures")])
    finger(browser)
    visited(browser, coloured, [tree, colours, lambda page: looks(page, "colours")])
    visited(browser, table, [form, tree, lambda page: looks(page, "table")])
    browser.close()
