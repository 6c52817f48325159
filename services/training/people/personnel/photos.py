"""What a 证件照 has to be, so that it can stand on a certificate: one JPEG or PNG, upright, sharp enough and not too large. That the file
is whole, is what it says and stands the right way up has been seen to when it was uploaded (``shared.uploads``).
"""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from shared.attachments import Attachment
from shared.errors import FieldError, InvalidInput
from shared.photos import MOST_PIXELS, PRINT_PIXELS
from shared.storage import Storage

FIELD = "attachment_ids"
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
_WIDTH, _HEIGHT = PRINT_PIXELS


async def check_photos(storage: Storage, files: Sequence[Attachment]) -> None:
    """Raises ``InvalidInput`` for more than one file and for a file that is no such photo, with what to do about it."""
    if len(files) > 1:
        raise _refused("one_photo_only", "证件照只能有一张，请只保留一张")
    for each in files:
        form = _FORMATS.get(each.content_type)
        if form is None:
            raise _refused("photo_not_a_picture", "证件照须为 jpg 或 png 图片，不能是 PDF，请另行上传照片")
        _check_size(await storage.get(each.storage_key), form)


def _check_size(data: bytes, form: str) -> None:
    """By the head of the file alone: it has been decoded whole and encoded anew on its way in."""
    with Image.open(BytesIO(data), formats=[form]) as image:
        width, height = image.size
    most = MOST_PIXELS[form]
    rules = (
        (
            width * height > most,
            "photo_too_many_pixels",
            f"超过 {most // 10_000} 万像素，请缩小{_OR_JPEG[form]}后重新上传",
        ),
        (height <= width, "photo_not_upright", "不是竖版，请旋转或裁剪成高大于宽的照片后重新上传"),
        (
            width < _WIDTH or height < _HEIGHT,
            "photo_too_small",
            f"不够清晰，至少须 {_WIDTH}×{_HEIGHT} 像素（25×35 毫米、300 dpi），请换用更大的照片",
        ),
    )
    for broken, code, message in rules:
        if broken:
            raise _refused(code, f"该证件照为 {width}×{height} 像素，{message}")


_OR_JPEG = {"JPEG": "", "PNG": "或另存为 jpg "}


def _refused(code: str, message: str) -> InvalidInput:
    return InvalidInput(errors=[FieldError(FIELD, code, message)])
