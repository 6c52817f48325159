"""The migrated folder that every run starts from: made once, by one of those that begin at once, and never taken half made."""

import threading
from pathlib import Path

import pytest

from tests import migrated
from tests.migrated import lay_out


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one migration."""
    root = tmp_path / "checkout"
    migration = root / "services" / "auth" / "migrations" / "versions" / "0001.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("first")
    monkeypatch.setattr(migrated, "ROOT", root)
    return migration


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were made, by something cheaper than servers."""
    folders: list[Path] = []

    def make(draft: Path) -> None:
        folders.append(draft)
        (draft / "postgres").mkdir(parents=True)
        (draft / "secrets.json").write_text("{}")

    monkeypatch.setattr(migrated, "_make", make)
    return folders


def laid_out(tmp_path: Path, name: str) -> set[str]:
    var = tmp_path / name
    var.mkdir()
    lay_out(var, tmp_path / "kept")
    return {path.name for path in var.iterdir()}


WHOLE = {"postgres", "secrets.json"}


@pytest.mark.usefixtures("source")
class TestLayOut:
    def test_runs_that_begin_at_once_make_one(self, tmp_path: Path, made: list[Path]) -> None:
        found: list[set[str]] = []
        runs = [threading.Thread(target=lambda at=at: found.append(laid_out(tmp_path, at))) for at in "abcd"]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
        assert (found, len(made)) == ([WHOLE] * 4, 1)

    def test_what_came_to_no_end_is_made_anew(
        self, tmp_path: Path, made: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dies(draft: Path) -> None:
            (draft / "postgres").mkdir(parents=True)
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(migrated, "_make", dies)
            with pytest.raises(KeyboardInterrupt):
                laid_out(tmp_path, "first")
        assert (laid_out(tmp_path, "second"), len(made)) == (WHOLE, 1)

    def test_another_migration_makes_another_and_the_old_one_goes(
        self, tmp_path: Path, made: list[Path], source: Path
    ) -> None:
        laid_out(tmp_path, "first")
        source.write_text("second")
        laid_out(tmp_path, "second")
        assert len(made) == 2
        assert len(list((tmp_path / "kept").glob("*/"))) == 1
