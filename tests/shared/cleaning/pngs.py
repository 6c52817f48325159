"""PNGs of every colour type and depth, written by hand, and what they look like: an independent word on what Pillow should make of them."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGB_ALPHA: (8, 16)}
EVERY = [(colour, depth) for colour, depths in DEPTHS.items() for depth in depths]
Pixel = tuple[int, ...]
Shown = tuple[float, float, float, float]


@dataclass(frozen=True)
class Png:
    """``rows`` hold samples as they stand in the file; ``palette`` RGB triples, ``clear`` the tRNS: a pixel, or alphas of the palette."""

    colour: int
    depth: int
    rows: Sequence[Sequence[Pixel]]
    palette: Sequence[Pixel] = ()
    clear: Sequence[int] | None = None

    def data(self) -> bytes:
        head = struct.pack(">IIBBBBB", len(self.rows[0]), len(self.rows), self.depth, self.colour, 0, 0, 0)
        lines = b"".join(
            b"\0" + _packed([sample for pixel in row for sample in pixel], self.depth) for row in self.rows
        )
        chunks = [(b"IHDR", head)]
        if self.palette:
            chunks.append((b"PLTE", bytes(sample for each in self.palette for sample in each)))
        if self.clear is not None:
            form = "B" if self.colour == PALETTE else "H"
            chunks.append((b"tRNS", struct.pack(f">{len(self.clear)}{form}", *self.clear)))
        chunks += [(b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)

    def shown(self) -> list[Shown]:
        """Each pixel as (R, G, B, A) from 0 to 255."""
        return [self._shown(pixel) for row in self.rows for pixel in row]

    def _shown(self, pixel: Pixel) -> Shown:
        if self.colour == PALETTE:
            entry, alphas = self.palette[pixel[0]], self.clear or ()
            return entry[0], entry[1], entry[2], alphas[pixel[0]] if pixel[0] < len(alphas) else 255
        samples = [sample * 255 / ((1 << self.depth) - 1) for sample in pixel]
        colours, alpha = samples[:-1], samples[-1]
        if self.colour in {GREY, RGB}:
            colours, alpha = samples, 0.0 if self.clear and tuple(self.clear) == pixel else 255.0
        red, green, blue = colours if len(colours) == 3 else colours * 3
        return red, green, blue, alpha


def _packed(samples: Sequence[int], depth: int) -> bytes:
    if depth >= 8:
        return b"".join(sample.to_bytes(depth // 8) for sample in samples)
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
