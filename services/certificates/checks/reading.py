"""Reads the signature of a stranger's file in a bounded process, as it is: nothing of it is written anew, and nothing is kept."""

from base64 import b64encode

from services.certificates.signing.identity import Trust
from shared.bounded import ParsersBusy, TooComplicated, Work, run
from shared.errors import Unavailable

# pyHanko is slow but not greedy: a certificate of ours takes a tenth of a second.
WORK = Work("services.certificates.checks.reader_process:altered", seconds=5)


class ReadersBusy(Unavailable):
    code = "file_checks_busy"
    detail = "正在查验的文件较多，请稍后再试，或改用证书编号和姓名查验"


async def is_altered(pdf: bytes, trust: Trust) -> bool:
    """Whether ``pdf`` carries the platform's signature and is not what was signed. A file that cannot be read in the time and memory that
    it is given carries none. Raises ``ReadersBusy``."""
    roots = [b64encode(each.dump()).decode() for each in trust.roots]
    try:
        told, _ = await run(WORK, pdf, roots=roots, signers=sorted(trust.signers))
    except TooComplicated:
        return False
    except ParsersBusy as busy:
        raise ReadersBusy(retry_after=busy.retry_after or 1) from busy
    return told is True
