"""What an operator sets is read as it is and refused early, in words that say what to do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import pkcs12

from services.certificates.settings import CertificatesSettings
from services.certificates.signing.identity import Identity, IdentityBroken, from_pem, from_pkcs12
from services.certificates.signing.own_authority import make_test_identity
from services.certificates.signing.sealing import open_sealer
from services.certificates.signing.service import identity_of
from shared.clock import now_utc
from shared.errors import Unavailable
from shared.runtime import Runtime
from tests.services.certificates.signing.authorities import PASSWORD, Holder, authority, p256, rsa_key

pytestmark = pytest.mark.req("BEY-05")


def names(identity: Identity) -> list[str]:
    return [each.subject.native["common_name"] for each in (identity.certificate, *identity.chain)]


class TestFiles:
    @pytest.mark.parametrize("make_key", [p256, rsa_key])
    @pytest.mark.parametrize("backwards", [False, True])
    def test_the_chain_goes_upwards_in_whatever_order_the_file_holds_it(
        self, make_key: object, backwards: bool
    ) -> None:
        assert callable(make_key)
        holder = authority("根").below("中级").issue("签发单位", make_key())
        found = from_pkcs12(holder.pkcs12(backwards=backwards), PASSWORD)
        assert names(found) == ["签发单位", "中级", "根"]
        assert found.root.subject.native["common_name"] == "根"
        assert not found.is_test

    def test_what_does_not_belong_to_the_chain_is_left_out(self) -> None:
        holder, other = authority("根").issue("签发单位"), authority("别的根")
        more = Holder(holder.key, holder.certificate, (other.certificate, *holder.above))
        assert names(from_pkcs12(more.pkcs12(), PASSWORD)) == ["签发单位", "根"]

    def test_a_certificate_signed_by_itself_is_its_own_root(self) -> None:
        alone = authority("自签").holder
        found = from_pkcs12(alone.pkcs12(), PASSWORD)
        assert found.chain == ()
        assert found.root is found.certificate

    def test_a_wrong_password_and_a_broken_file_are_told(self) -> None:
        good = authority("根").issue("签发单位").pkcs12()
        for data, password in ((good, "别的"), (good, ""), (good[:-40], PASSWORD), (b"", PASSWORD), (b"x", PASSWORD)):
            with pytest.raises(IdentityBroken, match="密码不正确"):
                from_pkcs12(data, password)

    def test_a_file_without_a_key_is_told(self) -> None:
        only = authority("根").certificate
        sealed = serialization.BestAvailableEncryption(PASSWORD.encode())
        data = pkcs12.serialize_key_and_certificates(None, None, None, [only], sealed)
        with pytest.raises(IdentityBroken, match="没有私钥"):
            from_pkcs12(data, PASSWORD)

    def test_a_key_of_another_certificate_is_told(self) -> None:
        holder = authority("根").issue("签发单位")
        other = authority("根").issue("签发单位")
        pem = other.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with pytest.raises(IdentityBroken, match="不匹配"):
            from_pem(holder.pem(), pem.decode(), is_test=False)

    def test_a_short_rsa_key_is_told(self) -> None:
        with pytest.raises(IdentityBroken, match="2048"):
            from_pkcs12(authority("根").issue("签发单位", rsa_key(1024)).pkcs12(), PASSWORD)

    def test_a_kind_of_key_that_readers_do_not_know_is_told(self) -> None:
        key = ed25519.Ed25519PrivateKey.generate()
        holder = authority("根").issue("签发单位", key)  # type: ignore[arg-type]  # what is tried
        with pytest.raises(IdentityBroken, match="P-256"):
            from_pkcs12(holder.pkcs12(), PASSWORD)


class TestTimes:
    @pytest.mark.parametrize(("days", "usable"), [(-1, False), (1, True), (364, True), (366, False)])
    def test_a_certificate_signs_only_in_its_time(self, days: int, usable: bool) -> None:
        starts = datetime(2026, 1, 1, tzinfo=UTC)
        found = from_pkcs12(authority("根").issue("签发单位", starts=starts).pkcs12(), PASSWORD)
        moment = starts + timedelta(days=days)
        if usable:
            found.require_valid(moment)
        else:
            with pytest.raises(IdentityBroken, match="2026-01-01 至 2027-01-01"):
                found.require_valid(moment)

    def test_the_test_identity_lasts_ten_years(self) -> None:
        made = make_test_identity(now_utc())
        assert made.not_after > now_utc() + timedelta(days=3600)
        from_pem(made.certificates, made.private_key, is_test=True).require_valid(now_utc() + timedelta(days=3600))


class TestSettings:
    async def refusal(self, runtime: Runtime, settings: CertificatesSettings) -> str:
        with pytest.raises(IdentityBroken) as refused:
            await identity_of(runtime, settings)
        assert isinstance(refused.value, Unavailable)
        return refused.value.detail

    async def test_files_that_cannot_be_read_are_named_by_their_setting(self, runtime: Runtime, tmp_path: Path) -> None:
        for path in (tmp_path, tmp_path / "none"):
            assert "CERTIFICATES_SIGNING_PKCS12" in await self.refusal(
                runtime, CertificatesSettings(signing_pkcs12=path)
            )

    async def test_a_file_and_a_service_at_once_are_refused(self, runtime: Runtime, tmp_path: Path) -> None:
        both = CertificatesSettings(signing_pkcs12=tmp_path / "a.p12", signing_url="http://127.0.0.1:1")
        assert "只能设置一个" in await self.refusal(runtime, both)

    async def test_a_service_needs_its_certificates(self, runtime: Runtime, tmp_path: Path) -> None:
        url = "http://127.0.0.1:1"
        detail = await self.refusal(runtime, CertificatesSettings(signing_url=url))
        assert "CERTIFICATES_SIGNING_CERTIFICATES" in detail
        (tmp_path / "bad.pem").write_bytes(b"\xff no pem")
        bad = CertificatesSettings(signing_url=url, signing_certificates=tmp_path / "bad.pem")
        assert "PEM" in await self.refusal(runtime, bad)

    async def test_roots_that_are_no_certificates_are_told(self, runtime: Runtime, tmp_path: Path) -> None:
        (tmp_path / "roots.pem").write_text("不是证书", encoding="utf-8")
        with pytest.raises(IdentityBroken, match="CERTIFICATES_SIGNING_ROOTS"):
            await open_sealer(runtime, CertificatesSettings(signing_roots=tmp_path / "roots.pem"))

    async def test_a_certificate_that_has_run_out_opens_no_sealer(self, runtime: Runtime, tmp_path: Path) -> None:
        old = authority("根").issue("签发单位", starts=datetime(2020, 1, 1, tzinfo=UTC))
        (tmp_path / "old.p12").write_bytes(old.pkcs12())
        with pytest.raises(IdentityBroken, match="2020-01-01"):
            await open_sealer(
                runtime, CertificatesSettings(signing_pkcs12=tmp_path / "old.p12", signing_password=PASSWORD)
            )

    def test_an_empty_variable_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("SIGNING_PKCS12", "SIGNING_CERTIFICATES", "SIGNING_ROOTS", "SIGNING_URL", "TSA_URL"):
            monkeypatch.setenv(f"CERTIFICATES_{name}", "")
        settings = CertificatesSettings()
        assert (settings.signing_pkcs12, settings.signing_certificates, settings.signing_roots) == (None, None, None)
        assert (settings.signing_url, settings.tsa_url) == ("", "")
