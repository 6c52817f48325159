"""Whether the settings have every key that the rows of a database are under, asked before a process works on them (PLAT-05): a sentence at
the start in place of a failure at some row later.
"""

from sqlalchemy import NullPool, create_engine

from shared.db.keys import take_up
from shared.services import Service
from shared.settings import platform_settings


def refuse_missing_keys(service: str) -> None:
    """Notes the keys of the settings at the service's database. Raises SystemExit, with words, when one is missing there."""
    settings = platform_settings()
    engine = create_engine(settings.database_of(Service(service)), poolclass=NullPool)
    with engine.begin() as connection:
        missing = take_up(connection, settings)
    if missing:
        raise SystemExit("\n".join(f"{service}: {each}" for each in missing))
