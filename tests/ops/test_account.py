"""Under whom PostgreSQL runs, tried with the real binaries where root may make a mount namespace of its own: nobody but root and ``nobody``
known, user namespaces refused, a checkout that only root enters (PLAT-14).
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.up import account as accounts
from ops.up.account import NOBODY, Account, account
from ops.up.postgres import BINARIES
from ops.up.processes import CannotStart

pytestmark = pytest.mark.req("PLAT-14")
ROOT = Path(__file__).resolve().parents[2]
FRIEND = pwd.struct_passwd(("friend", "x", 4242, 4243, "", "/", "/bin/sh"))
NO_ONE = pwd.struct_passwd(("nobody", "x", NOBODY, NOBODY, "", "/", "/bin/sh"))

IN_A_CLOSED_FOLDER = """
set -e
mount --bind "$1" "$2/checkout"
mount --bind "$2/passwd" /etc/passwd
cd "$2/checkout"
exec "$3" -c "$4" "$2/checkout/$5"
"""
SERVE = """
import os, pathlib, sys
from ops.up import postgres
from ops.up.servers import embedded_servers
with embedded_servers(pathlib.Path(sys.argv[1]), durable=False) as servers:
    servers.create_database("auth")
    alive = postgres._processes_in(pathlib.Path(sys.argv[1], "postgres"))
    print(servers.postgres.pid in alive, len(alive) > 3, *postgres.runner(servers.var / "postgres").prefix[:1])
"""


def ways(uid: int, *known: pwd.struct_passwd) -> list[Account]:
    return list(accounts._ways(uid, known, Path("/nowhere")))


class TestOrder:
    def test_a_user_with_a_name_is_taken_as_he_is(self) -> None:
        assert ways(4242, NO_ONE, FRIEND)[0] == Account((), 4242)

    def test_a_user_without_a_name_borrows_one(self) -> None:
        """As a container is run with any number."""
        assert {way.prefix[0] for way in ways(999, NO_ONE)} == {"unshare"}

    def test_root_never_runs_it_as_root(self) -> None:
        found = ways(0, NO_ONE, FRIEND)
        assert all(way.prefix for way in found)
        assert {way.uid for way in found} == {0, NOBODY, 4242}
        assert all("0" not in word.split("=")[1:] for way in found for word in way.prefix)

    def test_no_number_is_taken_that_the_system_does_not_know(self) -> None:
        numbers = {word.partition("user=")[2] for way in ways(0, NO_ONE) for word in way.prefix if "--map-user" in word}
        assert numbers == {str(NOBODY)}

    def test_where_no_way_works_the_operator_reads_why(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(accounts, "_ways", lambda *_: iter([Account(("false",), 1), Account(("/no/such",), 1)]))
        account.cache_clear()
        with pytest.raises(CannotStart, match=r"普通用户[\s\S]+ordinary user[\s\S]+false: exit 1[\s\S]+No such file"):
            account(BINARIES, tmp_path)
        account.cache_clear()


def may_mount() -> bool:
    words = ["unshare", "--mount", "true"]
    return os.geteuid() == 0 and subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that only root enters, with the list of accounts of a fresh machine."""
    folder = Path(tempfile.mkdtemp(dir="/root"))
    folder.chmod(0o700)
    (folder / "checkout").mkdir()
    (folder / "bin").mkdir()
    lines = [f"root:x:0:0:root:/root:/bin/sh\nnobody:x:{NOBODY}:{NOBODY}:nobody:/nonexistent:/usr/sbin/nologin\n"]
    (folder / "passwd").write_text("".join(lines))
    refusing = folder / "bin" / "unshare"
    refusing.write_text('#!/bin/sh\necho "unshare: Operation not permitted" >&2\nexit 1\n')
    refusing.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not may_mount(), reason="only root, where it may mount")
@pytest.mark.parametrize(("refused", "how"), [(False, "unshare"), (True, "setpriv")])
def test_root_starts_it_where_nobody_else_enters(closed_folder: Path, refused: bool, how: str) -> None:
    # The variable data lies in the closed folder, too.
    (closed_folder / "data").mkdir()
    path = f"{closed_folder / 'bin'}:{os.environ['PATH']}" if refused else os.environ["PATH"]
    words = [str(ROOT), str(closed_folder), sys.executable, SERVE, "../data"]
    done = subprocess.run(
        [str(shutil.which("unshare")), "--mount", "sh", "-c", IN_A_CLOSED_FOLDER, "sh", *words],
        env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True", "True", how], done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_data_of_another_way_is_taken_over_at_the_next_start(tmp_path: Path) -> None:
    """What ``nobody`` wrote yesterday starts today in root's own way, and the other way round."""
    script = SERVE.replace("print(", "print(os.stat(pathlib.Path(sys.argv[1], 'postgres', 'PG_VERSION')).st_uid, ")
    seen = []
    for prefix in ("setpriv", "unshare"):
        chosen = f"from ops.up import account as a; old=a._ways; a._ways=lambda *w: (x for x in old(*w) if x.prefix[0]=={prefix!r})"
        done = subprocess.run(
            [sys.executable, "-c", f"{chosen}\n{script}", str(tmp_path / "var")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        seen.append(done.stdout.split() or done.stderr)
    if "CannotStart" in str(seen):
        pytest.skip("one of the two ways is refused here")
    assert seen == [[str(NOBODY), "True", "True", "setpriv"], ["0", "True", "True", "unshare"]]
