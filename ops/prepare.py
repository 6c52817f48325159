"""The one-off before the services of compose start: makes the roles and databases that are missing, migrates all, and in a demo adds the
demo accounts. Safe to run again; a changed ``DATABASE_PASSWORD`` reaches the server this way.
"""

import os

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from ops.migrate import migrate
from shared.services import Service
from shared.settings import platform_settings


def prepare_databases(admin_url: str, services: list[URL]) -> None:
    """One role and one database of its own for each URL of ``services``; nobody else may enter it. ``admin_url`` is libpq's."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for url in services:
            role, database = sql.Identifier(url.username or ""), sql.Identifier(url.database or "")
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [url.username]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(url.password)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [url.database]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))


if __name__ == "__main__":
    settings = platform_settings()
    prepare_databases(os.environ["POSTGRES_ADMIN_URL"], [make_url(settings.database_of(each)) for each in Service])
    for each in Service:
        migrate(each)
    if settings.demo:
        os.execvp("python", ["python", "-m", "ops.demo_accounts"])  # noqa: S606
