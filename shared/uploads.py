"""What an uploaded file really is: judged by its content, never by its name, and made harmless (PLAT-07).
Images are decoded and encoded anew, PDFs and sheets parsed; where files lie and who reads them is not decided here.
"""

import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

import pikepdf
import puremagic
from PIL import Image, ImageCms, ImageFile, ImageOps

from shared.errors import InvalidInput, PayloadTooLarge, UnsupportedMedia
from shared.sheets import FileDamaged, check_package

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
MAX_PDF_OBJECTS: Final = 200_000
JPEG_QUALITY: Final = 90


class FileKind(StrEnum):
    JPG = "jpg"
    PNG = "png"
    PDF = "pdf"
    XLSX = "xlsx"


CONTENT_TYPES: Final = {
    FileKind.JPG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.PDF: "application/pdf",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TYPES: Final = {f".{kind}": CONTENT_TYPES[kind] for kind in FileKind} | {".zip": "application/zip"}
IMAGES: Final = frozenset({FileKind.JPG, FileKind.PNG})
SCANS: Final = IMAGES | {FileKind.PDF}
SHEETS: Final = frozenset({FileKind.XLSX})
_EXTENSIONS = {
    "jpg": FileKind.JPG,
    "jpeg": FileKind.JPG,
    "png": FileKind.PNG,
    "pdf": FileKind.PDF,
    "xlsx": FileKind.XLSX,
}
# Every office file is a zip to the eye; the parser tells them apart.
_MIMES = {"image/jpeg": FileKind.JPG, "image/png": FileKind.PNG, "application/pdf": FileKind.PDF} | dict.fromkeys(
    ("application/zip", CONTENT_TYPES[FileKind.XLSX]), FileKind.XLSX
)
_PDF_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition"})
_PDF_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/RichMedia", "/XFA"})


class FileTooLarge(PayloadTooLarge):
    code = "file_too_large"


class FileKindNotAllowed(UnsupportedMedia):
    code = "file_kind_not_allowed"


class FileContentMismatch(InvalidInput):
    code = "file_content_mismatch"


class FileEmpty(InvalidInput):
    code = "file_empty"
    detail = "文件是空的，请重新选择文件"


class ImageTooLarge(InvalidInput):
    code = "image_too_many_pixels"
    detail = f"图片超过 {MAX_PIXELS // 10_000} 万像素，请缩小后重新上传"


class PdfEncrypted(InvalidInput):
    code = "pdf_encrypted"
    detail = "PDF 设有密码或使用限制，请取消加密后重新上传"


class PdfActive(InvalidInput):
    code = "pdf_active_content"
    detail = "PDF 含有脚本、附件或可执行动作，请用“打印为 PDF”重新生成后上传"


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: ``data`` is what to store (an image is encoded anew), ``name`` is fit to be shown."""

    kind: FileKind
    content_type: str
    data: bytes
    name: str


def check_upload(data: bytes, *, name: str, kinds: frozenset[FileKind], max_bytes: int = MAX_BYTES) -> CheckedFile:
    """Judge an upload by its content; the extension of ``name`` is put right. Slow: call it in a thread.

    Raises what ``kind_of_upload`` raises, FileDamaged, ImageTooLarge, PdfEncrypted, PdfActive and what
    ``shared.sheets.check_package`` raises (422 all).
    """
    kind = kind_of_upload(data, name=name, kinds=kinds, max_bytes=max_bytes)
    stem = safe_download_name(PurePosixPath(name.replace("\\", "/")).stem)
    return CheckedFile(kind, CONTENT_TYPES[kind], _CHECKS[kind](data), f"{stem}.{kind}")


def kind_of_upload(data: bytes, *, name: str, kinds: frozenset[FileKind], max_bytes: int = MAX_BYTES) -> FileKind:
    """By its size and first bytes alone; nothing is parsed. Raises FileEmpty, FileContentMismatch (422), FileTooLarge (413),
    FileKindNotAllowed (415)."""
    if not data:
        raise FileEmpty
    if len(data) > max_bytes:
        raise FileTooLarge(f"文件超过 {max_bytes / 1024 / 1024:g} MB，请压缩后重新上传")
    kind = _sniff(data)
    if kind is None or kind not in kinds:
        raise _refusal(name, kinds)
    return kind


def _sniff(data: bytes) -> FileKind | None:
    try:
        found = puremagic.magic_string(data[:4096])
    except (puremagic.PureError, ValueError):
        return None
    return next((_MIMES[match.mime_type] for match in found if match.mime_type in _MIMES), None)


def _refusal(name: str, kinds: frozenset[FileKind]) -> FileKindNotAllowed | FileContentMismatch:
    allowed = "、".join(kind for kind in FileKind if kind in kinds)
    extension = name.rpartition(".")[2].lower()
    if _EXTENSIONS.get(extension) in kinds:
        return FileContentMismatch(f"文件名是 .{extension}，但内容不是，请上传真正的 {allowed} 文件")
    return FileKindNotAllowed(f"只能上传 {allowed} 文件，请转换格式后重新上传")


def _clean_image(data: bytes, kind: FileKind) -> bytes:
    form = "JPEG" if kind is FileKind.JPG else "PNG"
    # A switch of the whole process, which other libraries turn on: a picture without its end would pass as whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ImageTooLarge
            image.load()
            upright = _in_its_colours(ImageOps.exif_transpose(image))
            seen = upright.has_transparency_data
            plain = upright.convert("RGBA" if seen and kind is FileKind.PNG else "RGB" if upright.mode != "L" else "L")
    except Image.DecompressionBombError as error:
        raise ImageTooLarge from error
    except ImageTooLarge:
        raise
    except Exception as error:  # hostile bytes make a decoder raise anything; whatever it is, the file is unreadable
        raise FileDamaged("图片已损坏，无法打开，请重新拍摄或扫描后上传") from error
    plain.info = {}  # comments, profiles and places of taking stay behind
    out = io.BytesIO()
    plain.save(out, form, quality=JPEG_QUALITY)
    return out.getvalue()


def _in_its_colours(image: Image.Image) -> Image.Image:
    """A picture made for a press in the colours that its own profile means by the inks; without a profile that can be read, the inks are
    taken for pure ones, as with any other picture."""
    profile = image.info.get("icc_profile")
    if image.mode != "CMYK" or not profile:
        return image
    try:
        press = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, press, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError):
        return image


def _parsed_pdf(data: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise PdfEncrypted
            if not len(pdf.pages) or len(pdf.objects) > MAX_PDF_OBJECTS:
                raise FileDamaged
            if any(_is_active(item) for item in pdf.objects):
                raise PdfActive
    except pikepdf.PasswordError as error:
        raise PdfEncrypted from error
    except (PdfEncrypted, PdfActive, FileDamaged):
        raise
    except Exception as error:  # as with images
        raise FileDamaged("PDF 已损坏，无法打开，请重新生成后上传") from error
    return data


def _is_active(item: pikepdf.Object) -> bool:
    """Whether an object, or one written inside it, acts by itself; objects that it refers to are seen on their own."""
    waiting = [item]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            fields = dict(part.items())
            if _PDF_KEYS & fields.keys() or str(fields.get("/S", "")) in _PDF_ACTIONS:
                return True
            waiting += [value for value in fields.values() if _is_inline(value)]
        elif isinstance(part, pikepdf.Array):
            waiting += [value for value in part if _is_inline(value)]
    return False


def _is_inline(value: object) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _parsed_sheet(data: bytes) -> bytes:
    check_package(data).close()
    return data


_CHECKS: Final[dict[FileKind, Callable[[bytes], bytes]]] = {
    FileKind.JPG: lambda data: _clean_image(data, FileKind.JPG),
    FileKind.PNG: lambda data: _clean_image(data, FileKind.PNG),
    FileKind.PDF: _parsed_pdf,
    FileKind.XLSX: _parsed_sheet,
}


def safe_download_name(name: str) -> str:
    """A name without paths, invisible characters or what file systems refuse; at most 100 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    clean = re.sub(r'[<>:"|?*]', "_", shown).strip(" .")
    if len(clean) > 100:
        stem, dot, extension = clean.rpartition(".")
        clean = stem[: 99 - len(extension)] + dot + extension if dot and len(extension) <= 8 else clean[:100]
    return clean or "文件"


def content_type_of(name: str) -> str:
    """By the extension of a name that we gave ourselves."""
    return _TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
