"""Rows of the old system's lists, for the table of makers."""

from services.declaration.legacy.models import LegacyImport, LegacyRow
from services.declaration.legacy.workflow import LegacyOutcome
from shared.services import Service
from tests.contracts.list_worlds import ROWS, Made, World


async def legacy_rows(world: World) -> Made:
    async with world.rows(Service.DECLARATION) as session:
        for at in range(ROWS):
            file = LegacyImport(
                file_name="名单.csv",
                size=1,
                parts=1,
                received_parts=[],
                organisation_id=world.office.organisation_id,
                region_prefix=world.office.region_prefix,
                uploaded_by_name="某人",
            )
            session.add(file)
            await session.flush()
            unit = {"credit_code": f"{at:018d}", "name": "某单位", "region_code": world.office.region_code}
            session.add(LegacyRow(import_id=file.id, line=at, cells={}, outcome=LegacyOutcome.REFUSED, **unit))
    return world.office, {}
