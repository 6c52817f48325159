"""Which edition of a page was shown (BEY-05, STAFF-09): an earlier one is replaced, and so is the last one while the next is being made."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from services.certificates.issue.models import Certificate
from services.certificates.issue.tokens import read_token, token_of_page
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.printing.service import check_url, give_up
from shared.clock import beijing_today, now_utc
from shared.crypto import sign_short
from shared.events.training import ResultPublished
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.certificates.records import issued, published_result, stored
from tests.services.certificates.test_checks import CHECKS, revoke
from tests.services.certificates.test_printing import claimed
from tests.services.certificates.test_reissue import POISON, SKIN, corrected, handed_out, happens

pytestmark = pytest.mark.req("BEY-05", "STAFF-09")


def page(runtime: Runtime, certificate: Certificate, edition: int) -> str:
    return f"{CHECKS}/{token_of_page(runtime.settings.signing_key, certificate.id, edition)}"


def old_page(runtime: Runtime, certificate: Certificate) -> str:
    """As it was printed before editions were told apart."""
    return f"{CHECKS}/{sign_short(runtime.settings.signing_key, certificate.id.bytes)}"


async def asked(client: httpx.AsyncClient, address: str) -> tuple[str, str | None, list[str]]:
    """(result, what the certificate is now, its specialties)."""
    told = (await client.get(address)).json()
    return told["result"], told["current"], (told["certificate"] or {}).get("specialties", [])


async def by_number(client: httpx.AsyncClient, certificate: Certificate) -> dict[str, Any]:
    params = {"number": certificate.number, "name": certificate.holder_name}
    told: dict[str, Any] = (await client.post(CHECKS, json=params)).json()
    return told


@pytest.fixture
def result() -> ResultPublished:
    return published_result(specialties=(POISON,))


class TestAfterAReissue:
    async def test_the_earlier_page_is_replaced_and_the_new_one_valid(
        self, runtime: Runtime, public: Any, result: ResultPublished
    ) -> None:
        await handed_out(runtime, result)
        now = await handed_out(runtime, corrected(result, SKIN))
        client = await public()
        assert now.editions == 2
        assert await asked(client, page(runtime, now, 1)) == ("replaced", "valid", [SKIN])
        assert await asked(client, page(runtime, now, 2)) == ("valid", "valid", [SKIN])
        assert (await by_number(client, now))["result"] == "valid"
        shown = await client.get(page(runtime, now, 1).replace(CHECKS, "/verify"))
        assert shown.status_code == 200
        assert "<h2>已换发</h2>" in shown.text
        assert "请以新版为准" in shown.text
        assert f"<li>{SKIN}</li>" in shown.text
        assert POISON not in shown.text

    async def test_a_page_of_the_time_before_editions_stays_good_and_says_what_to_compare(
        self, runtime: Runtime, public: Any, result: ResultPublished
    ) -> None:
        first = await handed_out(runtime, result)
        client = await public()
        assert (await client.get(old_page(runtime, first))).json()["explanation"] == "该证书由本平台签发，当前有效。"
        now = await handed_out(runtime, corrected(result, SKIN))
        told = (await client.get(old_page(runtime, now))).json()
        assert told["result"] == "valid"
        assert "请核对所持证书的专业类别" in told["explanation"]

    async def test_a_revocation_counts_for_every_page(
        self, runtime: Runtime, public: Any, result: ResultPublished, make_actor: Any
    ) -> None:
        await handed_out(runtime, result)
        now = await handed_out(runtime, corrected(result, SKIN))
        await revoke(runtime, now, make_actor)
        client = await public()
        for address in (page(runtime, now, 1), page(runtime, now, 2), old_page(runtime, now)):
            assert (await asked(client, address))[:2] == ("revoked", "revoked")

    async def test_a_new_one_that_has_expired_is_said_to_have(
        self, runtime: Runtime, public: Any, result: ResultPublished
    ) -> None:
        await handed_out(runtime, result)
        now = await handed_out(runtime, corrected(result, SKIN))
        await ends_yesterday(runtime, now)
        client = await public()
        assert (await asked(client, page(runtime, now, 1)))[:2] == ("replaced", "expired")
        assert (await asked(client, page(runtime, now, 2)))[:2] == ("expired", "expired")
        assert "新版现已超过有效期" in (await client.get(page(runtime, now, 1))).json()["explanation"]


class TestWhileItIsMadeAgain:
    """The row has the corrected specialties, every page that anybody holds has the wrong ones."""

    @pytest.mark.parametrize("status", [CertificateStatus.PREPARING, CertificateStatus.FAILED])
    async def test_no_page_is_called_valid_and_the_number_shows_what_is_right(
        self, runtime: Runtime, public: Any, result: ResultPublished, status: CertificateStatus
    ) -> None:
        await handed_out(runtime, result)
        waiting = await happens(runtime, corrected(result, SKIN))
        assert waiting is not None
        if status is CertificateStatus.FAILED:
            job = await claimed(runtime, waiting)
            async with runtime.database.unit_of_work() as session:
                await give_up(session, job.job, "试一试")
        assert (await stored(runtime, waiting)).status is status
        client = await public()
        for address in (page(runtime, waiting, 1), old_page(runtime, waiting)):
            assert await asked(client, address) == ("replaced", "valid", [SKIN])
        told = await by_number(client, waiting)
        assert (told["result"], told["certificate"]["specialties"]) == ("valid", [SKIN])
        assert "正在换发新版" in told["explanation"]

    async def test_a_page_that_was_not_handed_out_is_unknown(
        self, runtime: Runtime, public: Any, result: ResultPublished
    ) -> None:
        await handed_out(runtime, result)
        waiting = await happens(runtime, corrected(result, SKIN))
        assert waiting is not None
        never = await issued(runtime)
        client = await public()
        for address in (page(runtime, waiting, 2), page(runtime, never, 1)):
            assert await asked(client, address) == ("unknown", None, [])


class TestToken:
    async def test_the_page_being_printed_says_the_next_edition(self, runtime: Runtime) -> None:
        waiting = await issued(runtime)
        token = check_url(runtime.settings, waiting).rpartition("/")[2]
        told = read_token(runtime.settings.signing_key, token)
        assert told is not None
        assert (told.certificate_id, told.edition) == (waiting.id, 1)

    @pytest.mark.parametrize("edition", [1, 255, 256, 70_000])
    def test_it_says_what_was_signed_and_nothing_else_is_read(self, edition: int) -> None:
        identity = new_id()
        told = read_token(("key",), token_of_page(("key",), identity, edition))
        assert told is not None
        assert (told.certificate_id, told.edition) == (identity, edition)
        assert read_token(("another",), token_of_page(("key",), identity, edition)) is None
        assert read_token(("key",), sign_short(("key",), identity.bytes[:15])) is None
        assert read_token(("key",), sign_short(("key",), identity.bytes + b"1234")) is None

    def test_the_qr_of_a_first_page_is_as_small_as_before(self) -> None:
        """37 characters of base64 would cost the QR a row of modules."""
        assert len(token_of_page(("key",), new_id(), 1)) == 36


async def ends_yesterday(runtime: Runtime, certificate: Certificate) -> date:
    last = beijing_today(now_utc()) - timedelta(days=1)
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(Certificate).where(Certificate.id == certificate.id).values(valid_until=last))
    return (await stored(runtime, certificate)).valid_until or last
