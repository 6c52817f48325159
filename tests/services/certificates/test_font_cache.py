"""The cut fonts on disk: made once, whole, and made anew when they are not."""

import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from services.certificates.rendering.fonts import load_fonts


class TestCutOnce:
    """With a few characters only, which takes a moment instead of seconds."""

    FEW = frozenset(map(ord, "职业病诊断培训合格证书0123456789"))

    def test_processes_that_start_at_once_end_with_one_good_cache(self, tmp_path: Path) -> None:
        program = (
            "import sys, pathlib\n"
            "from services.certificates.rendering.fonts import load_fonts\n"
            "few = frozenset(map(ord, sys.argv[2]))\n"
            "print(flush=True)\n"
            "sys.stdin.readline()\n"
            "load_fonts(pathlib.Path(sys.argv[1]), few)\n"
        )
        command = [sys.executable, "-c", program, str(tmp_path), "".join(map(chr, sorted(self.FEW)))]
        started = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
            for _ in range(4)
        ]
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        for process in started:
            assert process.stdin is not None
            process.stdin.write(b"\n")
            process.stdin.flush()
        assert [process.wait(timeout=60) for process in started] == [0, 0, 0, 0]
        for process in started:
            process.communicate()
        folders = [path for path in (tmp_path / "fonts").iterdir() if path.name.startswith("cut-") and path.is_dir()]
        assert len(folders) == 1
        assert set(TTFont(cut_file(tmp_path)).getBestCmap()) == self.FEW

    @pytest.mark.parametrize("damage", [b"", b"OTTO", None])
    def test_a_damaged_file_is_made_anew(self, tmp_path: Path, damage: bytes | None) -> None:
        load_fonts(tmp_path, self.FEW)
        cut = cut_file(tmp_path)
        good = set(TTFont(cut).getBestCmap())
        if damage is None:
            cut.unlink()
        else:
            cut.write_bytes(damage)
        load_fonts(tmp_path, self.FEW)
        assert set(TTFont(cut).getBestCmap()) == good

    def test_a_whole_cache_is_used_as_it_is(self, tmp_path: Path) -> None:
        load_fonts(tmp_path, self.FEW)
        made = cut_file(tmp_path).stat().st_mtime_ns
        load_fonts(tmp_path, self.FEW)
        assert cut_file(tmp_path).stat().st_mtime_ns == made


def cut_file(cache_dir: Path) -> Path:
    (found,) = cache_dir.glob("fonts/cut-*/*.ttf")
    return found
