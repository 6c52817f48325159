"""How an operator's command says that it cannot do what it was asked: a sentence in Chinese and one in English, on stderr, and no stack.
What is refused, and why, is decided by the services.
"""

import asyncio
import sys
from collections.abc import Coroutine

from psycopg import OperationalError
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import ProgrammingError

from shared.errors import AppError, Unavailable

_AWAY = "连不上数据库，什么都没有改动，请确认平台已启动 · The database cannot be reached; nothing was changed"
_NO_TABLES = "数据库还没有建表，请先运行 python -m ops.migrate（compose 部署由 migrate 容器完成） · The database has no tables yet"
_NO_SETTINGS = (
    "缺少平台的环境变量（{names}），请在平台的容器中运行，如 docker compose exec auth-api python -m … · "
    "The platform's settings are missing; run this inside a container of the platform"
)


def told(error: AppError) -> list[str]:
    """The lines of a refusal: each bad input by itself, or the whole."""
    if error.errors:
        return [f"{each.field}：{each.message} · refused: {each.code}" for each in error.errors]
    return [f"{error.detail} · refused: {error.code}"]


def answer(command: Coroutine[None, None, int]) -> int:
    """Runs the command; its exit code, or 1 with the reason on stderr."""
    try:
        return asyncio.run(command)
    except (EOFError, KeyboardInterrupt):
        lines = ["已取消，什么都没有改动 · Cancelled; nothing was changed"]
    except (Unavailable, OperationalError):
        lines = [_AWAY]
    except AppError as refusal:
        lines = told(refusal)
    except ValidationError as invalid:
        lines = [_NO_SETTINGS.format(names=", ".join(str(each["loc"][0]) for each in invalid.errors()))]
    except SettingsError as invalid:
        lines = [str(invalid)]
    except ProgrammingError as error:
        if "UndefinedTable" not in type(error.orig).__name__:
            raise
        lines = [_NO_TABLES]
    print("\n".join(lines), file=sys.stderr)
    return 1
