"""Looks at figures in headless Chromium: figures.py CHROMIUM DIRECTORY. No two texts of one overlap, none is
cut off, all are large enough to be read, on light and on dark ground."""

import pathlib
import sys

from playwright.sync_api import sync_playwright

chromium, directory = sys.argv[1], pathlib.Path(sys.argv[2])
LEAST = {True: 12, False: 11}

MEASURE = """() => {
  const svg = document.querySelector("svg");
  const box = ({left, top, right, bottom}) => ({left, top, right, bottom});
  return {
    all: box(svg.getBoundingClientRect()),
    texts: [...svg.querySelectorAll("text")].filter(text => text.textContent).map(text => ({
      ...box(text.getBoundingClientRect()),
      size: parseFloat(getComputedStyle(text).fontSize),
      colour: getComputedStyle(text).fill,
      said: text.textContent,
    })),
  };
}"""


def faults(seen, narrow):
    """What is wrong with a figure, a line each."""
    whole, texts = seen["all"], seen["texts"]
    for text in texts:
        if text["left"] < whole["left"] - 1 or text["right"] > whole["right"] + 1:
            yield f"{text['said']!r} is cut off at a side"
        if text["top"] < whole["top"] - 1 or text["bottom"] > whole["bottom"] + 1:
            yield f"{text['said']!r} is cut off above or below"
        if text["size"] < LEAST[narrow]:
            yield f"{text['said']!r} has {text['size']} pixels"
    for i, a in enumerate(texts):
        for b in texts[:i]:
            across = min(a["right"], b["right"]) - max(a["left"], b["left"])
            down = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
            # Boxes have room above and below the letters.
            if across > 1 and down > 4:
                yield f"{a['said']!r} and {b['said']!r} overlap"


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    pages = {scheme: browser.new_context(color_scheme=scheme).new_page() for scheme in ["light", "dark"]}
    files = sorted(directory.rglob("*.svg"))
    assert files, f"no figures in {directory}"
    found = []
    for file in files:
        shades = {}
        for scheme, page in pages.items():
            page.set_content(f"<body style='margin: 0'>{file.read_text()}</body>")
            seen = page.evaluate(MEASURE)
            shades[scheme] = {text["colour"] for text in seen["texts"]}
        found += [f"{file.relative_to(directory)}: {fault}" for fault in faults(seen, "-narrow" in file.name)]
        if shades["light"] & shades["dark"]:
            found.append(f"{file.relative_to(directory)}: text has one colour on both grounds")
    browser.close()
assert not found, "\n".join(found)
print(f"{len(files)} figures")
