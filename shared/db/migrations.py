"""How a service's database follows its tables: one Alembic history per service, the kit's tables among its own. Each service's
``migrations/env.py`` calls ``run``; ``ops.migrate`` calls ``config_for``.
"""

from pathlib import Path
from time import sleep
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, pool, text

from shared.db.base import KitBase
from shared.db.checks import PLUGINS, is_compared_by_name
from shared.services import Service
from shared.settings import platform_settings

ROOT = Path(__file__).resolve().parents[2]
LOCK_MS = 3000
# Whoever migrates a database, of however many that start at once.
_ONE_AT_A_TIME = 7_305_117


def config_for(service: Service, url: str | None = None) -> Config:
    """Alembic's configuration for ``service``; ``url`` defaults to the platform's setting."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url or platform_settings().database_of(service)
    return config


def _render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Our own column types are imported by the migration that names them."""
    if kind == "type" and type(item).__module__ == "shared.db.types":
        autogen.imports.add("from shared.db import types")
        return f"types.{type(item).__name__}()"
    return False


def _be_the_only_one(connection: Connection) -> None:
    """Until the connection ends. It asks again and again: one that waits in a statement is waited for by an index that is being built."""
    lock = text("SELECT pg_try_advisory_lock(:key)")
    while True:
        with connection.begin():
            if connection.scalar(lock, {"key": _ONE_AT_A_TIME}):
                return
        sleep(1)


def run(metadata: MetaData) -> None:
    """Runs what Alembic was asked for, or writes it as SQL (``--sql``). Each migration is a transaction of its own, so that none keeps
    what the one before has locked, and gives up when somebody else holds a lock: whoever asks behind it would wait as long (PLAT-10). The
    kit's tables count as the service's own."""
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=True)
        context.run_migrations()
        return
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        _be_the_only_one(connection)
        with connection.begin():
            connection.exec_driver_sql(f"SET lock_timeout = {LOCK_MS}")
        context.configure(
            connection=connection,
            target_metadata=[KitBase.metadata, metadata],
            render_item=_render_item,
            autogenerate_plugins=PLUGINS,
            include_object=is_compared_by_name,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
