"""``HOST``, ``PORT`` and ``VAR_DIR`` mean the same to every command, and what cannot be used is told in words (PLAT-14)."""

import socket
from pathlib import Path

import pytest

from ops.up.address import DEFAULT_PORT, Address, chosen_address, note_of, running_url
from ops.up.ports import free_port, why_not
from ops.up.processes import CannotStart

pytestmark = pytest.mark.req("PLAT-14")


class TestChosen:
    def test_what_is_asked_for_is_taken(self) -> None:
        port = free_port()
        assert chosen_address({"HOST": "0.0.0.0", "PORT": str(port)}) == (Address("0.0.0.0", port), "")

    @pytest.mark.parametrize("given", ["http", "0", "65536", "-1", "80 80", "²"])
    def test_what_is_no_port_is_told(self, given: str) -> None:
        with pytest.raises(CannotStart, match=r"不是端口号.*is not a port number"):
            chosen_address({"PORT": given})

    def test_a_taken_port_is_told_with_another_command(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with pytest.raises(CannotStart, match=r"已被其他程序占用.*make run PORT=8080"):
                chosen_address({"PORT": str(taken.getsockname()[1])})

    def test_a_foreign_address_is_told(self) -> None:
        with pytest.raises(CannotStart, match=r"不是本机地址.*no address of this machine"):
            chosen_address({"HOST": "192.0.2.7"})

    def test_a_port_of_root_is_no_taken_port(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(socket.socket, "bind", refused)
        assert "无权使用端口 80" in why_not(80)
        assert "占用" not in why_not(80)

    def test_a_taken_default_is_replaced_and_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ops.up.address.is_free", lambda port, _host: port != DEFAULT_PORT)
        address, word = chosen_address({})
        assert address.port != DEFAULT_PORT
        assert str(address.port) in word


class TestUrls:
    def test_the_whole_machine_is_reached_here_by_loopback_and_shown_by_its_own_address(self) -> None:
        address = Address("0.0.0.0", 8080)
        assert address.local == "http://127.0.0.1:8080"
        assert "0.0.0.0" not in address.shown
        assert address.is_open

    def test_the_default_is_for_this_machine_alone(self) -> None:
        assert Address().shown == Address().local == "http://127.0.0.1:8000"
        assert not Address().is_open

    def test_the_new_kind_of_address_stands_in_brackets(self) -> None:
        assert Address("::1", 80).local == "http://[::1]:80"


class TestRunning:
    """What ``make journey`` plays against."""

    def test_what_is_said_counts_first(self, tmp_path: Path) -> None:
        note_of(tmp_path).write_text("http://127.0.0.1:8123")
        told = {"BASE_URL": "https://platform.example", "PORT": "81", "VAR_DIR": str(tmp_path)}
        assert running_url(told) == "https://platform.example"
        assert running_url({**told, "BASE_URL": ""}) == "http://127.0.0.1:81"
        assert running_url({"VAR_DIR": str(tmp_path)}) == "http://127.0.0.1:8123"
        assert running_url({"VAR_DIR": str(tmp_path / "none")}) == "http://127.0.0.1:8000"

    def test_every_command_passes_them_on(self) -> None:
        makefile = (Path(__file__).resolve().parents[2] / "Makefile").read_text("utf-8")
        assert {"HOST", "PORT", "VAR_DIR", "BASE_URL"} <= set(
            next(line for line in makefile.splitlines() if line.startswith("export ")).split()
        )
