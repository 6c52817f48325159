"""A PDF written anew with what makes its pages look as they do, by lists of what is allowed (``pdf_keys``): no catalog but ours, no
annotation but as a drawing, no key of which we do not know that it draws. Bytes behind the end stay behind, and an owner's password too.
"""

import io
import re
from collections.abc import Iterator
from typing import Final

import pikepdf

from shared.cleaning.pdf_keys import ACTIONS_REFUSED, ANNOTATIONS_DRAWN, DRAWING, KEYS_REFUSED, NAMED, PAGE, XOBJECTS
from shared.cleaning.refusals import PdfActive, PdfDamaged, PdfEncrypted
from shared.errors import AppError

# A scan has some hundreds, a book of a thousand pages tens of thousands.
MAX_OBJECTS: Final = 100_000
_VERSION = re.compile(r"[12]\.\d")


def clean_pdf(data: bytes) -> tuple[None, bytes]:
    """Raises PdfEncrypted (it does not open without a password), PdfActive (something would be lost that people may have meant to send, or
    that acts by itself) and PdfDamaged."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.new() as made:
            if not len(pdf.pages) or len(pdf.objects) > MAX_OBJECTS:
                raise PdfDamaged
            if any(_is_active(part) for item in pdf.objects for part in _parts(item)):
                raise PdfActive
            _draw(pdf)
            made.pages.extend(pdf.pages)
            _copy_layers(pdf, made)
            _keep_what_draws(made)
            out = io.BytesIO()
            version = pdf.pdf_version if _VERSION.fullmatch(pdf.pdf_version) else ""
            made.save(
                out,
                min_version=version,
                deterministic_id=True,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
    except (AppError, MemoryError):
        raise
    except pikepdf.PasswordError as error:
        raise PdfEncrypted from error
    except Exception as error:  # as with pictures
        raise (PdfEncrypted if "encrypt" in str(error).lower() else PdfDamaged) from error
    return None, out.getvalue()


def _parts(item: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """An object, and those written inside it; objects that it refers to are seen on their own."""
    waiting = [item]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            waiting += [value for value in dict(part.items()).values() if _is_inline(value)]
        elif isinstance(part, pikepdf.Array):
            waiting += [value for value in part if _is_inline(value)]


def _is_inline(value: object) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _is_active(part: pikepdf.Object) -> bool:
    fields = dict(part.items())
    if KEYS_REFUSED & fields.keys() or str(fields.get("/S", "")) in ACTIONS_REFUSED:
        return True
    if isinstance(part, pikepdf.Stream):
        return "/F" in fields  # its content would be another file's
    is_annotation = str(fields.get("/Type", "")) == "/Annot" or ("/Rect" in fields and "/Subtype" in fields)
    return is_annotation and str(fields.get("/Subtype", "")) not in ANNOTATIONS_DRAWN


def _draw(pdf: pikepdf.Pdf) -> None:
    """What an annotation looks like, such as a seal or a filled field, becomes part of its page; the annotation goes."""
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and form.get("/NeedAppearances", False):
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")
    for page in pdf.pages:
        for key in page.obj.keys() - PAGE - {"/Parent"}:
            del page.obj[key]


def _copy_layers(pdf: pikepdf.Pdf, made: pikepdf.Pdf) -> None:
    """Which layers are shown is part of how a page looks."""
    layers = pdf.Root.get("/OCProperties")
    if isinstance(layers, pikepdf.Dictionary):
        made.Root.OCProperties = made.copy_foreign(layers if layers.is_indirect else pdf.make_indirect(layers))


def _keep_what_draws(made: pikepdf.Pdf) -> None:
    waiting: list[tuple[pikepdf.Object, bool]] = [
        (made.Root[key], False) for key in made.Root.keys() & {"/OCProperties"}
    ]
    for page in made.pages:
        for key in page.obj.keys() - PAGE - {"/Parent"}:
            del page.obj[key]
        waiting += [(page.obj[key], False) for key in page.obj.keys() - {"/Parent"}]
    seen: set[tuple[int, int]] = set()
    while waiting:
        part, names = waiting.pop()
        if not isinstance(part, pikepdf.Object) or part.is_indirect and part.objgen in seen:
            continue
        seen.add(part.objgen)
        if isinstance(part, pikepdf.Array):
            waiting += [(each, False) for each in part]
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            waiting += _kept(part, names=names and isinstance(part, pikepdf.Dictionary))


def _kept(part: pikepdf.Object, *, names: bool) -> list[tuple[pikepdf.Object, bool]]:
    """Takes away what does not draw. ``names``: its keys are names that the page itself has given, such as a font's."""
    if not names:
        for key in part.keys() - DRAWING:
            del part[key]
    if str(part.get("/Subtype", "")) == "/PS" and isinstance(part, pikepdf.Stream):
        part.Subtype = pikepdf.Name(XOBJECTS[0])
    return [(value, not names and key in NAMED) for key, value in part.items()]
