"""An import of the demo (DECL-09): a list of the old system, read and judged row by row, which waits for the administrator to confirm it.
A few units are new, two are units of the demo, one has a code that Excel has cut. Through the API, as a person does it; may be run again at
any time.
"""

from typing import Final

from ops.client import Json, PlatformClient
from ops.demo_declarations import EMPLOYERS, REGION
from ops.journey.play import until
from ops.legacy_sample import HEAD, as_xlsx, units
from services.auth.demo import DEMO, DEMO_PASSWORD
from services.declaration.legacy.workflow import LegacyImportState

ACCOUNT: Final = "admin01"
URL: Final = "/api/declaration/legacy-imports"
NAME: Final = "原系统单位名单（示例）.xlsx"
_CODE, _UNIT, _REGION = (HEAD.index(each) for each in ("统一社会信用代码", "用人单位名称", "所属地区"))


def sample() -> bytes:
    """Units that are new here, two that are not, and two rows that nobody could read."""
    rows = list(units(24, seed=7))
    employer = next(each.organisation for each in DEMO if each.login_name == "employer01")
    declared = EMPLOYERS[2]
    rows[3][_CODE], rows[3][_UNIT], rows[3][_REGION] = employer.credit_code, employer.name, employer.region_code
    rows[5][_CODE], rows[5][_UNIT], rows[5][_REGION] = declared.credit_code, declared.name, REGION
    rows[9][_CODE] = "3.20102E+17"
    rows[15][_REGION] = "江苏省某市"
    return as_xlsx(rows)


async def add_import(base_url: str) -> None:
    """In a platform that runs, after the declarations; nothing where there is an import already."""
    async with PlatformClient(base_url) as client:
        await client.sign_in(ACCOUNT, DEMO_PASSWORD)
        if (await client.get(URL))["items"]:
            return
        data = sample()
        made = await client.post(URL, json={"file_name": NAME, "size": len(data)})
        await client.request(
            "PUT", f"{URL}/{made['id']}/parts/1", files={"file": ("1", data, "application/octet-stream")}
        )
        await client.post(f"{URL}/{made['id']}/read")

        async def read() -> Json:
            return (await client.get(f"{URL}/{made['id']}"))["state"] == LegacyImportState.READY

        await until(read, "the list of the old system is read")
