"""``python -m ops.up``: the whole platform on one machine, until Ctrl-C. It owns the order of a start and what the
operator is told; watching the processes is the supervisor's, what they are stands in ``children``.
"""

import ctypes
import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ops.up.children import CHILDREN, DATABASES
from ops.up.environment import demo_environment, demo_storage
from ops.up.ports import free_port, is_free
from ops.up.processes import CannotStart, bound_to_parent, tail
from ops.up.servers import Servers
from ops.up.supervisor import Supervisor, say

READY_SECONDS = 60.0
STEP_SECONDS = 600.0
DEFAULT_PORT = 8000


def chosen_port(outer: Mapping[str, str]) -> int:
    """``PORT`` when it was given; else 8000, or a free one when that is taken. Raises CannotStart."""
    given = outer.get("PORT", "")
    if given:
        if not given.isdigit() or not 0 < int(given) < 65536:
            raise CannotStart(f"PORT={given} is not a port number.")
        if not is_free(int(given)):
            raise CannotStart(f"Port {given} is taken by another program. Choose another one: make run PORT=8080")
        return int(given)
    if is_free(DEFAULT_PORT):
        return DEFAULT_PORT
    port = free_port()
    say(f"Port {DEFAULT_PORT} is taken; using {port}.")
    return port


@contextmanager
def sole_owner(var: Path) -> Iterator[None]:
    """Hold the lock of ``var``. Raises CannotStart when another stack holds it; a killed one holds nothing."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"Another stack is running on {var}. Stop it, or choose another folder: make run VAR_DIR=var2"
            ) from None
        yield


def step(name: str, environment: Mapping[str, str], var: Path) -> str:
    """Run ``python -m <name>`` to its end and return what it printed. Raises CannotStart with its last lines."""
    log = var / "logs" / f"{name.removeprefix('ops.')}.log"
    with log.open("wb") as errors:
        done = subprocess.run(
            bound_to_parent([sys.executable, "-m", name], signal.SIGKILL),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            timeout=STEP_SECONDS,
            check=False,
        )
    if done.returncode != 0:
        raise CannotStart(f"{name} failed. The end of {log}:\n{tail(log)}")
    return done.stdout.decode()


def load_demo(environment: Mapping[str, str], var: Path) -> str:
    """Load the demo data on the first start; return the demo accounts as they were printed then."""
    kept = demo_storage(var)
    if not kept.exists():
        say("Loading the demo data …")
        accounts = step("ops.seed_demo", environment, var)
        draft = kept.with_name(kept.name + ".new")
        draft.touch(mode=0o600)
        draft.write_text(accounts)
        draft.replace(kept)
    return kept.read_text().strip("\n")


def bring_up_to_date(servers: Servers, environment: Mapping[str, str], var: Path) -> None:
    """Make and migrate the databases, unless this folder has seen the very same migrations to their end."""
    known, newest = var / "schema", newest_schema()
    if known.exists() and known.read_text() == newest:
        return
    for name in DATABASES:
        servers.create_database(name)
    step("ops.migrate", environment, var)
    known.write_text(newest)


def newest_schema() -> str:
    """A digest of every migration."""
    files = sorted(Path(__file__).resolve().parents[2].glob("services/*/migrations/versions/*.py"))
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


def api_answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def bring_up(supervisor: Supervisor, port: int) -> None:
    """Servers, databases, migrations, children, demo data; then tell where everything is."""
    servers, var = supervisor.servers, supervisor.servers.var
    servers.start()
    environment = demo_environment(servers, port)
    bring_up_to_date(servers, environment, var)
    # The API first and alone: on two cores the others, starting beside it, would double the time until somebody can sign in.
    supervisor.start(CHILDREN[:1], port=port, environment=environment)
    supervisor.wait_until(lambda: api_answers(port), READY_SECONDS, f"The API did not answer on port {port}")
    supervisor.start(CHILDREN[1:], port=port, environment=environment)
    accounts = load_demo(environment, var)
    say(
        f"\n平台已启动 · The platform is running: {environment['PLATFORM_PUBLIC_URL']}\n"
        f"\n演示账号 · Demo accounts\n{accounts}\n"
        f"\n短信与邮件 · Text messages and e-mail: {environment['PLATFORM_CATCHER_URL']}\n"
        f"日志 · Logs: {var / 'logs'}\n"
        "停止 · To stop: Ctrl-C\n"
    )


def stop_with_parent() -> None:
    """When ``make`` is killed, stop in order too."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def main() -> int:
    """Run until stopped; 0 after an orderly stop, 1 with a message when the stack cannot run."""
    if os.environ.get("STOP_WITH_PARENT"):
        stop_with_parent()
    var = Path(os.environ.get("VAR_DIR") or "var").resolve()
    try:
        with sole_owner(var):
            port = chosen_port(os.environ)
            supervisor = Supervisor(Servers(var))
            supervisor.listen_to_signals()
            say("正在启动 · Starting …")
            try:
                supervisor.interruptible = True
                bring_up(supervisor, port)
                supervisor.interruptible = False
                supervisor.run()
            except KeyboardInterrupt:
                pass
            finally:
                say("正在停止 · Stopping …")
                supervisor.stop()
    except CannotStart as problem:
        say(f"\n{problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
