"""``python -m ops retry [--days 1] [--channel sms|email] [--id ID]``: text messages and e-mails that were given up, put back to be sent,
with the reasons for which they had been (BEY-12). What is 结果待查 may have arrived: it goes again one by one, by its id, which ``--list``
says. What has lost its sense since, and what its reader has turned off since, stays. Pages of certificates are made again on the page of
the certificate, by the province (重新制作)."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from ops.key_check import refuse_others
from ops.refusals import answer
from services.notifications.deliveries.repository import is_unclear, list_failed
from services.notifications.deliveries.resending_service import put_back, put_one_back
from services.notifications.kinds import Channel
from shared.db.session import Database
from shared.services import Service
from shared.settings import platform_settings


def parsed(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops retry", description=__doc__)
    parser.add_argument("--days", type=int, default=1, choices=range(1, 31), metavar="1…30")
    channels = {channel.value: channel for channel in Channel}
    parser.add_argument("--channel", type=channels.get, choices=list(Channel))
    parser.add_argument("--id", type=UUID, help="this one alone, also when nobody knows what became of it")
    parser.add_argument("--list", action="store_true", help="only say what failed, and why")
    return parser.parse_args(words)


async def run(words: Sequence[str]) -> int:
    """The exit code: 1 when there is no such one."""
    asked, settings = parsed(words), platform_settings()
    refuse_others([Service.NOTIFICATIONS], settings)
    url = settings.database_of(Service.NOTIFICATIONS)
    database = Database(url, pool_size=1, checkout_seconds=5, publish=lambda _hints: None)
    try:
        async with database.unit_of_work() as session:
            failed = await list_failed(session, days=asked.days)
            for (channel, why), count in sorted(Counter((row.channel, row.last_error) for row in failed).items()):
                print(f"{channel.label} {count}: {why}")
            for row in filter(is_unclear, failed):
                print(f"{row.status.label} {row.id}")
            if asked.list:
                return 0
            if asked.id:
                found = await put_one_back(session, asked.id)
                print(
                    "已重新排队 put back"
                    if found
                    else "没有这一条，或已过期、已送出、收件人已关闭 · none such, or too late, sent, or turned off by its reader"
                )
                return 0 if found else 1
            again = await put_back(session, days=asked.days, channel=asked.channel)
        print(f"已重新排队 put back: {len(again)}")
        return 0
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
