"""Who may do what in a service's database: its owner makes and changes what is there, in migrations; the service itself enters with a role
of its own that owns nothing. So no statement of a service can rewrite its history, nor switch off what protects it (PLAT-04).
"""

import psycopg
from psycopg import sql
from sqlalchemy import URL

Connection = psycopg.Connection[tuple[object, ...]]
# LOCK TABLE is asked for by the digest of a day; MAINTAIN gives it, and nothing that changes a row.
_RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role};
REVOKE UPDATE, DELETE ON history, history_digests FROM {role};
GRANT MAINTAIN ON history, history_digests TO {role}
"""
# What a migration makes can be used from its commit on.
_COMING_RIGHTS = """
ALTER DEFAULT PRIVILEGES {made_by} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES {made_by} GRANT USAGE ON SEQUENCES TO {role}
"""


def owner_of(role: str) -> str:
    """The role that owns what the service ``role`` uses. Nobody signs in as it."""
    return f"{role}_owner"


def make_role(connection: Connection, url: URL) -> None:
    """The role of ``url`` with its password, and nobody but it enters the database of ``url``, which is there."""
    role, database = sql.Identifier(url.username or ""), sql.Identifier(url.database or "")
    # The server's own databases let everybody in unless told otherwise.
    connection.execute("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC")
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [url.username]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(url.password)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))


def give_rights(inside: str, role: str, *, owner: str | None = None) -> None:
    """What the service ``role`` may do in the database that ``inside`` (libpq's address, of a superuser) enters: now, as far as it has been
    migrated, and with whatever the superuser, or ``owner``, makes there later."""
    names = {
        "role": sql.Identifier(role),
        "made_by": sql.SQL("FOR ROLE {}").format(sql.Identifier(owner)) if owner else sql.SQL(""),
    }
    with psycopg.connect(inside) as connection:
        connection.execute(sql.SQL(_COMING_RIGHTS).format(**names))
        migrated = connection.execute("SELECT to_regclass('history_digests') IS NOT NULL").fetchone()
        if migrated == (True,):
            connection.execute(sql.SQL(_RIGHTS).format(**names))
