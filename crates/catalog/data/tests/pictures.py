"""Writes the pictures of this directory, for the tests of src/pictures: python3 pictures.py (Pillow 13)."""

import struct
import zlib

from PIL import Image

size, colour = (16, 8), (200, 30, 60)
Image.new("L", size, 100).save("grey.jpg")
Image.new("RGB", size, colour).save("colour.jpg", quality=95, progressive=True)
Image.new("RGB", size, colour).save("colour.bmp")
Image.new("RGB", size, colour).quantize(4).save("palette.png")
gradient = Image.linear_gradient("L").crop((0, 0, 16, 40))
gradient.save("rows.jpg")
gradient.save("scans.jpg", progressive=True)

# 16 bits with alpha, which Pillow does not write.
pixel = struct.pack(">4H", *(257 * value for value in colour), 30_000)
rows = b"".join(b"\0" + pixel * size[0] for _ in range(size[1]))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


with open("deep.png", "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n")
    file.write(chunk(b"IHDR", struct.pack(">2I5B", *size, 16, 6, 0, 0, 0)))
    file.write(chunk(b"IDAT", zlib.compress(rows)))
    file.write(chunk(b"IEND", b""))
