"""A bounded process opens no file, so whatever its libraries import when they first need it has been imported by then."""

import subprocess
import sys

import pytest

from shared.bounded.talk import ROOT, bare_environment

# In an interpreter of its own, which knows nothing but what the work itself imports.
READS = """
import io, sys
from shared.cleaning.pdfs import clean_pdf
from shared.cleaning.pictures import clean_picture
from shared.sheets.uploaded import parse
before = set(sys.modules)
for data, form in PICTURES:
    clean_picture(data, form=form)
clean_pdf(PDF)
for data, name in SHEETS:
    parse(data, columns=[{"key": "name", "title": "姓名"}, {"key": "number", "title": "编号"}], name=name, max_rows=9)
print(sorted(set(sys.modules) - before))
"""
MAKES = """
import io
from PIL import Image, ImageCms
from tests.shared.cleaning.pngs import EVERY, PALETTE, Png, CHANNELS
from tests.shared.cleaning.test_pdfs import document
from tests.shared.sheets.packages import sheet
def saved(image, form, **options):
    image.save(out := io.BytesIO(), form, **options)
    return out.getvalue()
exif = Image.Exif()
exif[0x0112] = 6
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
pictures = [(saved(Image.new(mode, (9, 8)), "JPEG", exif=exif, icc_profile=profile), "JPEG") for mode in ("L", "RGB", "CMYK")]
pictures += [(saved(Image.new("RGB", (9, 8)), "PNG", exif=exif), "PNG")]
for colour, depth in EVERY:
    palette, clear = ([(1, 2, 3)], [4]) if colour == PALETTE else ([], None)
    pictures.append((Png(colour, depth, [[(0,) * CHANNELS[colour]]], palette, clear).data(), "PNG"))
sheets = [(sheet(), "a.xlsx"), ("姓名,编号\\n张三,7".encode("gb18030"), "a.csv"), ("姓名,编号\\n张三,7".encode("utf-8-sig"), "a.csv")]
print(f"PICTURES = {pictures!r}\\nPDF = {document()!r}\\nSHEETS = {sheets!r}")
"""


def said(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=bare_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.req("PLAT-07")
def test_nothing_is_imported_once_the_rights_are_gone() -> None:
    assert said(said(MAKES) + READS) == "[]"
