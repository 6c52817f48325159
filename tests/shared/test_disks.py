"""With little room left nothing more is taken in, and it ends by itself (PLAT-19)."""

from pathlib import Path

import pytest

from shared import disks
from shared.disks import Disk, Room, read_disks
from shared.settings import PlatformSettings, platform_settings

pytestmark = [pytest.mark.req("PLAT-19"), pytest.mark.usefixtures("platform")]


def settings(least: int) -> PlatformSettings:
    return platform_settings().model_copy(update={"least_free_mb": least})


def test_the_disks_are_those_of_files_and_cache(tmp_path: Path) -> None:
    own = platform_settings().model_copy(update={"storage_url": f"file://{tmp_path}", "cache_dir": tmp_path / "none"})
    [found] = read_disks(own)
    assert found.folder == str(tmp_path)
    assert 0 < found.free_mb <= found.total_mb


def test_any_disk_below_the_floor_is_little_and_the_floor_itself_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    free, looks = [100, 500], list[int]()

    def read(_settings: PlatformSettings) -> list[Disk]:
        looks.append(1)
        return [Disk("/files", free[0], 1000), Disk("/cache", free[1], 1000)]

    monkeypatch.setattr(disks, "read_disks", read)
    monkeypatch.setattr(Room, "LOOKED_EVERY", 0.0)
    room = Room()
    assert not room.is_little(settings(100))
    assert room.is_little(settings(101))
    free[:] = [500, 50]
    assert room.is_little(settings(100))
    assert not room.is_little(settings(0))
    free[:] = [500, 500]
    assert not room.is_little(settings(100)), "it ends by itself"
    monkeypatch.setattr(Room, "LOOKED_EVERY", 60.0)
    seen = len(looks)
    assert not room.is_little(settings(10_000))
    assert len(looks) == seen, "not looked for by every request"
