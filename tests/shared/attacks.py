"""Files of less than 10 MB that were made to take all the memory or time of whoever reads them; made here, stored nowhere."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import pikepdf
from PIL import Image

from tests.shared.cleaning.pngs import PALETTE, RGB_ALPHA, Png
from tests.shared.sheets.packages import SHEET, STYLES, TEXTS, changed, packed, parts_of, sheet


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def largest_png() -> bytes:
    """As many pixels as are let in, in the widest form that is decoded."""
    return _saved(Image.new("RGBA", (6000, 6000), (1, 2, 3, 4)), "PNG", compress_level=9)


def deep_png() -> bytes:
    """Sixteen bits each of four channels, a hundred million pixels behind a head that tells of one row."""
    body = zlib.compress(bytes(100_000_000), 1)
    small = Png(RGB_ALPHA, 16, [[(0, 0, 0, 0)] * 6000]).data()
    return small[:33] + struct.pack(">I", len(body)) + b"IDAT" + body + struct.pack(">I", zlib.crc32(b"IDAT" + body))


def png_of_texts() -> bytes:
    """A small picture with comments that unpack to a gigabyte."""
    comment = b"a\0\0" + zlib.compress(bytes(20_000_000), 1)
    chunk = struct.pack(">I", len(comment)) + b"zTXt" + comment + struct.pack(">I", zlib.crc32(b"zTXt" + comment))
    plain = Png(PALETTE, 1, [[(0,)]], [(0, 0, 0)]).data()
    return plain[:33] + chunk * 60 + plain[33:]


def largest_jpeg() -> bytes:
    """Two hundred million pixels, in passes that need all coefficients in memory."""
    return _saved(Image.new("RGB", (14_000, 14_000)), "JPEG", quality=1, progressive=True)


def jpeg_of_scans() -> bytes:
    """A progressive picture whose last pass comes again some ten thousand times."""
    data = _saved(Image.new("L", (4000, 4000), 7), "JPEG", quality=50, progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * min(20_000, 9_000_000 // len(data[last:-2])) + data[-2:]


def pdf_of_objects() -> bytes:
    """A stream of objects that unpacks to hundreds of thousands, each an array."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for _ in range(150_000):
            pdf.make_indirect(pikepdf.Array([0] * 8))
        pdf.pages[0].Resources = pikepdf.Dictionary(All=pikepdf.Array(pdf.objects))
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


def pdf_of_zeros() -> bytes:
    """An object stream that unpacks to half a gigabyte."""
    bomb = zlib.compress(b"1 0 " + bytes(500 * 1024 * 1024), 1)
    return (
        b"%PDF-1.7\n1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length "
        + str(len(bomb)).encode()
        + b">>stream\n"
        + bomb
        + b"\nendstream endobj\n2 0 obj<</Type/Catalog/Pages 3 0 R>>endobj\ntrailer<</Root 2 0 R/Size 9>>\n%%EOF"
    )


def pdf_of_brackets() -> bytes:
    """Arrays in arrays in arrays."""
    return b"%PDF-1.7\n1 0 obj " + b"[" * 9_000_000 + b" endobj\ntrailer<</Root 1 0 R/Size 2>>\n%%EOF"


def pdf_without_a_table() -> bytes:
    """Everything has to be looked for, and there is much that looks like it."""
    return b"%PDF-1.7\n" + b"1 0 obj<</A 1 0 R>>endobj\n" * 350_000 + b"trailer<</Root 1 0 R/Size 2>>\n%%EOF"


def sheet_far_away() -> bytes:
    """The sheet of 5 kB: bytes before its XML, and a cell in the furthest corner."""
    parts = parts_of(sheet())
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return packed(parts | {SHEET: b"\0" + parts[SHEET].replace(b"</sheetData>", corner)})


def sheet_of_texts() -> bytes:
    return changed(TEXTS, b'uniqueCount="4"', b'uniqueCount="100000000000"')


def sheet_of_formats() -> bytes:
    return changed(STYLES, b'cellXfs count="1"', b'cellXfs count="18446744073709551615"')


def sheet_of_rows() -> bytes:
    """Twenty-four million rows with nothing in them."""
    return changed(SHEET, b"</sheetData>", b"<row/>" * 24_000_000 + b"</sheetData>")


def sheet_of_a_text() -> bytes:
    """One text of 140 MB."""
    return changed(TEXTS, "张三".encode(), b"a" * 140_000_000)


Make = Callable[[], bytes]
SCANS: Mapping[str, Make] = {
    "png": largest_png,
    "deep-png": deep_png,
    "texts-png": png_of_texts,
    "jpeg": largest_jpeg,
    "scans-jpeg": jpeg_of_scans,
    "objects-pdf": pdf_of_objects,
    "zeros-pdf": pdf_of_zeros,
    "brackets-pdf": pdf_of_brackets,
    "table-pdf": pdf_without_a_table,
}
SHEETS: Mapping[str, Make] = {
    "far-sheet": sheet_far_away,
    "texts-sheet": sheet_of_texts,
    "formats-sheet": sheet_of_formats,
    "rows-sheet": sheet_of_rows,
    "text-sheet": sheet_of_a_text,
}
