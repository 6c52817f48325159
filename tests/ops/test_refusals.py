"""An operator's command that cannot do what it was asked says why in a sentence, in Chinese and English, and shows no stack (PLAT-20)."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text

from ops.refusals import _AWAY, answer
from ops.up.servers import Servers
from shared.db.session import Database
from shared.errors import Conflict, FieldError, InvalidInput
from shared.settings import PlatformSettings

pytestmark = pytest.mark.req("PLAT-20")


async def refuse(error: BaseException) -> int:
    raise error


async def ask_a_table(url: str) -> int:
    database = Database(url, pool_size=1, checkout_seconds=2, publish=lambda _hints: None)
    try:
        async with database.unit_of_work() as session:
            await session.execute(text("SELECT 1 FROM accounts"))
    finally:
        await database.close()
    return 0


async def read_settings() -> int:
    PlatformSettings()
    return 0


class TestSentences:
    @pytest.mark.parametrize(
        ("error", "lines"),
        [
            (Conflict("已有一个"), ["已有一个 · refused: conflict"]),
            (InvalidInput(errors=[FieldError("phone", "bad", "有误")]), ["phone：有误 · refused: bad"]),
            (psycopg.OperationalError("connection refused"), [_AWAY]),
            (KeyboardInterrupt(), ["已取消，什么都没有改动 · Cancelled; nothing was changed"]),
        ],
    )
    def test_a_refusal_is_told(
        self, error: BaseException, lines: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert answer(refuse(error)) == 1
        assert capsys.readouterr().err.splitlines() == lines

    @pytest.mark.parametrize(
        ("url_of", "words"),
        [
            (lambda servers: servers.database_url("postgres"), "python -m ops.migrate"),
            (lambda _servers: "postgresql+psycopg://nobody@127.0.0.1:1/nowhere", "连不上数据库"),
        ],
    )
    def test_a_database_that_is_not_ready_is_told(
        self, platform: Servers, url_of: Callable[[Servers], str], words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert answer(ask_a_table(url_of(platform))) == 1
        said = capsys.readouterr().err
        assert words in said
        assert len(said.splitlines()) == 1

    def test_an_environment_that_lacks_the_settings_is_told(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("PLATFORM_FIELD_KEYS", raising=False)
        assert answer(read_settings()) == 1
        said = capsys.readouterr().err
        assert "field_keys" in said
        assert "docker compose exec" in said

    def test_what_went_well_is_not_touched(self) -> None:
        async def three() -> int:
            return 3

        assert answer(three()) == 3
