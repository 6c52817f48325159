"""``python -m ops.import_reference registry|old-accounts|industries FILE``: fills a table of reference data from an xlsx or a CSV (ORG-07,
AUTH-23, ORG-13). All rows or none, unless ``--skip-bad`` leaves bad ones out; ``--check`` only says what would come of it; ``--template``
writes an empty sheet. What the columns mean is decided by the services.
"""

import argparse
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from ops.refusals import answer
from services.auth.directory.registry.importing import COMPANIES, OLD_ACCOUNTS, Register, import_register, read_register
from services.declaration.industries import importing as industries
from shared.errors import InvalidInput
from shared.fields import uscc_misses_check
from shared.runtime import open_runtime
from shared.services import Service
from shared.sheets import Column, write_template
from shared.sheets.entries import Entries, Taken

MAX_BYTES = 100 * 1024 * 1024
SHOWN_ERRORS = 200


@dataclass(frozen=True)
class Table:
    """``read`` makes entries of (data, name); ``import_`` is the use case that takes them."""

    title: str
    service: Service
    columns: tuple[Column, ...]
    read: Callable[[bytes, str], Awaitable[Entries[Any]]]
    import_: Callable[..., Awaitable[Taken]]


def _register(title: str, register: Register) -> Table:
    async def import_(session: AsyncSession, entries: Entries[Any], *, write: bool, skip_bad: bool) -> Taken:
        return await import_register(session, register, entries, write=write, skip_bad=skip_bad)

    return Table(title, Service.AUTH, register.columns, partial(read_register, register), import_)


TABLES: Mapping[str, Table] = {
    "registry": _register("企业名录", COMPANIES),
    "old-accounts": _register("原系统账号", OLD_ACCOUNTS),
    "industries": Table(
        "行业分类",
        Service.DECLARATION,
        industries.COLUMNS,
        industries.read_industries,
        industries.import_industries,
    ),
}


class FileUnreadable(InvalidInput):
    code = "file_unreadable"


def parsed(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ops.import_reference",
        description="从 xlsx 或 csv 导入基础数据 · Fills a table of reference data from an xlsx or a CSV",
    )
    names = "、".join(f"{name} {table.title}" for name, table in TABLES.items())
    parser.add_argument("table", choices=TABLES, help=names)
    parser.add_argument("file", type=Path, nargs="?", help="要导入的文件 · the file")
    parser.add_argument("--template", type=Path, metavar="OUT.xlsx", help="写出空白模板 · write an empty sheet")
    parser.add_argument("--check", action="store_true", help="只核对，不导入 · only say what would come of it")
    parser.add_argument("--skip-bad", action="store_true", help="跳过有错误的行 · leave bad rows out")
    given = parser.parse_args(words)
    if (given.file is None) is (given.template is None):
        parser.error("请给出要导入的文件，或 --template 输出文件 · give a file, or --template")
    return given


def content(path: Path) -> bytes:
    """Raises FileUnreadable."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileUnreadable(f"{path} 超过 {MAX_BYTES // 1024 // 1024} MB，请分成几个文件导入")
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(f"无法读取 {path}：{error.strerror}") from error


def telling(title: str, taken: Taken, *, check: bool) -> tuple[str, list[str]]:
    """(what came of it, a line for each bad cell)."""
    counts = (
        f"{title}：共 {taken.total} 行，新增 {taken.created}，更新 {taken.changed}，无变化 {taken.unchanged}，"
        f"错误 {len(taken.errors)} 处"
    )
    errors = [f"第 {each.row} 行 {each.column}“{each.value}”：{each.reason}" for each in taken.errors]
    if len(errors) > SHOWN_ERRORS:
        errors = [*errors[:SHOWN_ERRORS], f"……另有 {len(errors) - SHOWN_ERRORS} 处 · and more"]
    if check:
        return f"{counts}（只核对，没有导入 · checked only）", errors
    if not taken.applied:
        return f"{counts}；没有导入任何一行，请改正后重新导入，或用 --skip-bad 跳过 · nothing was imported", errors
    return f"{counts}；已导入 · imported", errors


async def take(table: Table, path: Path, *, check: bool, skip_bad: bool) -> int:
    """0 when every row is right, or was left out as told; 1 when nothing was, or would be, taken."""
    entries = await table.read(content(path), path.name)
    async with (
        open_runtime(table.service, pool_size=1, lanes={}) as runtime,
        runtime.database.unit_of_work() as session,
    ):
        taken = await table.import_(session, entries, write=not check, skip_bad=skip_bad)
    said, errors = telling(table.title, taken, check=check)
    if errors:
        print("\n".join(errors), file=sys.stderr)
    print(said)
    if missing := sum(uscc_misses_check(getattr(entry.body, "credit_code", "")) for entry in entries.good):
        # Codes of old registrations are taken as the register has them (STAFF-15); whoever imports looks whether they are few.
        print(
            f"其中 {missing} 行的信用代码校验位不符，按登记机关的数据原样接受，请核对来源 · check digit missed, taken as they are"
        )
    return 1 if taken.errors and not skip_bad else 0


def main(words: list[str]) -> int:
    given = parsed(words)
    table = TABLES[given.table]
    if given.template:
        given.template.write_bytes(write_template(table.title, table.columns))
        # The sheet itself may go to stdout, out of a container.
        print(f"已写出模板 · template written: {given.template}", file=sys.stderr)
        return 0
    return answer(take(table, given.file, check=given.check, skip_bad=given.skip_bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
