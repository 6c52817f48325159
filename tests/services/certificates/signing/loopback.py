"""Services of others on this machine: a signing service, a time stamp authority, a CA's lists. Real HTTP servers on ports of their own."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from tests.services.certificates.signing.authorities import DER, Authority, Holder, authority

Answer = tuple[int, bytes]


class Loopback:
    """``answers`` says what a path answers to a body; ``asked`` is what it was asked, in order, and ``tokens`` with which rights."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Callable[[bytes], Answer]] = {}
        self.asked: list[str] = []
        self.tokens: list[str | None] = []
        self.let_go = threading.Event()

    def authority(self, name: str, path: str, *, above: Authority | None = None) -> Authority:
        """A CA whose revocation lists and answers are had here, below ``path``."""
        made = above.below(name, self.url + path) if above else authority(name, self.url + path)
        self.answers[f"{path}/crl"] = lambda _: (200, made.revocation_list())
        self.answers[f"{path}/ocsp"] = lambda body: (200, made.revocation_answer(body))
        return made

    def wait(self, _: bytes) -> Answer:
        """An answer that does not come while the test runs."""
        self.let_go.wait(30)
        return 200, b""


@contextmanager
def loopback() -> Iterator[Loopback]:
    """One server, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            served.asked.append(self.path)
            served.tokens.append(self.headers.get("Authorization"))
            status, answer = served.answers.get(self.path, _nothing)(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Loopback(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _nothing(_: bytes) -> Answer:
    return 404, b""


def signing_with(holder: Holder) -> Callable[[bytes], Answer]:
    """What a signing service answers that keeps this key."""

    def answer(body: bytes) -> Answer:
        asked = json.loads(body)
        assert asked["digest_algorithm"] == "sha256"
        digest, known = base64.b64decode(asked["digest"]), utils.Prehashed(hashes.SHA256())
        key = holder.key
        signature = (
            key.sign(digest, ec.ECDSA(known))
            if isinstance(key, ec.EllipticCurvePrivateKey)
            else key.sign(digest, padding.PKCS1v15(), known)
        )
        return 200, json.dumps({"signature": base64.b64encode(signature).decode()}).encode()

    return answer


def stamping_with(holder: Holder) -> Callable[[bytes], Answer]:
    """What a time stamp authority answers; its key is RSA."""
    sealed = holder.key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    authority = DummyTimeStamper(_plain(holder), keys.PrivateKeyInfo.load(sealed))

    def answer(body: bytes) -> Answer:
        stamp: bytes = authority.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
        return 200, stamp

    return answer


def _plain(holder: Holder) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(holder.certificate.public_bytes(DER))
