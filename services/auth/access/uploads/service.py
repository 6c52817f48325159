"""What people without an account may put up (PLAT-07): so much from an address a day, whatever it is for and however many proofs it had.
Counted in PostgreSQL before anything is looked into.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.uploads import repository
from services.auth.settings import auth_settings
from shared.clock import beijing_today, end_of_beijing_day, now_utc
from shared.errors import TooManyRequests
from shared.quotas import BYTES, tell


class AddressUsedUp(TooManyRequests):
    code = "address_uploads_used_up"

    def __init__(self, most_mb: int, seconds: int) -> None:
        words = f"该网络地址今天上传的文件合计已达上限（{most_mb} MB），请压缩后再上传，或明天再上传，也可换一个网络"
        super().__init__(words, retry_after=seconds)


async def charge_upload(session: AsyncSession, *, address: str, size: int) -> None:
    """One more file of so many bytes from this address. Raises AddressUsedUp."""
    most_mb, now = auth_settings().uploads_per_address_a_day_mb, now_utc()
    today = beijing_today(now)
    most, left = most_mb * 1024 * 1024, max(1, round((end_of_beijing_day(today) - now).total_seconds()))
    used = await repository.charge(session, address, today, size, cap=most)
    tell("uploads-a-day", most=most, seconds=86400, used=most if used is None else used, left=left, unit=BYTES)
    if used is None:
        raise AddressUsedUp(most_mb, left)


async def forget_old_uploads(session: AsyncSession) -> None:
    """Lets go of the days that no budget counts any more."""
    await repository.forget_before(session, beijing_today(now_utc()))
