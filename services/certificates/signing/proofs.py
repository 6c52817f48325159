"""Long-term validation data: what the CAs say about revocation, by list (CRL) or by answer (OCSP), asked for over our own HTTP client.
It is remembered for an hour, so that ten thousand pages ask once; which of it counts is pyHanko's to decide. No certificate is fetched:
the operator gives the chain.
"""

import time
from collections.abc import AsyncGenerator, Iterable

import httpx
from asn1crypto import crl, ocsp, pem, x509
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.errors import CRLFetchError, OCSPFetchError, OCSPValidationError
from pyhanko_certvalidator.fetchers import CertificateFetcher, CRLFetcher, Fetchers, OCSPFetcher
from pyhanko_certvalidator.fetchers.common_utils import (
    enumerate_delivery_point_urls,
    format_ocsp_request,
    process_ocsp_response_data,
)
from pyhanko_certvalidator.util import get_ocsp_urls, get_relevant_crl_dps

from services.certificates.signing.asking import SignerAway, ask

REMEMBERED_SECONDS = 3600


class Proofs:
    """What one sealer remembers. ``forget`` after a refusal, so that the next try asks anew."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._kept: Fetchers | None = None
        self._until = 0.0

    def fetchers(self) -> Fetchers:
        """Those of this hour."""
        if self._kept is None or time.monotonic() > self._until:
            self._kept = Fetchers(_Answers(self._http), _Lists(self._http), _NoCertificates())
            self._until = time.monotonic() + REMEMBERED_SECONDS
        return self._kept

    def forget(self) -> None:
        self._kept = None


class _Lists(CRLFetcher):
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._found: dict[bytes, list[crl.CertificateList]] = {}

    async def fetch(self, cert: x509.Certificate, *, use_deltas: bool | None = None) -> Iterable[crl.CertificateList]:
        points = get_relevant_crl_dps(cert, use_deltas=use_deltas is not False)
        urls = [url for point in points for url in enumerate_delivery_point_urls(point)]
        lists, lost = [], None
        for url in urls:
            try:
                lists.append(_list_of(await ask(self._http, url, headers={"Accept": "application/pkix-crl"})))
            except (SignerAway, ValueError) as error:
                lost = error
        if lost and not lists:
            raise CRLFetchError("no revocation list could be had") from lost
        self._found[cert.issuer_serial] = lists
        return lists

    def fetched_crls(self) -> Iterable[crl.CertificateList]:
        return {each.dump(): each for lists in self._found.values() for each in lists}.values()

    def fetched_crls_for_cert(self, cert: x509.Certificate) -> Iterable[crl.CertificateList]:
        return self._found[cert.issuer_serial]


def _list_of(data: bytes) -> crl.CertificateList:
    if pem.detect(data):
        _, _, data = pem.unarmor(data)
    found = crl.CertificateList.load(data, strict=True)
    # Parsed only when looked at: what is no list shows here.
    _ = found["tbs_cert_list"]["this_update"].native
    return found


class _Answers(OCSPFetcher):
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._found: dict[bytes, ocsp.OCSPResponse] = {}

    async def fetch(self, cert: x509.Certificate, authority: Authority) -> ocsp.OCSPResponse:
        request = format_ocsp_request(cert, authority, certid_hash_algo="sha1", request_nonces=True)
        headers = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
        lost: Exception | None = None
        for url in get_ocsp_urls(cert):
            try:
                answer = await ask(self._http, url, content=request.dump(), headers=headers)
                found = process_ocsp_response_data(answer, ocsp_request=request, ocsp_url=url)
            except (SignerAway, OCSPValidationError, ValueError, TypeError) as error:
                lost = error
            else:
                self._found[cert.issuer_serial] = found
                return found
        raise OCSPFetchError("no answer about revocation could be had") from lost

    def fetched_responses(self) -> Iterable[ocsp.OCSPResponse]:
        return self._found.values()

    def fetched_responses_for_cert(self, cert: x509.Certificate) -> Iterable[ocsp.OCSPResponse]:
        found = self._found.get(cert.issuer_serial)
        return [found] if found is not None else []


class _NoCertificates(CertificateFetcher):
    def fetch_cert_issuers(self, cert: x509.Certificate) -> AsyncGenerator[x509.Certificate, None]:
        return _nothing()

    def fetch_crl_issuers(self, certificate_list: crl.CertificateList) -> AsyncGenerator[x509.Certificate, None]:
        return _nothing()

    def fetched_certs(self) -> Iterable[x509.Certificate]:
        return ()


async def _nothing() -> AsyncGenerator[x509.Certificate, None]:
    never: tuple[x509.Certificate, ...] = ()
    for each in never:
        yield each
