"""What a template looks like with sample data; which templates there are is the catalogue's. A template is tried in a process of its own,
so that one that never ends, or takes all memory, costs the API nothing.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from services.certificates.previews.schemas import TemplateRead
from services.certificates.rendering.catalogue import kind_of, kinds, versions
from services.certificates.templates.certificate.contract import CertificateDocument
from shared.bounded.talk import bare_environment
from shared.errors import AppError
from shared.logging import get_logger

ROOT = Path(__file__).resolve().parents[3]
# The program that is called ends with this code when its output is the reason of a refusal.
REFUSED = 3
# A page takes one; the first on a fresh machine waits until its fonts are cut.
MOST_SECONDS = 45.0
log = get_logger(__name__)


class PreviewTooSlow(AppError):
    status: ClassVar[int] = 503
    code: ClassVar[str] = "preview_too_slow"
    detail: str = f"模板在 {MOST_SECONDS:.0f} 秒内未能排完，已中止；请稍后再试，仍不成功请检查模板是否有不会结束的循环"


class PreviewFailed(AppError):
    status: ClassVar[int] = 422
    code: ClassVar[str] = "preview_failed"
    detail: str = "模板无法生成样例，请检查模板文件"


def list_templates() -> list[TemplateRead]:
    """Every kind of document, by name."""
    certificates = kinds(CertificateDocument)
    return [
        TemplateRead(
            kind=kind.name,
            label=kind.label,
            versions=list(versions(kind.name)),
            current=kind.current,
            of_certificates=kind in certificates,
            archived=kind.archived,
        )
        for kind in kinds()
    ]


async def preview(template: str, cache_dir: Path) -> bytes:
    """The sample of a template as PDF, marked as such. Raises ``UnknownTemplate``, ``PreviewTooSlow``, ``PreviewFailed``."""
    kind_of(template)
    program = "services.certificates.previews.specimen"
    return await made_apart([sys.executable, "-m", program, template, str(cache_dir)])


async def made_apart(command: Sequence[str], *, seconds: float = MOST_SECONDS) -> bytes:
    """What a program of ours writes to its output. It is killed after ``seconds``, and when nobody waits for it any more."""
    child = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=bare_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            output, trouble = await child.communicate()
    except TimeoutError:
        raise PreviewTooSlow from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode == REFUSED:
        raise PreviewFailed(f"模板无法生成样例：{output.decode(errors='replace')}")
    if child.returncode != 0:
        log.warning("preview_failed", code=child.returncode, trouble=trouble.decode(errors="replace")[-500:])
        raise PreviewFailed
    return output
