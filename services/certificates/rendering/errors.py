"""Why a page cannot be printed: each is told to a person with what to do next, and none ever becomes an empty box,
a blank photo or a second sheet. Retrying does not help against any of them.
"""

from collections.abc import Sequence
from typing import ClassVar

from shared.errors import AppError, NotFound
from shared.identifiers import is_seen


class RenderingRefused(AppError):
    """The input cannot be printed as it is; ``isinstance`` of this means that a retry is useless."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "document_not_printable"
    detail: str = "内容无法排版，请核对后重新生成"


class GlyphMissing(RenderingRefused):
    """No font has these characters; ``characters`` names each one once, in order of appearance."""

    code: ClassVar[str] = "glyph_missing"

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = tuple(characters)
        # What nobody sees is named by its code alone: the reason of a failure is a text like every other.
        shown = "、".join(f"“{char if is_seen(char) else ''}”（U+{ord(char):04X}）" for char in self.characters)
        super().__init__(f"打印字库中没有以下字符：{shown}，请更正后重新生成，生僻字请按居民身份证上的字形录入")


class PhotoUnreadable(RenderingRefused):
    code: ClassVar[str] = "photo_unreadable"
    detail: str = "照片无法读取，文件可能已损坏、过大或不是 JPEG、PNG 图片，请重新上传照片"


class PageOverflows(RenderingRefused):
    """Even the tightest layout needs a second sheet; ``too_long`` names what takes the room, the longest first."""

    code: ClassVar[str] = "document_overflows"

    def __init__(self, too_long: Sequence[str]) -> None:
        self.too_long = tuple(too_long)
        super().__init__(f"内容过长，页面排不下：请缩短{'、'.join(self.too_long) or '各项内容'}后重新生成")


class TemplateBroken(AppError):
    """A template asks for something that is not in its package: our fault, never the caller's."""

    code: ClassVar[str] = "template_broken"
    detail: str = "文书模板有误，无法生成文件，请联系系统管理人员"


class FontsUnusable(AppError):
    """``name`` is the file of a font that cannot be read or cut: without it a page would be empty boxes, and none is made."""

    code: ClassVar[str] = "fonts_unusable"

    def __init__(self, name: str) -> None:
        super().__init__(f"打印字库文件“{name}”缺失或损坏，无法生成文件，请联系系统管理人员重新安装后再试")


class UnknownTemplate(NotFound):
    """``template`` names a kind or a version that this release does not have."""

    code: ClassVar[str] = "unknown_template"

    def __init__(self, template: str) -> None:
        self.template = template
        super().__init__(f"没有“{template[:60]}”这种文书模板")
