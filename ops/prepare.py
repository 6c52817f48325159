"""The one-off before the services of compose start: makes the databases that are missing, migrates all, and in the demo profile adds the
demo accounts. Safe to run again.
"""

import os

import psycopg
from psycopg import sql

from ops.migrate import migrate
from shared.services import Service
from shared.settings import platform_settings


def create_databases(url: str) -> None:
    """``url`` is the server's maintenance database as libpq wants it."""
    with psycopg.connect(url, autocommit=True) as connection:
        for service in Service:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [service]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(service)))


if __name__ == "__main__":
    settings = platform_settings()
    create_databases(settings.database_of(Service.AUTH).replace("+psycopg", "").rpartition("/")[0] + "/postgres")
    for each in Service:
        migrate(each)
    if settings.demo:
        os.execvp("python", ["python", "-m", "ops.demo_accounts"])  # noqa: S606
