"""``python -m ops.up``: the whole platform on one machine, until Ctrl-C. It owns the order of a start and what the operator is told;
watching the processes is the supervisor's, what they are stands in ``children``.
"""

import ctypes
import fcntl
import hashlib
import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from ops.up.address import Address, chosen_address, note_of
from ops.up.children import CHILDREN, DATABASES
from ops.up.environment import demo_environment, demo_storage
from ops.up.processes import CannotStart, bound_to_parent, tail
from ops.up.secrets import MAKERS
from ops.up.servers import Servers
from ops.up.supervisor import Supervisor, say
from ops.up.troubles import explained, in_words

# How long the demo data may wait for any one thing; the supervisor sees to it meanwhile that everything lives.
SEED_SECONDS = 3600


@contextmanager
def sole_owner(var: Path) -> Iterator[None]:
    """Hold the lock of ``var``. Raises CannotStart when another stack holds it; a killed one holds nothing."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"{var} 上已有一套平台在运行，请先停止它，或换一个目录：make run VAR_DIR=var2\n"
                f"Another stack is running on {var}. Stop it, or choose another folder: make run VAR_DIR=var2"
            ) from None
        yield


def step(supervisor: Supervisor, name: str, what: str, environment: Mapping[str, str]) -> str:
    """Run ``python -m <name>`` to its end, however long it takes, and return what it printed. Raises CannotStart with its last lines."""
    var = supervisor.servers.var
    log = var / "logs" / f"{name.removeprefix('ops.')}.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            bound_to_parent([sys.executable, "-m", name], signal.SIGKILL),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as running,
    ):
        try:
            supervisor.wait_until(lambda: running.poll() is not None, what, lambda: tail(log, 1))
        finally:
            running.kill()
        printed, _ = running.communicate()
    if running.returncode != 0:
        raise CannotStart(f"{name} 失败 · {name} failed. 日志末尾 · The end of {log}:\n{tail(log)}")
    return printed.decode()


def load_demo(supervisor: Supervisor, environment: Mapping[str, str]) -> str:
    """Load the demo data on the first start; return the demo accounts as they were printed then."""
    kept = demo_storage(supervisor.servers.var)
    if not kept.exists():
        say("正在装入演示数据 · Loading the demo data …")
        supervisor.wait_until(supervisor.all_proved, "等待后台进程 · Waiting for the workers")
        patient = {**environment, "JOURNEY_WAIT_SECONDS": str(SEED_SECONDS)}
        accounts = step(supervisor, "ops.seed_demo", "正在装入演示数据 · Loading the demo data", patient)
        draft = kept.with_name(kept.name + ".new")
        draft.touch(mode=0o600)
        draft.write_text(accounts)
        draft.replace(kept)
    return kept.read_text().strip("\n")


def bring_up_to_date(supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    """Make and migrate the databases, unless this folder has seen the very same migrations, and the same keys, to their end."""
    servers = supervisor.servers
    known, newest = servers.var / "schema", f"{newest_schema()} {keys_of(environment)}"
    if known.exists() and known.read_text() == newest:
        return
    say("正在建立数据库 · Making the databases …")
    for name in DATABASES:
        servers.create_database(name)
    as_owner = {**environment, "PLATFORM_DATABASE_URL": servers.database_url("{service}")}
    step(supervisor, "ops.migrate", "正在建立数据库 · Making the databases", as_owner)
    servers.give_roles(DATABASES)
    known.write_text(newest)


def newest_schema() -> str:
    """A digest of every migration, and of who may do what with what they make."""
    root = Path(__file__).resolve().parents[2]
    files = [*sorted(root.glob("services/*/migrations/versions/*.py")), root / "ops" / "roles.py"]
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


def keys_of(environment: Mapping[str, str]) -> str:
    """A digest of every secret: other keys have to be looked at beside the rows that are there."""
    secrets = sorted(f"{name}={value}" for name, value in environment.items() if name in MAKERS)
    return hashlib.sha256("\n".join(secrets).encode()).hexdigest()


def api_answers(address: Address) -> bool:
    connection = http.client.HTTPConnection(urlsplit(address.local).netloc, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def bring_up(supervisor: Supervisor, address: Address) -> None:
    """Servers, databases, migrations, children, demo data; then tell where everything is."""
    servers, var = supervisor.servers, supervisor.servers.var
    servers.start()
    environment = demo_environment(servers, address)
    bring_up_to_date(supervisor, environment)
    # The API first and alone: on two cores the others, starting beside it, would double the time until somebody can sign in.
    supervisor.start(CHILDREN[:1], address=address, environment=environment)
    supervisor.wait_for_first(lambda: api_answers(address), "等待接口启动 · Waiting for the API")
    supervisor.start(CHILDREN[1:], address=address, environment=environment)
    accounts = load_demo(supervisor, environment)
    note_of(var).write_text(address.local)
    warning = (
        "任何能访问该地址的人都能用演示账号登录 · Whoever reaches this address can sign in with the demo accounts.\n"
    )
    url = environment["PLATFORM_PUBLIC_URL"]
    say(
        f"\n演示账号 · Demo accounts\n{accounts}\n"
        f"\n短信与邮件 · Text messages and e-mail: {url}/dev/messages\n"
        f"数据与日志 · Data and logs: {var}\n"
        f"停止 · To stop: Ctrl-C\n{warning if address.is_open else ''}"
        f"\n平台已启动 · The platform is running: {url}\n"
    )


def stop_with_parent() -> None:
    """When ``make`` is killed, stop in order too."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def serve(var: Path) -> None:
    """Start everything on ``var`` and run until a signal. Raises CannotStart, or OSError where the folder does not let us."""
    with sole_owner(var):
        address, word = chosen_address(os.environ)
        supervisor = Supervisor(Servers(var))
        supervisor.listen_to_signals()
        say(f"{word}\n正在启动 · Starting … ({var})".lstrip())
        try:
            supervisor.interruptible = True
            bring_up(supervisor, address)
            supervisor.interruptible = False
            supervisor.run()
        except KeyboardInterrupt:
            pass
        finally:
            note_of(var).unlink(missing_ok=True)
            say("正在停止 · Stopping …")
            supervisor.stop()


def main() -> int:
    """Run until stopped; 0 after an orderly stop, 1 with a message when the stack cannot run."""
    if os.environ.get("STOP_WITH_PARENT"):
        stop_with_parent()
    var = Path(os.environ.get("VAR_DIR") or "var").resolve()
    try:
        serve(var)
    except CannotStart as problem:
        say(f"\n{explained(str(problem), var)}")
        return 1
    except OSError as error:
        say(f"\n{in_words(error, var)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
