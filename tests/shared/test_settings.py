"""Settings from the environment or from files, and lists of keys that are told apart before anything is written with them (PLAT-18)."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from ops.refusals import answer
from services.notifications.settings import NotificationSettings
from shared.settings import PlatformSettings

pytestmark = [pytest.mark.req("PLAT-18"), pytest.mark.usefixtures("platform")]


class TestFiles:
    def test_a_file_holds_what_the_variable_would(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, text in (("FIELD_KEYS", "a,b\n"), ("SMS_TOKEN", "令牌\r\n")):
            (tmp_path / name).write_text(text)
            monkeypatch.delenv(f"PLATFORM_{name}", raising=False)
            monkeypatch.setenv(f"PLATFORM_{name}_FILE", str(tmp_path / name))
        settings = PlatformSettings()
        assert (settings.field_keys, settings.sms_token) == (("a", "b"), "令牌")

    def test_so_it_is_for_each_service(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "password").write_text("secret")
        monkeypatch.setenv("NOTIFICATIONS_SMTP_PASSWORD_FILE", str(tmp_path / "password"))
        assert NotificationSettings().smtp_password == "secret"

    @pytest.mark.parametrize(
        ("more", "words"), [({}, "PLATFORM_SMS_TOKEN_FILE：文件无法读取"), ({"PLATFORM_SMS_TOKEN": "x"}, "只能设一个")]
    )
    def test_what_cannot_be_is_told_in_words(
        self, more: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name, value in {"PLATFORM_SMS_TOKEN_FILE": "/nowhere", **more}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SettingsError):
            PlatformSettings()

        async def read() -> int:
            PlatformSettings()
            return 0

        assert answer(read()) == 1
        assert words in capsys.readouterr().err

    def test_a_file_that_is_named_by_nothing_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLATFORM_SMS_TOKEN_FILE", "")
        assert PlatformSettings().sms_token == ""


class TestKeys:
    @pytest.mark.parametrize(
        "written",
        ["short", "a" * 32 + "," + "b" * 32, f"1:{'a' * 32},3:{'b' * 32}", f"0:{'a' * 32}", f"256:{'a' * 32}", ","],
    )
    def test_index_keys_that_cannot_stand_beside_each_other(
        self, written: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLATFORM_BLIND_INDEX_KEY", written)
        with pytest.raises(ValidationError):
            PlatformSettings()

    @pytest.mark.parametrize("written", ["a" * 32, f"2:{'a' * 32},{'b' * 32}", f"2:{'a' * 32},3:{'b' * 32}"])
    def test_those_that_can(self, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLATFORM_BLIND_INDEX_KEY", written)
        assert PlatformSettings().blind_index_key == tuple(written.split(","))
