"""What a machine lacks is told before anything is downloaded, in both languages, with the command that mends it (PLAT-14)."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ops import preflight, registry
from ops.preflight import Asked, Finding, told
from ops.up.ports import free_port
from shared.glyphs import EXTENSIONS

pytestmark = pytest.mark.req("PLAT-14")
ROOT = Path(__file__).resolve().parents[2]
FIRST = Asked("run", anew=True, may_install=False)
AGAIN = FIRST._replace(anew=False)
Check = Callable[[Asked], object]


def of(check: Callable[[Asked], object], asked: Asked = FIRST) -> list[Finding]:
    return list(check(asked))  # type: ignore[call-overload,no-any-return]


class TestFindings:
    @pytest.mark.parametrize("release", [(3, 10, 14), (3, 15, 0)])
    def test_a_python_of_another_time(self, monkeypatch: pytest.MonkeyPatch, release: tuple[int, ...]) -> None:
        monkeypatch.setattr(sys, "version_info", release)
        [finding] = of(preflight.python_release)
        assert ".".join(map(str, release)) in finding.chinese
        assert finding.stops

    def test_the_pythons_that_will_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for minor in (11, 12, 13, 14):
            monkeypatch.setattr(sys, "version_info", (3, minor, 0))
            assert of(preflight.python_release) == []

    def test_pango_stops_and_harfbuzz_does_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(preflight, "_loads", lambda *_: False)
        found = of(preflight.libraries)
        assert [(each.packages[0], each.stops) for each in found] == [
            ("libpango-1.0-0", True),
            ("libharfbuzz-subset0", False),
        ]

    @pytest.mark.req("BEY-19")
    def test_rare_names_can_do_without_their_font(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        assert preflight.RARE_FONT in EXTENSIONS.values()
        monkeypatch.setattr(preflight, "RARE_FONT", tmp_path / "none.ttf")
        (found,) = of(preflight.rare_names)
        assert (found.packages, found.stops) == (("fonts-babelstone-han",), False)

    def test_nobody_known_but_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(preflight, "_loads", lambda *_: False)
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(pwd, "getpwall", lambda: [pwd.getpwuid(0)])
        assert [each.packages for each in of(preflight.names)] == [("libnss-wrapper",)]

    def test_a_disk_that_is_nearly_full(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 700 * 2**20))
        assert [each.english for each in of(preflight.disk, AGAIN)] == []
        assert all("700 MB are free" in each.english and each.stops for each in of(preflight.disk))

    def test_a_folder_that_takes_nothing(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("VAR_DIR", str(tmp_path / "file" / "var"))
        [finding] = of(preflight.rights, AGAIN)
        assert "VAR_DIR" in finding.mend

    def test_a_taken_port(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
            [finding] = of(preflight.port)
        assert "占用" in finding.chinese
        assert "taken" in finding.english
        assert of(preflight.port, FIRST._replace(kind="use")) == [], "the one that runs there is what is wanted"
        monkeypatch.setenv("PORT", "eighty")
        assert "不是端口号" in of(preflight.port)[0].chinese
        monkeypatch.setenv("PORT", str(free_port()))
        assert of(preflight.port) == []

    def test_an_index_that_is_out_of_reach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(registry, "_index_url", lambda: f"http://127.0.0.1:{free_port()}/simple")
        [finding] = of(preflight.registries)
        assert "http://127.0.0.1" in finding.english
        assert of(preflight.registries, AGAIN) == [], "a second start needs no network"

    def test_an_index_that_answers_and_one_that_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.socket() as index:
            index.bind(("127.0.0.1", 0))
            index.listen()
            monkeypatch.setattr(registry, "_index_url", lambda: f"http://127.0.0.1:{index.getsockname()[1]}/simple")
            assert of(preflight.registries) == []
        monkeypatch.undo()
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        assert registry.index_answers() == ""

    def test_pip_is_asked_as_it_is_set_up_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
        assert registry._index_url() == "https://mirror.example/simple"

    def test_programs_of_the_tests_are_a_note_for_the_tests(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "which", lambda _: None)
        assert of(preflight.tools) == []
        assert {each.stops for each in of(preflight.tools, FIRST._replace(kind="test"))} == {False}


class TestWords:
    def test_packages_that_stand_in_the_way_are_one_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        text = told([Finding("缺甲", "no a", packages=("a",)), Finding("缺乙", "no b", packages=("b", "c"))])
        assert text.count("→ sudo apt-get install -y a b c") == 2

    def test_every_finding_has_both_languages(self) -> None:
        for line in told([Finding("缺甲", "no a", "mend a"), Finding("慢", "slow", stops=False)]).splitlines():
            assert line.startswith(("✗ 缺甲 · no a", "  → mend a", "! 慢 · slow"))

    def test_what_may_be_installed_is_named_for_the_installer_and_stops_nobody(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lacking = (lambda _: iter([Finding("缺甲", "no a", packages=("a",))]),)
        monkeypatch.setattr(preflight, "CHECKS", lacking)
        monkeypatch.setattr(preflight, "may_install", lambda: True)
        assert preflight.main("run", anew=False) == 0
        assert capsys.readouterr() == ("a\n", "")
        monkeypatch.setattr(preflight, "may_install", lambda: False)
        assert preflight.main("run", anew=False) == 1
        out, err = capsys.readouterr()
        assert (out, "缺甲 · no a" in err) == ("", True)


class TestCommand:
    def test_nothing_needs_to_be_installed_for_it(self) -> None:
        """It runs without this environment's packages, and writes nothing."""
        done = subprocess.run(
            [sys.executable, "-S", "-B", "-m", "ops.preflight", "run"],
            cwd=ROOT,
            env={**os.environ, "INSTALL_NOTHING": "1", "PORT": str(free_port())},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, "\n"), done.stderr
