"""How a service's database follows its tables: one Alembic history per service, the kit's tables among its own. Each service's
``migrations/env.py`` calls ``run``; ``ops.migrate`` calls ``config_for``.
"""

from pathlib import Path
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, pool

from shared.db.base import KitBase
from shared.db.checks import PLUGINS, is_compared_by_name
from shared.services import Service
from shared.settings import platform_settings

ROOT = Path(__file__).resolve().parents[2]


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


def run(metadata: MetaData) -> None:
    """Runs what Alembic was asked for, in one transaction; the kit's tables count as the service's own."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=[KitBase.metadata, metadata],
            render_item=_render_item,
            autogenerate_plugins=PLUGINS,
            include_object=is_compared_by_name,
        )
        with context.begin_transaction():
            context.run_migrations()
