"""Hooks for schemathesis: what a picture is, no schema of JSON can say."""

import schemathesis
from hypothesis import strategies


@strategies.composite
def picture(draw):
    rows, columns = (draw(strategies.integers(1, 40)) for _ in range(2))
    pixels = draw(strategies.binary(min_size=rows * columns, max_size=rows * columns))
    return b"P5 %d %d 255\n" % (columns, rows) + pixels


for kind in ["png", "jpeg", "bmp", "x-portable-graymap", "x-portable-pixmap"]:
    schemathesis.openapi.media_type(f"image/{kind}", picture())
