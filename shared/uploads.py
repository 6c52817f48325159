"""What an uploaded file really is: judged by its content, never by its name, and made harmless (PLAT-07).
Pictures are decoded and encoded anew, PDFs written anew, in a bounded process; where files lie and who reads them is not decided here.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

import puremagic

from shared.bounded import Work, run
from shared.cleaning import refusals
from shared.errors import InvalidInput, PayloadTooLarge, UnsupportedMedia

MAX_BYTES: Final = 10 * 1024 * 1024


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
_PICTURE, _PDF = "shared.cleaning.pictures:clean_picture", "shared.cleaning.pdfs:clean_pdf"
# The largest picture that is let in takes two to four.
_SECONDS: Final = 8
# What is done with a file of each kind, in a bounded process, and with which arguments.
_WORK: Final[Mapping[FileKind, tuple[Work, Mapping[str, str]]]] = {
    FileKind.JPG: (Work(_PICTURE, _SECONDS), {"form": "JPEG"}),
    FileKind.PNG: (Work(_PICTURE, _SECONDS), {"form": "PNG"}),
    FileKind.PDF: (Work(_PDF, _SECONDS), {}),
    FileKind.XLSX: (Work("shared.sheets.uploaded:checked"), {}),
}
# The refusals of that work have to be known here, so that they can be raised again.
REFUSALS: Final = refusals


class FileTooLarge(PayloadTooLarge):
    code = "file_too_large"


class FileKindNotAllowed(UnsupportedMedia):
    code = "file_kind_not_allowed"


class FileContentMismatch(InvalidInput):
    code = "file_content_mismatch"


class FileEmpty(InvalidInput):
    code = "file_empty"
    detail = "文件是空的，请重新选择文件"


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: ``data`` is what to store (an image is encoded anew), ``name`` is fit to be shown."""

    kind: FileKind
    content_type: str
    data: bytes
    name: str


async def check_upload(
    data: bytes, *, name: str, kinds: frozenset[FileKind], max_bytes: int = MAX_BYTES
) -> CheckedFile:
    """Judge an upload by its content, in a bounded process; the extension of ``name`` is put right. Hold no connection meanwhile.

    Raises what ``kind_of_upload`` raises, the refusals of ``shared.cleaning`` and of ``shared.sheets.check_package``, TooComplicated (422
    all) and ParsersBusy (503).
    """
    kind = kind_of_upload(data, name=name, kinds=kinds, max_bytes=max_bytes)
    stem = safe_download_name(PurePosixPath(name.replace("\\", "/")).stem)
    work, arguments = _WORK[kind]
    _, clean = await run(work, data, **arguments)
    return CheckedFile(kind, CONTENT_TYPES[kind], clean, f"{stem}.{kind}")


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
