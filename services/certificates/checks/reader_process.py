"""What the process does that reads the signature of a stranger's file: it gives up its rights first, and says no word but its answer."""

import asyncio
import contextlib
import json
import os
import resource
from multiprocessing.connection import Connection

from asn1crypto import x509

from services.certificates.checks.reading import READ_SECONDS
from services.certificates.signing.identity import Trust
from services.certificates.signing.reading import read_seal

MEMORY_BYTES = 768 * 1024 * 1024


def read(answers: Connection, roots: list[bytes], signers: frozenset[str]) -> None:
    """The process: ends without a word on whatever goes wrong, because what goes wrong may quote the file."""
    with contextlib.suppress(BaseException):
        _give_up_rights()
        trust = Trust(tuple(x509.Certificate.load(each) for each in roots), signers)
        reading = asyncio.run(read_seal(answers.recv_bytes(), trust))
        answers.send_bytes(json.dumps(reading is not None and not reading.intact).encode())
    os._exit(0)


def _give_up_rights() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (READ_SECONDS, READ_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
