"""Takes the files of imports away when they have had their day; the rows stay."""

from datetime import timedelta

from services.declaration.legacy import repository
from services.declaration.legacy.files import folder_of
from shared.clock import now_utc
from shared.runtime import Runtime

KEPT_FOR = timedelta(days=1)
AT_ONCE = 50


async def tidy_files(runtime: Runtime) -> None:
    """The file first and its mark after: a kill in between is swept again."""
    async with runtime.database.unit_of_work() as session:
        old = [each.id for each in await repository.files_before(session, now_utc() - KEPT_FOR, AT_ONCE)]
    for import_id in old:
        await runtime.storage.sweep(folder_of(import_id))
        async with runtime.database.unit_of_work() as session:
            row = await repository.get_import(session, import_id)
            if row is not None:
                row.file_kept = False
