"""Gradient-direction features of a few pictures by the textbook: angles, loops, float64.

Writes cases.txt beside itself: python3 gradient_directions.py (NumPy 2.4; nothing random in it).
Of each case: a line of its settings, the pixels, the features before rounding to 8 bits.
"""

from math import atan2, exp, floor, hypot, pi, sin, sqrt
from pathlib import Path

import numpy as np


def picture(rows, columns, slant):
    """A thick slanted bar with a fading bow on its right, black around it."""
    image = np.zeros((rows, columns))
    for r in range(2, rows - 2):
        middle = columns / 2.5 + slant * (r - rows / 2)
        for c in range(columns):
            bar = max(0.0, 1 - abs(c - middle) / 2)
            bow = exp(-((hypot(r - rows / 3, c - columns / 2) - rows / 5) ** 2))
            image[r, c] = min(255, floor(255 * bar + 140 * bow))
    return image


def moments(image):
    r, c = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    mass = image.sum()
    row, column = (image * r).sum() / mass, (image * c).sum() / mass
    rr = (image * (r - row) ** 2).sum() / mass
    cc = (image * (c - column) ** 2).sum() / mass
    rc = (image * (r - row) * (c - column)).sum() / mass
    return row, column, rr, cc, rc


def placed(image, normalisation, size, aspect):
    if normalisation == "none":
        return image
    rows, columns = image.shape
    row, column, rr, cc, rc = moments(image)
    slant = rc / rr
    row_step = column_step = 1.0
    if normalisation == "size":
        tall, wide = sqrt(rr), sqrt(cc - slant * rc)
        target = size * max(rows, columns)
        shorter = (min(tall, wide) / max(tall, wide)) ** aspect
        row_step = tall / (target if tall >= wide else target * shorter)
        column_step = wide / (target if wide > tall else target * shorter)

    def grey(r, c):
        return image[r, c] if 0 <= r < rows and 0 <= c < columns else 0.0

    new = np.zeros_like(image)
    for r in range(rows):
        for c in range(columns):
            down = row_step * (r - (rows - 1) / 2)
            y = row + down
            x = column + column_step * (c - (columns - 1) / 2) + slant * down
            top, left = floor(y), floor(x)
            b, a = y - top, x - left
            new[r, c] = (1 - b) * ((1 - a) * grey(top, left) + a * grey(top, left + 1)) + b * (
                (1 - a) * grey(top + 1, left) + a * grey(top + 1, left + 1)
            )
    return new


def features(image, directions, grid, blur):
    rows, columns = image.shape
    black = np.pad(image / 255, 1)
    mask = np.outer([1, 2, 1], [-1, 0, 1])
    planes = np.zeros((directions, rows, columns))
    w = 2 * pi / directions
    for r in range(rows):
        for c in range(columns):
            around = black[r : r + 3, c : c + 3]
            x, y = (around * mask).sum(), (around * mask.T).sum()
            turns = (atan2(y, x) % (2 * pi)) / w
            k = floor(turns)
            part = turns - k
            planes[k % directions, r, c] += hypot(x, y) * sin(w * (1 - part)) / sin(w)
            planes[(k + 1) % directions, r, c] += hypot(x, y) * sin(w * part) / sin(w)

    def windows(length):
        apart = length / grid
        centres = (np.arange(grid) + 0.5) * apart - 0.5
        z = (np.arange(length)[None] - centres[:, None]) / (blur * apart)
        return np.exp(-0.5 * z**2) / (blur * apart * sqrt(2 * pi))

    seen = np.einsum("ir,krc,jc->kij", windows(rows), planes, windows(columns))
    edge = 8 / (blur * min(rows, columns) / grid * sqrt(2 * pi))
    return np.sqrt(seen / edge).ravel()


CASES = [
    # rows, columns, slant, normalisation, size, aspect, directions, grid, blur
    (28, 28, 0.0, "none", 0.0, 0.0, 8, 5, 0.45),
    (28, 28, 0.3, "upright", 0.0, 0.0, 8, 5, 0.536),
    (28, 28, -0.2, "size", 0.21, 0.5, 8, 6, 0.5),
    (20, 13, 0.2, "size", 0.25, 0.7, 12, 3, 0.6),
    (9, 17, 0.1, "upright", 0.0, 0.0, 5, 8, 0.4),
]

with (Path(__file__).parent / "cases.txt").open("w") as file:
    for rows, columns, slant, normalisation, size, aspect, *settings in CASES:
        image = picture(rows, columns, slant)
        values = features(placed(image, normalisation, size, aspect), *settings)
        print(rows, columns, normalisation, size, aspect, *settings, file=file)
        print(*(int(pixel) for pixel in image.ravel()), file=file)
        print(*(f"{value:.6f}" for value in values), file=file)
