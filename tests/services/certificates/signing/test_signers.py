"""A signer elsewhere: what it is asked, and that nothing but a right signature is ever taken from it."""

import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.certificates.settings import CertificatesSettings
from services.certificates.signing import seal
from services.certificates.signing.asking import LARGEST_ANSWER, SignerAway
from services.certificates.signing.reading import read_seal
from services.certificates.signing.seal import Sealer, seal_pdf
from services.certificates.signing.sealing import open_sealer
from shared.errors import Unavailable
from shared.runtime import Runtime
from tests.services.certificates.signing.authorities import Holder, authority, p256, rsa_key
from tests.services.certificates.signing.conftest import trust_in
from tests.services.certificates.signing.loopback import Loopback, signing_with
from tests.services.certificates.signing.pages import VALID, needs_pdfsig, pdfsig, small_pdf

pytestmark = pytest.mark.req("BEY-05")
Elsewhere = Callable[..., Awaitable[Sealer]]


@pytest.fixture
def elsewhere(runtime: Runtime, others: Loopback, tmp_path: Path) -> Elsewhere:
    async def make(holder: Holder, **settings: Any) -> Sealer:
        (tmp_path / "chain.pem").write_text(holder.pem(), encoding="ascii")
        values = {"signing_url": f"{others.url}/sign", "signing_token": "密-token".encode().hex(), **settings}
        return await open_sealer(runtime, CertificatesSettings(signing_certificates=tmp_path / "chain.pem", **values))

    return make


class TestASignatureFromElsewhere:
    @needs_pdfsig
    @pytest.mark.parametrize("make_key", [p256, rsa_key])
    async def test_it_is_as_good_as_our_own(
        self, elsewhere: Elsewhere, others: Loopback, tmp_path: Path, make_key: object
    ) -> None:
        assert callable(make_key)
        holder = authority("根").issue("签发单位", make_key())
        sealer, others.answers["/sign"] = await elsewhere(holder), signing_with(holder)
        signed = await seal_pdf(small_pdf(), sealer, reason="试签")
        assert VALID in pdfsig(signed, tmp_path)
        reading = await read_seal(signed, trust_in(sealer))
        assert reading is not None
        assert (reading.intact, reading.trusted, reading.signer_name) == (True, True, "签发单位")
        assert others.asked == ["/sign"]
        assert others.tokens == [f"Bearer {'密-token'.encode().hex()}"]

    async def test_the_key_is_not_here(self, elsewhere: Elsewhere) -> None:
        assert (await elsewhere(authority("根").issue("签发单位"))).identity.key is None


def as_json(signature: bytes) -> bytes:
    return json.dumps({"signature": base64.b64encode(signature).decode()}).encode()


class TestARefusal:
    @pytest.mark.parametrize(
        ("status", "answer"),
        [
            (500, b""),
            (401, b"{}"),
            (302, b""),
            (200, b""),
            (200, b"no json"),
            (200, b"[]"),
            (200, b"[" * 100_000),
            (200, b"{}"),
            (200, b'{"signature": 7}'),
            (200, b'{"signature": "?"}'),
            (200, as_json(b"")),
            (200, as_json(b"something else")),
        ],
    )
    async def test_what_is_no_signature_is_refused(
        self, elsewhere: Elsewhere, others: Loopback, status: int, answer: bytes
    ) -> None:
        sealer = await elsewhere(authority("根").issue("签发单位"))
        others.answers["/sign"] = lambda _: (status, answer)
        with pytest.raises(SignerAway) as refused:
            await seal_pdf(small_pdf(), sealer, reason="试签")
        assert isinstance(refused.value, Unavailable)

    @pytest.mark.parametrize("make_key", [p256, rsa_key])
    async def test_a_signature_by_another_key_is_refused(
        self, elsewhere: Elsewhere, others: Loopback, make_key: object
    ) -> None:
        assert callable(make_key)
        sealer = await elsewhere(authority("根").issue("签发单位", make_key()))
        others.answers["/sign"] = signing_with(authority("根").issue("签发单位", make_key()))
        with pytest.raises(SignerAway, match="不符"):
            await seal_pdf(small_pdf(), sealer, reason="试签")

    async def test_a_signature_of_something_else_is_refused(self, elsewhere: Elsewhere, others: Loopback) -> None:
        holder = authority("根").issue("签发单位")
        sealer, sign = await elsewhere(holder), signing_with(holder)
        other = {"digest_algorithm": "sha256", "digest": base64.b64encode(bytes(32)).decode()}
        others.answers["/sign"] = lambda _: sign(json.dumps(other).encode())
        with pytest.raises(SignerAway, match="不符"):
            await seal_pdf(small_pdf(), sealer, reason="试签")

    async def test_an_answer_without_an_end_is_refused(self, elsewhere: Elsewhere, others: Loopback) -> None:
        sealer = await elsewhere(authority("根").issue("签发单位"))
        others.answers["/sign"] = lambda _: (200, bytes(LARGEST_ANSWER + 1))
        with pytest.raises(SignerAway, match="过大"):
            await seal_pdf(small_pdf(), sealer, reason="试签")

    async def test_an_answer_that_does_not_come_is_not_waited_for(
        self, elsewhere: Elsewhere, others: Loopback, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sealer = await elsewhere(authority("根").issue("签发单位"))
        others.answers["/sign"] = others.wait
        monkeypatch.setattr(seal, "SEAL_SECONDS", 0.3)
        with pytest.raises(SignerAway):
            await seal_pdf(small_pdf(), sealer, reason="试签")

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/sign", "no address", "http://[", "ftp://127.0.0.1/sign"])
    async def test_nobody_there_is_an_outage(self, elsewhere: Elsewhere, url: str) -> None:
        sealer = await elsewhere(authority("根").issue("签发单位"), signing_url=url)
        with pytest.raises(SignerAway):
            await seal_pdf(small_pdf(), sealer, reason="试签")
