"""A signature on a finished page: what another make says of it, what it leaves alone, and what shows when the file was changed."""

import re
import socket
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from services.certificates.settings import CertificatesSettings
from services.certificates.signing.own_authority import TEST_CA, TEST_NOTE, TEST_SIGNER
from services.certificates.signing.reading import read_seal
from services.certificates.signing.seal import Sealer, seal_pdf
from services.certificates.signing.sealing import open_sealer
from shared.runtime import Runtime
from tests.services.certificates.records import rendered
from tests.services.certificates.signing.authorities import DER, authority, p256, rsa_key
from tests.services.certificates.signing.conftest import SealerOf, trust_in
from tests.services.certificates.signing.pages import (
    TRUSTED,
    VALID,
    WHOLE,
    needs_certutil,
    needs_pdfsig,
    pdfsig,
    small_pdf,
)

pytestmark = pytest.mark.req("BEY-05")


@pytest.fixture
async def own(runtime: Runtime) -> Sealer:
    """The embedded default."""
    return await open_sealer(runtime, CertificatesSettings())


class TestTheDefault:
    async def test_it_is_intact_and_says_that_it_is_a_test(self, own: Sealer) -> None:
        reading = await read_seal(await seal_pdf(small_pdf(), own, reason="试签"), trust_in(own))
        assert reading is not None
        assert (reading.intact, reading.trusted) == (True, True)
        assert reading.signer_name == TEST_SIGNER
        assert "测试" in TEST_SIGNER
        assert "测试" in TEST_CA
        assert TEST_NOTE in own.name

    async def test_nothing_may_follow_it(self, own: Sealer) -> None:
        with pikepdf.open(BytesIO(await seal_pdf(small_pdf(), own, reason="试签"))) as signed:
            reference = signed.Root.Perms.DocMDP.Reference[0]
            assert reference.TransformParams.P == 1
            assert signed.Root.Perms.DocMDP.SubFilter == "/ETSI.CAdES.detached"
            assert str(signed.Root.Perms.DocMDP.Reason) == "试签"

    async def test_it_asks_nobody(self, own: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise AssertionError("the network")

        for name in ("connect", "connect_ex", "sendto"):
            monkeypatch.setattr(socket.socket, name, refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        assert await read_seal(await seal_pdf(small_pdf(), own, reason="试签"), trust_in(own))


class TestThePageBelow:
    @pytest.mark.parametrize("streams", [False, True])
    async def test_it_stays_byte_for_byte(self, own: Sealer, streams: bool) -> None:
        page = small_pdf(streams=streams)
        first, second = [await seal_pdf(page, own, reason="试签") for _ in range(2)]
        assert first.startswith(page)
        assert second.startswith(page)
        assert first != second

    async def test_what_it_says_of_itself_stays(self, runtime: Runtime, own: Sealer) -> None:
        """PDF/A and PDF/UA: the version, both kinds of metadata, the structure and the tab order are those of the page."""
        certificate = await rendered(runtime)
        assert certificate.storage_key is not None
        stored = await runtime.storage.get(certificate.storage_key)
        page = unsigned(stored)
        assert stored.startswith(page)
        with pikepdf.open(BytesIO(page)) as before, pikepdf.open(BytesIO(stored)) as after:
            assert after.pdf_version == before.pdf_version == "1.7"
            assert after.Root.get("/Version") == before.Root.get("/Version")
            for name in ("/Lang", "/MarkInfo", "/ViewerPreferences"):
                assert repr(after.Root.get(name)) == repr(before.Root.get(name))
            assert after.Root.Metadata.read_raw_bytes() == before.Root.Metadata.read_raw_bytes()
            assert repr(after.trailer.Info) == repr(before.trailer.Info)
            assert after.trailer.ID[0] == before.trailer.ID[0]
            assert after.pages[0].get("/Tabs") == before.pages[0].get("/Tabs") == "/S"
            [field] = after.pages[0].Annots
            assert [float(each) for each in field.Rect] == [0, 0, 0, 0]
            assert field.F == 132
            assert str(field.TU)

    @needs_pdfsig
    async def test_a_real_certificate_is_accepted_by_another_make(self, runtime: Runtime, tmp_path: Path) -> None:
        certificate = await rendered(runtime)
        assert certificate.storage_key is not None
        said = pdfsig(await runtime.storage.get(certificate.storage_key), tmp_path)
        assert VALID in said
        assert WHOLE in said
        assert TEST_SIGNER in said


@needs_pdfsig
class TestAnotherMake:
    @pytest.mark.parametrize("streams", [False, True])
    async def test_it_accepts_the_default(self, own: Sealer, tmp_path: Path, streams: bool) -> None:
        said = pdfsig(await seal_pdf(small_pdf(streams=streams), own, reason="试签"), tmp_path)
        assert VALID in said
        assert WHOLE in said
        assert said.count("Signature #") == 1

    @needs_certutil
    async def test_it_trusts_who_trusts_the_root(self, own: Sealer, tmp_path: Path) -> None:
        signed = await seal_pdf(small_pdf(), own, reason="试签")
        assert TRUSTED in pdfsig(signed, tmp_path, trusted=own.identity.root.dump())

    @needs_certutil
    async def test_it_does_not_trust_who_trusts_another(self, own: Sealer, tmp_path: Path) -> None:
        signed = await seal_pdf(small_pdf(), own, reason="试签")
        said = pdfsig(signed, tmp_path, trusted=authority("别的根").certificate.public_bytes(DER))
        assert VALID in said
        assert TRUSTED not in said

    @pytest.mark.parametrize("make_key", [p256, rsa_key])
    async def test_it_accepts_an_operators_key(self, sealer_of: SealerOf, tmp_path: Path, make_key: object) -> None:
        assert callable(make_key)
        sealer = await sealer_of(authority("根").issue("签发单位", make_key()))
        said = pdfsig(await seal_pdf(small_pdf(), sealer, reason="试签"), tmp_path)
        assert VALID in said
        assert "签发单位" in said


class TestChanges:
    @pytest.mark.parametrize("where", [20, 200, -20])
    async def test_a_changed_byte_shows(self, own: Sealer, where: int, tmp_path: Path) -> None:
        signed = bytearray(await seal_pdf(small_pdf(), own, reason="试签"))
        signed[where] ^= 1
        reading = await read_seal(bytes(signed), trust_in(own))
        assert reading is None or not (reading.intact or reading.trusted)

    @needs_pdfsig
    async def test_a_changed_word_shows_here_and_elsewhere(self, own: Sealer, tmp_path: Path) -> None:
        signed = await seal_pdf(small_pdf(), own, reason="ABC")
        changed = signed.replace(b"(ABC)", b"(ABD)")
        assert changed != signed
        assert VALID not in pdfsig(changed, tmp_path)
        reading = await read_seal(changed, trust_in(own))
        assert reading is not None
        assert (reading.intact, reading.trusted) == (False, False)

    @needs_pdfsig
    @pytest.mark.parametrize("how", ["bytes", "revision"])
    async def test_what_is_appended_shows_here_and_elsewhere(self, own: Sealer, tmp_path: Path, how: str) -> None:
        signed = await seal_pdf(small_pdf(), own, reason="试签")
        longer = signed + b"\n%more\n" if how == "bytes" else with_revision(signed)
        assert WHOLE not in pdfsig(longer, tmp_path)
        reading = await read_seal(longer, trust_in(own))
        assert reading is not None
        assert (reading.intact, reading.trusted) == (False, False)

    async def test_a_byte_range_that_leaves_out_more_than_the_signature_is_not_intact(self, own: Sealer) -> None:
        signed = await seal_pdf(small_pdf(), own, reason="试签")
        ranged = re.search(rb"/ByteRange \[ ?(\d+) (\d+) (\d+) (\d+)", signed)
        assert ranged
        start, end = ranged.span(4)
        less = str(int(ranged[4]) - 1).encode().rjust(end - start)
        reading = await read_seal(signed[:start] + less + signed[end:], trust_in(own))
        assert reading is None or not reading.intact


class TestStrangers:
    @needs_pdfsig
    async def test_a_strangers_signature_is_intact_and_not_trusted(
        self, own: Sealer, sealer_of: SealerOf, tmp_path: Path
    ) -> None:
        stranger = await sealer_of(authority(TEST_CA).issue(TEST_SIGNER))
        signed = await seal_pdf(small_pdf(), stranger, reason="试签")
        assert VALID in pdfsig(signed, tmp_path)
        reading = await read_seal(signed, trust_in(own))
        assert reading is not None
        assert (reading.intact, reading.trusted) == (True, False)

    async def test_another_customer_of_the_same_authority_is_not_us(self, sealer_of: SealerOf) -> None:
        public = authority("公众CA")
        ours = trust_in(await sealer_of(public.issue("疾控中心")))
        theirs = await seal_pdf(small_pdf(), await sealer_of(public.issue("某公司")), reason="试签")
        reading = await read_seal(theirs, ours)
        assert reading is not None
        assert (reading.intact, reading.trusted) == (True, False)
        renewed = await seal_pdf(small_pdf(), await sealer_of(public.issue("疾控中心")), reason="试签")
        reading = await read_seal(renewed, ours)
        assert reading is not None
        assert reading.trusted

    @pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"no pdf", small_pdf(), small_pdf()[:300]])
    async def test_what_carries_no_signature_is_nothing(self, own: Sealer, data: bytes) -> None:
        assert await read_seal(data, trust_in(own)) is None

    async def test_a_broken_file_is_an_answer_and_never_an_error(self, own: Sealer) -> None:
        signed = await seal_pdf(small_pdf(), own, reason="试签")
        trust = trust_in(own)
        starts = signed.index(b"/Contents <")
        ends = signed.index(b">", starts + len(b"/Contents <"))
        for cut in range(0, len(signed), len(signed) // 40):
            assert not whole(await read_seal(signed[:cut], trust))
            swapped = signed[:cut] + signed[cut : cut + 30][::-1] + signed[cut + 30 :]
            # The signature is not over itself, and carries along certificates that nobody may need.
            if swapped != signed and not starts < cut < ends:
                assert not whole(await read_seal(swapped, trust))


def whole(reading: object) -> bool:
    return bool(getattr(reading, "intact", False))


def unsigned(signed: bytes) -> bytes:
    """The page as it was before its last revision."""
    first_end = signed.index(b"%%EOF") + len(b"%%EOF")
    return signed[: first_end + 1] if signed[first_end : first_end + 1] == b"\n" else signed[:first_end]


def with_revision(signed: bytes) -> bytes:
    """One more revision behind it, as any editor would write it."""
    from_end = signed.rindex(b"startxref") + len(b"startxref")
    previous = int(signed[from_end:].split()[0])
    body = signed + b"\n999 0 obj\n(more)\nendobj\n"
    place = body.index(b"\n999 0 obj") + 1
    with pikepdf.open(BytesIO(signed)) as opened:
        root = opened.Root.objgen
    xref = (
        f"xref\n999 1\n{place:010} 00000 n \ntrailer\n<< /Size 1000 /Root {root[0]} {root[1]} R /Prev {previous} >>\n"
    )
    return body + xref.encode() + f"startxref\n{len(body)}\n%%EOF\n".encode()
