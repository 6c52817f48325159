"""Time stamps and what CAs say about revocation: a page signed today is believed when today's certificate has long run out."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import tsp

from services.certificates.signing import seal
from services.certificates.signing.asking import SignerAway
from services.certificates.signing.identity import IdentityBroken
from services.certificates.signing.reading import read_seal
from services.certificates.signing.seal import Sealer, seal_pdf
from shared.clock import now_utc
from tests.services.certificates.signing.authorities import PEM, Authority, Holder, authority, rsa_key
from tests.services.certificates.signing.conftest import SealerOf, trust_in
from tests.services.certificates.signing.loopback import Answer, Loopback, stamping_with
from tests.services.certificates.signing.pages import VALID, WHOLE, needs_pdfsig, pdfsig, small_pdf

pytestmark = pytest.mark.req("BEY-05")
LATER = timedelta(days=800)


class Outside:
    """A public CA with one below it, our signer there, and a time stamp authority of somebody else."""

    def __init__(self, others: Loopback) -> None:
        self.root = others.authority("公众根CA", "/root")
        self.middle = others.authority("公众CA", "/middle", above=self.root)
        self.signer = self.middle.issue("签发单位")
        self.stamps = others.authority("时间戳根CA", "/stamps")
        self.stamper = self.stamps.issue("时间戳服务", rsa_key(), days=3600, stamps=True)
        others.answers["/tsa"] = stamping_with(self.stamper)


@pytest.fixture
def outside(others: Loopback) -> Outside:
    return Outside(others)


LongTerm = Callable[..., Awaitable[Sealer]]


@pytest.fixture
def long_term(sealer_of: SealerOf, outside: Outside, others: Loopback, tmp_path: Path) -> LongTerm:
    """Our signer with the time stamp authority, whose root the operator has named unless ``named`` is another."""

    async def make(signer: Holder | None = None, *, named: Authority | None = None) -> Sealer:
        (tmp_path / "roots.pem").write_bytes((named or outside.stamps).certificate.public_bytes(PEM))
        return await sealer_of(
            signer or outside.signer, tsa_url=f"{others.url}/tsa", signing_roots=tmp_path / "roots.pem"
        )

    return make


class TestATimeStampedPage:
    async def test_it_is_believed_when_the_certificate_has_run_out(self, long_term: LongTerm) -> None:
        sealer = await long_term()
        reading = await read_seal(await seal_pdf(small_pdf(), sealer, reason="试签"), trust_in(sealer))
        later = await read_seal(
            await seal_pdf(small_pdf(), sealer, reason="试签"), trust_in(sealer), now=now_utc() + LATER
        )
        for each in (reading, later):
            assert each is not None
            assert (each.intact, each.trusted) == (True, True)
            assert each.signed_at is not None
            assert abs(each.signed_at - now_utc()) < timedelta(hours=1)

    async def test_without_a_stamp_it_is_not(self, sealer_of: SealerOf, outside: Outside) -> None:
        sealer = await sealer_of(outside.signer)
        signed = await seal_pdf(small_pdf(), sealer, reason="试签")
        now, later = [await read_seal(signed, trust_in(sealer), now=now_utc() + after) for after in (0 * LATER, LATER)]
        assert now is not None
        assert later is not None
        assert (now.trusted, later.trusted, later.intact) == (True, False, True)

    async def test_a_stamp_of_somebody_unknown_proves_no_time(
        self, long_term: LongTerm, sealer_of: SealerOf, outside: Outside
    ) -> None:
        signed = await seal_pdf(small_pdf(), await long_term(), reason="试签")
        knows_no_stamps = trust_in(await sealer_of(outside.signer))
        reading = await read_seal(signed, knows_no_stamps, now=now_utc() + LATER)
        assert reading is not None
        assert (reading.intact, reading.trusted) == (True, False)

    @needs_pdfsig
    async def test_proofs_are_inside_what_is_signed(self, long_term: LongTerm, tmp_path: Path) -> None:
        signed = await seal_pdf(small_pdf(), await long_term(), reason="试签")
        said = pdfsig(signed, tmp_path)
        assert VALID in said
        assert WHOLE in said
        with pikepdf.open(BytesIO(signed)) as opened:
            store = opened.Root.DSS
            assert len(store.Certs) >= 3
            assert len(store.get("/OCSPs", ())) + len(store.get("/CRLs", ())) == 3

    async def test_lists_serve_where_answers_do_not(self, long_term: LongTerm, others: Loopback) -> None:
        for path in ("/root", "/middle", "/stamps"):
            del others.answers[f"{path}/ocsp"]
        with pikepdf.open(BytesIO(await seal_pdf(small_pdf(), await long_term(), reason="试签"))) as opened:
            assert len(opened.Root.DSS.CRLs) == 3
            assert len(opened.Root.DSS.get("/OCSPs", ())) == 0

    async def test_revocation_is_asked_for_once_for_many_pages(self, long_term: LongTerm, others: Loopback) -> None:
        sealer = await long_term()
        for _ in range(3):
            await seal_pdf(small_pdf(), sealer, reason="试签")
        asked = [path for path in others.asked if path != "/tsa"]
        assert len(asked) == len(set(asked)) == 3

    async def test_reading_fetches_nothing(self, sealer_of: SealerOf, outside: Outside, others: Loopback) -> None:
        sealer = await sealer_of(outside.signer)
        signed = await seal_pdf(small_pdf(), sealer, reason="试签")
        assert await read_seal(signed, trust_in(sealer))
        assert others.asked == []


class TestNoProof:
    async def refused(self, sealer: Sealer) -> None:
        with pytest.raises(IdentityBroken, match="吊销"):
            await seal_pdf(small_pdf(), sealer, reason="试签")

    async def test_a_revoked_signer_signs_nothing(self, long_term: LongTerm, outside: Outside) -> None:
        outside.middle.revoked.add(outside.signer.certificate.serial_number)
        await self.refused(await long_term())

    async def test_a_revoked_signer_is_known_by_the_list_too(
        self, long_term: LongTerm, outside: Outside, others: Loopback
    ) -> None:
        del others.answers["/middle/ocsp"]
        outside.middle.revoked.add(outside.signer.certificate.serial_number)
        await self.refused(await long_term())

    async def test_a_time_stamp_of_an_unknown_root_is_refused(self, long_term: LongTerm) -> None:
        await self.refused(await long_term(named=authority("别的根")))

    async def test_no_word_about_revocation_is_an_outage_that_ends(
        self, long_term: LongTerm, others: Loopback, outside: Outside
    ) -> None:
        answers = {path: others.answers.pop(path) for path in ("/middle/crl", "/middle/ocsp")}
        sealer = await long_term()
        await self.refused(sealer)
        others.answers.update({path: lambda _: (200, b"rubbish") for path in answers})
        await self.refused(sealer)
        others.answers.update(answers)
        assert await seal_pdf(small_pdf(), sealer, reason="试签")


def another_nonce(body: bytes) -> bytes:
    asked = tsp.TimeStampReq.load(body)
    asked["nonce"] = asked["nonce"].native + 1
    return bytes(asked.dump())


def another_digest(body: bytes) -> bytes:
    asked = tsp.TimeStampReq.load(body)
    asked["message_imprint"]["hashed_message"] = bytes(32)
    return bytes(asked.dump())


class TestAWrongStamp:
    async def refused(self, sealer: Sealer) -> None:
        with pytest.raises(SignerAway):
            await seal_pdf(small_pdf(), sealer, reason="试签")

    @pytest.mark.parametrize("changed", [another_nonce, another_digest])
    async def test_a_stamp_for_something_else_is_refused(
        self, long_term: LongTerm, others: Loopback, changed: Callable[[bytes], bytes]
    ) -> None:
        stamp = others.answers["/tsa"]
        others.answers["/tsa"] = lambda body: stamp(changed(body))
        await self.refused(await long_term())

    async def test_a_stamp_that_was_changed_is_refused(self, long_term: LongTerm, others: Loopback) -> None:
        stamp = others.answers["/tsa"]

        def spoil(body: bytes) -> Answer:
            status, answer = stamp(body)
            return status, answer[:-5] + bytes([answer[-5] ^ 1]) + answer[-4:]

        others.answers["/tsa"] = spoil
        await self.refused(await long_term())

    @pytest.mark.parametrize(
        "answer",
        [
            (500, b""),
            (200, b""),
            (200, b"no der"),
            # A rejection, and a grant without a stamp.
            (200, bytes.fromhex("30053003020102")),
            (200, bytes.fromhex("30053003020100")),
        ],
    )
    async def test_what_is_no_stamp_is_refused(self, long_term: LongTerm, others: Loopback, answer: Answer) -> None:
        others.answers["/tsa"] = lambda _: answer
        await self.refused(await long_term())

    async def test_a_stamp_that_does_not_come_is_not_waited_for(
        self, long_term: LongTerm, others: Loopback, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        others.answers["/tsa"] = others.wait
        monkeypatch.setattr(seal, "SEAL_SECONDS", 0.5)
        await self.refused(await long_term())
