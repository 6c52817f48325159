"""``python -m ops.audit [service]``: whether the history of every record is as it was written (PLAT-04): the chain of each record, the
signed digest of each day; and of training and declaration whether summed numbers are those of a recount (ADR 28, 30). Prints a line for
each place that is not, then exits with 1; ``--public-key`` prints the key that the digests' signatures are checked with. Keep the line of
the last digest elsewhere: whoever has the database and the secret can write both anew.
"""

import sys
from collections.abc import Sequence

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import text

from ops.key_check import refuse_others
from ops.refusals import answer
from services.declaration.figures.repository import drift as figure_drift
from services.training.desk.boards.counts_repository import drift
from shared.clock import now_utc
from shared.db.digests import DigestKey, broken_digests, broken_records, last_digest
from shared.db.keys import ids_of, missing_keys
from shared.db.session import Database
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings


async def audit(database: Database, service: Service, settings: PlatformSettings) -> tuple[str, list[str]]:
    """(where the digests stand, what is broken) of one service."""
    keys = DigestKey.read_all(settings.signing_key)
    async with database.unit_of_work() as session:
        # A long history takes longer to read than a request may.
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        missing = await session.run_sync(lambda plain: list(missing_keys(plain.connection(), ids_of(settings))))
        broken = [f"{each.use} key {each.key_id} missing" for each in missing]
        broken += await broken_records(session)
        broken += [line async for line in broken_digests(session, service=service, keys=keys, now=now_utc())]
        broken += [f"board {each}" for each in (await drift(session) if service is Service.TRAINING else ())]
        broken += [
            f"figures {each}" for each in (await figure_drift(session, "") if service is Service.DECLARATION else ())
        ]
        last = await last_digest(session)
    return (f"last digest {last.day} {last.digest.hex()}" if last else "no digest yet"), broken


async def report(services: list[Service], settings: PlatformSettings) -> int:
    """Prints what was found; the exit code."""
    code = 0
    for service in services:
        database = Database(settings.database_of(service), pool_size=1, checkout_seconds=5, publish=lambda _hints: None)
        try:
            stands, broken = await audit(database, service, settings)
        finally:
            await database.close()
        print(f"{service}: {'BROKEN' if broken else 'whole'}; {stands}")
        for line in broken:
            print(f"{service}: {line}")
            code = 1
    return code


async def run(words: Sequence[str]) -> int:
    """What ``words`` ask for; the exit code."""
    settings = platform_settings()
    if "--public-key" in words:
        for key in DigestKey.read_all(settings.signing_key):
            print(key.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex())
        return 0
    services = [Service(name) for name in words] or list(Service)
    refuse_others(services, settings)
    return await report(services, settings)


def main(words: Sequence[str]) -> int:
    """A name that is no service ends the command with 2."""
    if {"-h", "--help"} & set(words):
        print(f"usage: python -m ops.audit [--public-key] [service …]\n\n{__doc__}")
        sys.exit(0)
    if unknown := [each for each in words if each != "--public-key" and each not in set(Service)]:
        print(f"没有这个服务：{'、'.join(unknown)}；可填 {'、'.join(Service)} · no such service", file=sys.stderr)
        return 2
    return answer(run(words))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
