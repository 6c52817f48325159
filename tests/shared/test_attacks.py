"""The attack files that are made in no time, through the bounded process; ``bench/files.py`` plays all of them against an API process."""

import pytest

from shared.errors import AppError
from shared.sheets import read_sheet
from shared.uploads import SCANS, check_upload
from tests.shared import attacks
from tests.shared.sheets.packages import COLUMNS


@pytest.mark.req("PLAT-07", "PLAT-17")
class TestAttacks:
    @pytest.mark.parametrize("name", ["brackets-pdf", "table-pdf"])
    async def test_a_scan_is_refused(self, name: str) -> None:
        with pytest.raises(AppError) as caught:
            await check_upload(attacks.SCANS[name]()[:400_000], name="a.pdf", kinds=SCANS)
        assert (caught.value.status, caught.value.code) == (422, "file_damaged")

    @pytest.mark.parametrize("name", ["far-sheet", "texts-sheet", "formats-sheet"])
    async def test_a_sheet_is_refused(self, name: str) -> None:
        with pytest.raises(AppError) as caught:
            await read_sheet(attacks.SHEETS[name](), COLUMNS)
        assert (caught.value.status, caught.value.code) == (422, "file_damaged")
