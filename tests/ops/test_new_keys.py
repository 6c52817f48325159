"""The edits of .env that a change of keys takes, in their turn and no other (PLAT-18)."""

import os
import subprocess
from pathlib import Path

import pytest

from shared.crypto import FieldCipher
from shared.settings import PlatformSettings

pytestmark = [pytest.mark.req("PLAT-18"), pytest.mark.usefixtures("platform")]
ROOT = Path(__file__).resolve().parents[2]
NAMES = ("FIELD_KEYS", "BLIND_INDEX_KEY", "SIGNING_KEY", "INTERNAL_SECRET")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "env"
    subprocess.run(["sh", ROOT / "ops" / "new_env.sh"], env={**os.environ, "ENV_FILE": str(path)}, check=True)
    return path


def edit(file: Path, step: str) -> int:
    command = ["sh", str(ROOT / "ops" / "new_keys.sh"), step]
    return subprocess.run(command, env={**os.environ, "ENV_FILE": str(file)}, capture_output=True).returncode


def keys_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    lines = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line and line[0] != "#")
    for name in NAMES:
        monkeypatch.setenv(f"PLATFORM_{name}", lines[f"PLATFORM_{name}"])
    settings = PlatformSettings()
    FieldCipher(settings.field_keys, settings.blind_index_key)
    return [getattr(settings, name.lower()) for name in NAMES]


def test_each_step_does_what_it_says(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rest = keys_in(file, monkeypatch), file.read_text().count("\n")
    assert edit(file, "known") == 0
    known = keys_in(file, monkeypatch)
    assert [each[:1] for each in known] == before
    assert {len(each) for each in known} == {2}
    assert known[1][1].startswith("2:")
    assert edit(file, "front") == 0
    assert keys_in(file, monkeypatch) == [each[::-1] for each in known]
    assert edit(file, "done") == 0
    field, index, signing, internal = keys_in(file, monkeypatch)
    assert (field, index, internal) == (known[0][1:], known[1][1:], known[3][1:])
    assert signing == known[2][::-1]
    assert (file.read_text().count("\n"), file.stat().st_mode & 0o777) == (rest, 0o600)
    for step in ("known", "front", "done"):
        assert edit(file, step) == 0
    assert [len(each) for each in keys_in(file, monkeypatch)] == [1, 1, 3, 1]


@pytest.mark.parametrize(
    ("done", "wrong"),
    [((), ("front", "done", "")), (("known",), ("known", "done")), (("known", "front"), ("known", "front"))],
)
def test_out_of_turn_nothing_is_changed(file: Path, done: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    assert [edit(file, step) for step in done] == [0] * len(done)
    text = file.read_text()
    assert [edit(file, step) for step in wrong] == [2] * len(wrong)
    assert file.read_text() == text
