"""How often one network address may look up a code, or put up a file, within an hour; the proof that each of them costs comes on top."""

from redis.asyncio import Redis

from services.auth.settings import auth_settings
from shared.errors import TooManyRequests
from shared.web.limits import count_up_to

_HOUR = 3600


class TooManyLookups(TooManyRequests):
    code = "too_many_lookups"
    detail = "该网络地址查询次数过多，请稍后再试"


class TooManyUploads(TooManyRequests):
    code = "too_many_uploads"
    detail = "该网络地址上传文件过多，请稍后再试"


async def count_lookup(redis: "Redis", address: str) -> None:
    """One more question whether a code is registered. Raises TooManyLookups with the seconds to wait."""
    cap = auth_settings().code_lookups_per_address
    await count_up_to(redis, "registration-lookups", address, cap=cap, seconds=_HOUR, refusal=TooManyLookups)


async def count_upload(redis: "Redis", address: str) -> None:
    """One more file from somebody without an account. Raises TooManyUploads with the seconds to wait."""
    cap = auth_settings().uploads_per_address
    await count_up_to(redis, "case-uploads", address, cap=cap, seconds=_HOUR, refusal=TooManyUploads)
