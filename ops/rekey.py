"""``python -m ops.rekey [service …]``: puts every row under the first keys of the settings (PLAT-05), beside a platform that runs, and says
at the end that nothing is under an older one, or what is. Ended in the middle it goes on where it was when it is begun again. Of
``PLATFORM_SIGNING_KEY`` it lists which one signs and which only verify; ``--forget ID`` gives one of these up for good. The order of the
steps around it is told in docs/operations.md.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module

from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, select, text

from ops.key_check import refuse_others
from ops.refusals import answer
from shared.crypto import FieldCipher
from shared.db.base import KitBase
from shared.db.keys import SETTING_OF, KeyUse, ids_of, retire, retire_all_but, take_up, writer_name
from shared.db.rekeying import KeyedTable, rounds
from shared.db.types import field_cipher
from shared.errors import NotFound
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings
from shared.storage import Storage

_STEPS = 10


def tables_of(service: Service) -> list[Table]:
    """Every table of the service's database, the kit's among them."""
    own = import_module(f"services.{service}.tables").METADATA
    return [*own.sorted_tables, *KitBase.metadata.sorted_tables]


def rekey(engine: Engine, service: Service, tables: Sequence[KeyedTable]) -> None:
    """Goes through all tables and tells how far it is, a line a tenth of each that has something to do."""
    for table in tables:
        told = 0
        for progress in rounds(engine, table):
            if progress.rows and int(progress.share * _STEPS) != told:
                told = int(progress.share * _STEPS)
                _tell(f"{service} {progress.table}: {progress.share:.0%}, {progress.rows} 行 rows")


def left_in(connection: Connection, tables: Sequence[KeyedTable], cipher: FieldCipher) -> Iterator[str]:
    """What is not under the first keys yet, or still under a key that is not there any more, a line each."""
    version = cipher.index_keys[0].version
    for table in tables:
        for condition, why in (
            (table.is_old(), "不在新的加密密钥下 not under the newest field key"),
            (
                table.lacks(version),
                f"没有索引密钥 {version} 的索引（没有明文的行两天内会清除） no index of version {version}",
            ),
            (table.is_indexed_beside(), "仍有已去掉的索引密钥的索引 still indexed under a key that is gone"),
        ):
            if rows := table.count(connection, condition):
                yield f"{table.name}: {rows} 行 rows: {why}"
    settings = platform_settings()
    told_less = settings.model_copy(update={"blind_index_key": ()})  # a service that looks nobody up
    writers = connection.scalar(_OTHER_WRITERS, {"ours": [writer_name(settings), writer_name(told_less)]})
    if writers:
        yield f"{writers} 个连接来自设置较旧的进程，请重启它们 connections of processes with older settings: restart these"


_OTHER_WRITERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE 'platform %' AND application_name <> ALL(:ours)"
)


async def old_inputs(engine: Engine, tables: Sequence[Table], storage: Storage, cipher: FieldCipher) -> int:
    """How many files of jobs that still run are under an older key; they go when their jobs end."""
    with engine.begin() as connection:
        keys = [
            key
            for table in tables
            if "input_key" in table.columns
            for key in connection.scalars(select(table.c.input_key).where(table.c.input_key.is_not(None)))
        ]
    old = 0
    for key in keys:
        try:
            old += not (await storage.get(key)).startswith(cipher.newest)
        except NotFound:
            continue  # the job has ended meanwhile
    return old


async def bring(service: Service, settings: PlatformSettings) -> bool:
    """One service's database; whether nothing is left."""
    cipher, tables = field_cipher(), tables_of(service)
    keyed = [KeyedTable(table, cipher) for table in tables]
    engine = create_engine(settings.database_of(service), poolclass=NullPool)
    with engine.begin() as connection:
        if missing := take_up(connection, settings):
            _tell(*(f"{service}: {each}" for each in missing))
            return False
    rekey(engine, service, keyed)
    with engine.begin() as connection:
        left = list(left_in(connection, keyed, cipher))
    if inputs := await old_inputs(engine, tables, Storage(settings.storage_url, settings.storage_options), cipher):
        left.append(f"{inputs} 个未完成的后台任务的文件在旧密钥下，任务结束即清除 files of jobs that still run")
    for line in left:
        print(f"{service}: 未完成 left: {line}")
    if not left:
        with engine.begin() as connection:
            for use in (KeyUse.FIELD, KeyUse.INDEX):
                retire_all_but(connection, use, ids_of(settings)[use][0])
        print(f"{service}: 旧密钥下已没有任何数据 nothing is left under an older key")
    return not left


async def bring_all(services: Sequence[Service], settings: PlatformSettings) -> int:
    """The exit code: 1 when something is left."""
    done = [await bring(service, settings) for service in services]
    for use, ids in ids_of(settings).items():
        said = "只用来验证 only verifies" if use is KeyUse.SIGNING else "可以去掉 can be taken out"
        for place, key in enumerate(ids):
            print(f"{SETTING_OF[use]} {key}: {said if place and all(done) else '在用 in use'}")
    return 0 if all(done) else 1


async def forget(services: Sequence[Service], key: str, settings: PlatformSettings) -> int:
    """Gives up a signing key that is not in the settings any more: what it has signed is not known as ours from now on."""
    if key in ids_of(settings)[KeyUse.SIGNING]:
        _tell(f"请先从 {SETTING_OF[KeyUse.SIGNING]} 中去掉 {key} · Take {key} out of the settings first")
        return 1
    for service in services:
        with create_engine(settings.database_of(service), poolclass=NullPool).begin() as connection:
            retire(connection, KeyUse.SIGNING, key)
    return 0


def _tell(*lines: str) -> None:
    print("\n".join(lines), file=sys.stderr, flush=True)


async def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.rekey", description=__doc__)
    parser.add_argument("services", nargs="*", type=Service, metavar="service", default=list(Service))
    parser.add_argument("--forget", metavar="ID")
    asked, settings = parser.parse_args(words), platform_settings()
    refuse_others(asked.services, settings)
    if asked.forget:
        return await forget(asked.services, asked.forget, settings)
    return await bring_all(asked.services, settings)


if __name__ == "__main__":
    sys.exit(answer(main(sys.argv[1:])))
