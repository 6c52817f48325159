"""The one-off that brings the services of compose their databases: waits for the server, makes the roles and databases that are missing,
migrates all as their owners, and in a demo adds the demo accounts. A database that its service still owns, as all did once, is handed over
to its owner. Safe to run again; a changed ``PLATFORM_DATABASE_PASSWORD_…`` reaches the server this way. A server
that goes away in the middle is waited for again; what waiting does not mend ends it, with the reason.
"""

import os
import time
from collections.abc import Callable

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError

from ops.key_check import refuse_missing_keys
from ops.migrate import migrate
from ops.probe import setting
from ops.roles import give_rights, make_role, owner_of
from ops.waiting import say, wait_for
from shared.services import Service
from shared.setting_kinds import with_password
from shared.settings import platform_settings

_CONNECT_SECONDS = 10
_PAUSE_SECONDS = 2.0
# What a server says that is about to be there, or there again; one that broke off says nothing.
_PASSING = frozenset({None, "57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006"})
_REFUSED = (
    "PostgreSQL 不接受 POSTGRES_PASSWORD：数据卷是用另一个密码建立的。请在 .env 中改回原密码；如果数据可以丢弃，"
    "请执行 docker compose down --volumes 后重新启动。\n"
    "PostgreSQL refuses POSTGRES_PASSWORD: its volume was made with another one. Put that one back into .env, or, if the data "
    "may go, run docker compose down --volumes and start again."
)
_FAILED = (
    "数据库准备失败：{reason}。出错的这一步没有保留，各服务继续等待；请排除原因后执行 docker compose up --detach。\n"
    "The databases could not be prepared: {reason}. Nothing of the failed step was kept and the services go on waiting; when the "
    "cause is mended run docker compose up --detach."
)


def server_missing(admin_url: str) -> str:
    """Why the server cannot be used yet; nothing when it can. Raises SystemExit when it will not: it knows another password."""
    try:
        psycopg.connect(admin_url, connect_timeout=_CONNECT_SECONDS).close()
    except psycopg.OperationalError as error:
        if _is_refusal(error):
            raise SystemExit(f"{_first_line(error)}\n{_REFUSED}") from error
        return _first_line(error)
    return ""


def prepare_databases(admin_url: str, services: list[URL]) -> None:
    """One role and one database of its own for each URL of ``services``, which another role owns; nobody else may enter it.
    ``admin_url`` is libpq's, of a superuser."""
    with psycopg.connect(admin_url, autocommit=True, connect_timeout=_CONNECT_SECONDS) as connection:
        for url in services:
            role = url.username or ""
            owner, database = sql.Identifier(owner_of(role)), sql.Identifier(url.database or "")
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner_of(role)]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(owner))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [url.database]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
            connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))
            make_role(connection, url)
            _hand_over(_inside(admin_url, url), role)
            give_rights(_inside(admin_url, url), role, owner=owner_of(role))


def _hand_over(inside: str, role: str) -> None:
    with psycopg.connect(inside, connect_timeout=_CONNECT_SECONDS) as connection:
        names = sql.Identifier(role), sql.Identifier(owner_of(role))
        connection.execute(sql.SQL("REASSIGN OWNED BY {} TO {}").format(*names))


def _inside(admin_url: str, service: URL) -> str:
    return make_url(admin_url).set(database=service.database).render_as_string(hide_password=False)


def migrate_as_owner(admin_url: str, service: Service, url: URL) -> None:
    """Brings the database of ``url`` to the newest schema; what is made belongs to its owner, and the service may use it."""
    role, inside = url.username or "", make_url(_inside(admin_url, url))
    as_owner = inside.set(drivername="postgresql+psycopg", query={"options": f"-c role={owner_of(role)}"})
    migrate(service, as_owner.render_as_string(hide_password=False))
    give_rights(_inside(admin_url, url), role, owner=owner_of(role))


def try_until_done(
    prepare: Callable[[], None], missing: Callable[[], str], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Prepares once the server is there, and again when it went away meanwhile. Raises SystemExit, with words, for any other refusal."""
    while True:
        wait_for("PostgreSQL", missing, sleep)
        try:
            return prepare()
        except (psycopg.Error, DBAPIError) as error:
            told = error.orig if isinstance(error, DBAPIError) else error
            if not (isinstance(told, psycopg.OperationalError) and _passes(told)):
                raise SystemExit(_FAILED.format(reason=_first_line(told or error))) from error
            say(f"连接中断，重新开始 the server went away, beginning again: {_first_line(told)}")
            sleep(_PAUSE_SECONDS)


def _passes(error: psycopg.OperationalError) -> bool:
    return error.sqlstate in _PASSING and not _is_refusal(error)


def _is_refusal(error: psycopg.OperationalError) -> bool:
    """A server that is not ready says so before it asks for a password; what it says after that, it means."""
    return bool(error.pgconn and error.pgconn.used_password)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or repr(error)).splitlines()[0]


def main() -> None:
    settings = platform_settings()
    admin_url = with_password(os.environ["POSTGRES_ADMIN_URL"], setting("POSTGRES_PASSWORD", ""))

    def prepare() -> None:
        urls = {each: make_url(settings.database_of(each)) for each in Service}
        prepare_databases(admin_url, list(urls.values()))
        for service, url in urls.items():
            say(f"迁移 migrating {service}")
            migrate_as_owner(admin_url, service, url)
            refuse_missing_keys(service)

    try_until_done(prepare, lambda: server_missing(admin_url))
    if settings.demo:
        os.execvp("python", ["python", "-m", "ops.demo_accounts"])  # noqa: S606


if __name__ == "__main__":
    main()
