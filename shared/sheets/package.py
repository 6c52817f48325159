"""The zip that an xlsx is: opened, measured by really unpacking it, refused when it is a bomb, damaged, protected, ambiguous or has macros.
What stands in the cells is the business of the neighbours.
"""

import io
import zipfile
import zlib
from typing import IO, Final

from shared.errors import InvalidInput, PayloadTooLarge

MAX_UNPACKED_BYTES: Final = 150 * 1024 * 1024
MAX_PARTS: Final = 2_000
PIECE: Final = 256 * 1024
# Fixed bytes before a part's name and content.
_LOCAL_HEADER: Final = 30
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


class NotASheet(InvalidInput):
    code = "file_content_mismatch"
    detail = "文件内容不是 Excel 工作簿（.xlsx），请用 Excel 或 WPS 另存为“Excel 工作簿(*.xlsx)”后重新上传"


class FileDamaged(InvalidInput):
    code = "file_damaged"
    detail = "文件已损坏，无法打开，请重新导出后上传"


class SheetEncrypted(InvalidInput):
    code = "sheet_encrypted"
    detail = "文件设有密码，无法读取，请取消密码保护后重新上传"


class SheetHasMacros(InvalidInput):
    code = "sheet_has_macros"
    detail = "文件含有宏，请另存为不含宏的“Excel 工作簿(*.xlsx)”后重新上传"


class UnpacksTooLarge(PayloadTooLarge):
    code = "file_unpacks_too_large"
    detail = "文件解压后过大，请删除多余的工作表和图片，或分成几个文件上传"


def check_package(data: bytes, *, max_unpacked: int = MAX_UNPACKED_BYTES) -> zipfile.ZipFile:
    """Open ``data`` as a workbook whose every part unpacks whole and within ``max_unpacked`` bytes in all.

    Raises NotASheet, FileDamaged, SheetEncrypted, SheetHasMacros, UnpacksTooLarge.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise (FileDamaged if data.startswith(b"PK\x03\x04") else NotASheet) from error
    names = {name.lower() for name in archive.namelist()}
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise NotASheet
    if any(name.endswith("vbaproject.bin") for name in names):
        raise SheetHasMacros
    if len(archive.namelist()) > MAX_PARTS:
        raise UnpacksTooLarge
    _refuse_ambiguous(archive, len(data))
    _unpack_all(archive, max_unpacked)
    return archive


def _refuse_ambiguous(archive: zipfile.ZipFile, size: int) -> None:
    """Two readers of one zip may see two files: where a name stands twice, where parts overlap, where a part has a method of its own."""
    parts = sorted(archive.infolist(), key=lambda info: info.header_offset)
    if any(info.flag_bits & _ENCRYPTED for info in parts):
        raise SheetEncrypted
    names = {info.filename.lower().replace("\\", "/").lstrip("/") for info in parts}
    ends = [info.header_offset for info in parts[1:]] + [size]
    overlap = any(
        info.header_offset + _LOCAL_HEADER + info.compress_size > end for info, end in zip(parts, ends, strict=True)
    )
    if len(names) < len(parts) or overlap or any(info.compress_type not in _METHODS for info in parts):
        raise FileDamaged


def _open_whole(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> IO[bytes]:
    """A part as a stream. The size that the archive claims is not believed: zipfile would cut the part there, and
    other readers would go on. ``limit`` must be more than is ever read, as at its end the checksum is compared."""
    claimed = info.file_size
    info.file_size = limit
    try:
        return archive.open(info)
    finally:
        info.file_size = claimed


def _unpack_all(archive: zipfile.ZipFile, max_unpacked: int) -> None:
    left = max_unpacked
    try:
        for info in archive.infolist():
            with _open_whole(archive, info, left + 2 * PIECE) as part:
                size = 0
                while piece := part.read(PIECE):
                    size += len(piece)
                    if size > left:
                        raise UnpacksTooLarge
            if size != info.file_size:
                raise FileDamaged
            left -= size
    except _BROKEN as error:
        raise FileDamaged from error
