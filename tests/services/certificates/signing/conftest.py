"""Signing's own fixtures: the services of others, a chain of authorities, and sealers as an operator's settings make them."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.certificates.settings import CertificatesSettings
from services.certificates.signing.identity import Trust
from services.certificates.signing.seal import Sealer
from services.certificates.signing.sealing import open_sealer
from shared.runtime import Runtime
from tests.services.certificates.signing.authorities import PASSWORD, Holder
from tests.services.certificates.signing.loopback import Loopback, loopback

SealerOf = Callable[..., Awaitable[Sealer]]


@pytest.fixture
def others() -> Iterator[Loopback]:
    with loopback() as running:
        yield running


@pytest.fixture
def sealer_of(runtime: Runtime, tmp_path: Path) -> SealerOf:
    """``await sealer_of(holder, tsa_url=…)``: signs with the holder's PKCS#12 file."""

    async def make(holder: Holder, **settings: Any) -> Sealer:
        path = tmp_path / "signer.p12"
        path.write_bytes(holder.pkcs12())
        return await open_sealer(
            runtime, CertificatesSettings(signing_pkcs12=path, signing_password=PASSWORD, **settings)
        )

    return make


def trust_in(sealer: Sealer) -> Trust:
    """Only in this sealer's own signer and what it was given to trust."""
    roots = sealer.roots or (sealer.identity.root,)
    return Trust(roots, frozenset({sealer.identity.certificate.subject.hashable}))
