"""Compares figures, as headless Chromium paints them, with pictures that somebody looked at: pixels.py CHROMIUM DRAWN
SEEN. Every figure of DRAWN on light ground, and those for wide screens on dark ground, too. With PLUMBLINE_ACCEPT in
the environment the pictures of SEEN are made anew.

They are kept at half the size, without loss. Compared are means of squares of 4 x 4 pixels, so that the edges of
letters, which depend on the version of a browser, do not count; a line, a marker or a word that moves, changes its
colour or is gone does. The thin pale lines of the grid are too faint for that: of them the test of the SVG files tells."""

import io
import os
import pathlib
import sys

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

chromium, drawn, seen = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
# Pixels of the side of a square, in a picture of half the size.
SQUARE = 2
# What a colour may differ by, of 255, and how many squares may differ by more: a marker has six.
NEAR, FEW = 20, 3
TEXT = "<span style='font: 100px system-ui, Helvetica, Arial, sans-serif; white-space: nowrap'>linfa-logistic 98.56 %</span>"


def squares(picture):
    """The mean colours of the squares of a picture, height x width x 3."""
    pixels = np.asarray(picture, dtype=np.float64)
    height, width = (side // SQUARE for side in pixels.shape[:2])
    parts = pixels[: height * SQUARE, : width * SQUARE].reshape(height, SQUARE, width, SQUARE, 3)
    return parts.mean(axis=(1, 3))


def difference(now, then):
    """What is different, in words; None if nothing is."""
    if now.size != then.size:
        return f"{now.width} x {now.height} pixels, not {then.width} x {then.height}"
    apart = np.abs(squares(now) - squares(then)).max(axis=2) > NEAR
    if apart.sum() <= FEW:
        return None
    top, left = np.argwhere(apart).min(axis=0) * 2 * SQUARE
    bottom, right = (np.argwhere(apart).max(axis=0) + 1) * 2 * SQUARE
    return f"{apart.sum()} squares differ, from ({left}, {top}) to ({right}, {bottom})"


def main():
    accept = "PLUMBLINE_ACCEPT" in os.environ
    files = sorted(drawn.rglob("*.svg"))
    assert files, f"no figures in {drawn}"
    found, expected = [], set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        pages = {scheme: browser.new_context(color_scheme=scheme).new_page() for scheme in ["light", "dark"]}
        pages["light"].set_content(TEXT)
        wide = round(pages["light"].locator("span").bounding_box()["width"])
        fonts = seen / "fonts.txt"
        if accept:
            seen.mkdir(parents=True, exist_ok=True)
            fonts.write_text(f"{wide}\n")
        then = int(fonts.read_text())
        assert abs(wide - then) <= 2, f"other fonts: a text is {wide} pixels wide, not {then}; the pictures have those of Debian (fonts-dejavu-core)"
        for file in files:
            for scheme, page in pages.items():
                if scheme == "dark" and "-narrow" in file.name:
                    continue
                page.set_content(f"<body style='margin: 0'>{file.read_text()}</body>")
                painted = page.locator("svg").first.screenshot()
                now = Image.open(io.BytesIO(painted)).convert("RGB").reduce(2)
                place = seen / file.relative_to(drawn).parent / f"{file.stem}-{scheme}.webp"
                expected.add(place)
                if accept:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    now.save(place, lossless=True, quality=100)
                fault = difference(now, Image.open(place)) if place.exists() else "nobody looked at it"
                if fault:
                    found.append(f"{place.relative_to(seen)}: {fault}")
        browser.close()
    found += [f"{place.relative_to(seen)}: of no figure" for place in set(seen.rglob("*.webp")) - expected]
    assert not found, "\n".join(found)
    print(f"{len(expected)} pictures of {len(files)} figures")


main()
