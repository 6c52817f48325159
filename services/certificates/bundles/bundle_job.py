"""Bundling as a job: certificates are read some at a time in printing order and go straight into the files. One that cannot be had is
noted with the reason and stops nothing; a store that is away stops everything until later (PLAT-09).
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.bundles import repository
from services.certificates.bundles.contents import Line
from services.certificates.bundles.merged_parts import NOTE, MergedParts, PageUnreadable
from services.certificates.bundles.ordering import ORDERINGS, in_order
from services.certificates.bundles.schemas import BundleCreate, BundleForm, BundleReport, LeftOut
from services.certificates.bundles.service import MAX_CERTIFICATES, check_count, selection_of
from services.certificates.bundles.zip_parts import ZipParts
from services.certificates.issue.models import Certificate
from services.certificates.issue.pages import key_for
from services.certificates.issue.repository import CertificateNotFound
from services.certificates.issue.workflow import CERTIFICATE
from shared.errors import Conflict
from shared.runtime import Runtime
from shared.storage import FileMissing, StorageUnavailable
from shared.tasks.jobs import Batches, JobOrder, Progress

AT_ONCE = 100
READ_AT_ONCE = 8
REMEMBERED_AT_ONCE = 1000
# The page tells so many of those left out; the sheet 目录 tells all.
TOLD = 50
MISSING = "证书文件在存储中缺失，请联系系统管理人员"
UNREADABLE = "证书文件无法读取，请联系系统管理人员"
CHANGED = "证书文件与签发时不一致，请联系系统管理人员"


class Parts(Protocol):
    """What a bundle is written to."""

    async def add(self, line: Line, pdf: bytes) -> None: ...
    async def finish(self) -> None: ...


async def open_bundle(runtime: Runtime, order: JobOrder) -> Batches:
    """Settles what is bundled and in what order. Raises ``NothingSelected``, ``TooManySelected``."""
    wanted = BundleCreate.model_validate(order.arguments)
    columns = ORDERINGS[wanted.order].columns
    async with runtime.database.unit_of_work() as session:
        rows = await repository.list_selected(
            session, actor=order.actor, selection=selection_of(wanted), columns=columns, up_to=MAX_CERTIFICATES + 1
        )
    check_count(len(rows))
    return Bundle(runtime, order, wanted.form, await asyncio.to_thread(in_order, rows, wanted.order))


class Bundle(Batches):
    """One bundle while it is made; everything about it lies with its worker, and another begins it anew."""

    def __init__(self, runtime: Runtime, order: JobOrder, form: BundleForm, ids: list[UUID]) -> None:
        self._runtime, self._order, self._form, self._ids = runtime, order, form, ids
        self.total = len(ids)
        self._lines: list[Line] = []
        self._sent: list[UUID] = []
        self._parts: Parts = (
            ZipParts(order.files, self._lines, total=self.total)
            if form is BundleForm.ZIP
            else MergedParts(order.files, self._lines)
        )

    async def prepare(self, progress: Progress) -> None:
        """Reads the next certificates and writes their pages. Raises ``StorageUnavailable``."""
        ids = self._ids[progress.position : progress.position + AT_ONCE]
        async with self._runtime.database.unit_of_work() as session:
            found = await repository.list_visible(session, actor=self._order.actor, ids=ids)
        for some in _chunks(ids, READ_AT_ONCE):
            pages = await asyncio.gather(*(self._page(found.get(each)) for each in some))
            for each, page in zip(some, pages, strict=True):
                await self._take_in(each, found.get(each), page)

    async def _page(self, certificate: Certificate | None) -> bytes | str:
        """The file, or the reason why there is none. Raises ``StorageUnavailable`` when it is the store that is away."""
        if certificate is None:
            return CertificateNotFound.detail
        try:
            data = await self._runtime.storage.get(key_for(certificate, self._order.actor))
        except Conflict as refusal:
            return refusal.detail
        except FileMissing:
            return MISSING
        except StorageUnavailable:
            # The store is asked for something else: if it answers, it is this file alone.
            await self._runtime.storage.exists(f"{CERTIFICATE.name}-none")
            return UNREADABLE
        return data if hashlib.sha256(data).hexdigest() == certificate.sha256 else CHANGED

    async def _take_in(self, certificate_id: UUID, certificate: Certificate | None, page: bytes | str) -> None:
        line = _line(len(self._lines) + 1, certificate)
        if isinstance(page, bytes):
            try:
                await self._parts.add(line, page)
                self._sent.append(certificate_id)
            except PageUnreadable:
                page = UNREADABLE
        line.reason = page if isinstance(page, str) else ""
        self._lines.append(line)

    async def do(self, _session: AsyncSession, _progress: Progress) -> Progress:
        """How far it is; what was written counts only with the end."""
        return Progress(len(self._lines), len(self._sent), len(self._lines) - len(self._sent))

    async def finish(self, _progress: Progress) -> None:
        """The last file."""
        await self._parts.finish()

    async def conclude(self, session: AsyncSession) -> None:
        """The pages show resident ids: each certificate that goes out remembers it (PLAT-05)."""
        for some in _chunks(self._sent, REMEMBERED_AT_ONCE):
            await CERTIFICATE.note_views(session, some, "bundle", actor=self._order.actor)

    def report(self, progress: Progress) -> dict[str, object]:
        """A ``BundleReport``."""
        left_out = [line for line in self._lines if line.reason][:TOLD]
        return BundleReport(
            form=self._form,
            included=progress.done,
            failed=progress.failed,
            left_out=[
                LeftOut(number=each.number, holder_name=each.holder_name, reason=each.reason) for each in left_out
            ],
            note=NOTE if self._form is BundleForm.MERGED else "",
        ).model_dump(mode="json")


def _line(position: int, certificate: Certificate | None) -> Line:
    if certificate is None:
        return Line(position)
    return Line(
        position,
        certificate.number,
        certificate.holder_name,
        certificate.unit_name,
        certificate.plan_name,
        certificate.session_no,
        certificate.status.label,
    )


def _chunks(items: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    return (items[start : start + size] for start in range(0, len(items), size))
