"""What can go wrong, as the caller is told it: every refusal is an ``AppError`` with an HTTP status, a stable code and a
Chinese detail that says why and what to do next (PLAT-01). How it goes over the wire is the business of ``shared.web.problems``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One bad input: ``field`` is the path in the body (``people.0.name``) or the query name, ``message`` is Chinese."""

    field: str
    code: str
    message: str


class AppError(Exception):
    """A refusal that the caller can understand and act on. ``keeps`` says that what the unit of work has done before it stays, such as
    a counted try; ``extra`` are further members of the problem document."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    keeps: ClassVar[bool] = False
    detail: str = "系统出现故障，请稍后再试"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        self.detail = detail or self.detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.extra = dict(extra or {})
        super().__init__(self.detail)


class InvalidInput(AppError):
    status = 422
    code = "invalid_input"
    detail = "填写的内容有误，请按提示修改"


class MalformedBody(AppError):
    status = 400
    code = "malformed_body"
    detail = "请求内容不是有效的 JSON，请检查后重新提交"


class NotSignedIn(AppError):
    status = 401
    code = "not_signed_in"
    detail = "请先登录"


class Forbidden(AppError):
    status = 403
    code = "forbidden"
    detail = "您的账号没有办理此事项的权限，如需开通请联系所在地市疾控中心账号管理人员"


class NotFound(AppError):
    """Also the answer for what exists but is not the caller's (PLAT-06)."""

    status = 404
    code = "not_found"
    detail = "没有找到该记录，可能已被删除或不属于您的管辖范围"


class Conflict(AppError):
    status = 409
    code = "conflict"
    detail = "当前状态不允许此操作，请刷新后再试"


class VersionMismatch(AppError):
    status = 412
    code = "version_mismatch"
    detail = "该记录刚刚被他人修改，请刷新后核对再保存"


class PayloadTooLarge(AppError):
    status = 413
    code = "payload_too_large"
    detail = "提交的内容过大"


class UnsupportedMedia(AppError):
    status = 415
    code = "unsupported_media"
    detail = "不支持的文件类型"


class Locked(AppError):
    status = 423
    code = "locked"
    detail = "已被锁定"


class VersionMissing(AppError):
    status = 428
    code = "version_missing"
    detail = "修改记录时须在 If-Match 中带上读取时的 ETag"


class TooManyRequests(AppError):
    """Always with the seconds after which to ask again."""

    status = 429
    code = "too_many_requests"
    detail = "操作过于频繁，请稍后再试"

    def __init__(self, detail: str | None = None, *, retry_after: int) -> None:
        super().__init__(detail, retry_after=max(1, retry_after))


class Unavailable(AppError):
    """Something that we need is down for the moment; nothing of the request has been done."""

    status = 503
    code = "unavailable"
    detail = "系统暂时繁忙，您的操作尚未保存，请稍后重试"

    def __init__(self, detail: str | None = None, *, retry_after: int = 2) -> None:
        super().__init__(detail, retry_after=retry_after)


class Overtaken(Unavailable):
    """What was read has changed before it could be written. Nothing has been done: the route does the unit of work again, from its first
    read, and a caller hears of this only when that was in vain several times."""


class DatabaseFull(Unavailable):
    """There is no room on the database's disk; the same request is taken again once there is."""

    code = "database_full"
    detail = "系统存储空间已满，您的操作尚未保存，请联系系统管理人员扩充空间，之后再次提交"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, retry_after=30)


class LittleRoom(Unavailable):
    """The disks have so little room left that nothing more is taken in, lest the database stop and nobody can read either."""

    code = "disk_nearly_full"
    detail = "服务器磁盘剩余空间不足，暂时只能查看，您的操作尚未保存，请联系系统管理人员扩充或清理磁盘，之后再次提交"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, retry_after=30)
