"""Long work that people watch (PLAT-09): a row of work that also says how far it is, what came of it, and whether it was called off.
A service declares its own table from these columns and a table of kinds; here is what a job is, how it begins and how it is called off.
It is done by ``shared.tasks.job_runner``.
"""

import asyncio
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.history import RecordType
from shared.db.session import note_hint
from shared.db.types import field_cipher
from shared.errors import Forbidden
from shared.identifiers import new_id
from shared.identity import Actor
from shared.logging import correlation_id
from shared.roles import Permission
from shared.services import Service
from shared.storage import Storage
from shared.tasks.job_files import JobFiles
from shared.tasks.work import Work
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled

if TYPE_CHECKING:  # a handler is given the runtime; the table that names it needs nothing of it
    from shared.runtime import Runtime

RECORD = RecordType("job")
LIST_EXPORT = "list_export"
_ACTOR = TypeAdapter(Actor)


class JobColumns(Work):
    """``kind`` names what is done, ``arguments`` (JSON, no resident id and no phone) with what; ``position`` is how many items of ``total``
    have been looked at, ``done`` and ``failed`` what became of them. ``result`` is JSON for the page, ``result_files`` are the
    stored files, each with ``name``, ``key`` and ``size`` in bytes; none of them (an empty list) while it is being done.
    ``cancelled_at`` asks the worker to stop before the next batch; ``failure`` says in Chinese why the whole job ended badly.
    ``attempts`` counts claims since the last batch that was done."""

    created_at: Mapped[datetime]
    kind: Mapped[str]
    account_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    actor: Mapped[dict[str, Any]] = mapped_column(JSONB)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    input_key: Mapped[str | None]
    total: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    result_files: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    started_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    failure: Mapped[str | None]


J = TypeVar("J", bound=JobColumns)


class JobState(Labelled):
    """Derived from the row's times, never stored."""

    WAITING = "waiting", "等待中", Colour.WAITING
    RUNNING = "running", "进行中", Colour.WAITING
    DONE = "done", "已完成", Colour.GOOD
    CANCELLED = "cancelled", "已取消", Colour.QUIET
    FAILED = "failed", "失败", Colour.REFUSED


def state_of(job: JobColumns) -> JobState:
    """A job that was called off is 进行中 until its worker has stopped."""
    if job.done_at is None:
        return JobState.WAITING if job.started_at is None else JobState.RUNNING
    if job.failure is not None:
        return JobState.FAILED
    return JobState.DONE if job.cancelled_at is None else JobState.CANCELLED


@dataclass(frozen=True)
class Progress:
    """How far a job is; ``state`` is what the handler wants to know again when another worker goes on (small, JSON)."""

    position: int = 0
    done: int = 0
    failed: int = 0
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JobOrder:
    """What a handler is given: who asked, for what, the file that came with it, and where to put the files that it makes."""

    id: UUID
    actor: Actor
    arguments: Mapping[str, Any]
    files: JobFiles
    data: bytes = b""


class Batches(ABC):
    """A job cut into batches; ``total`` may become another as more is known of it. Files of the store are read and written in ``prepare``
    and ``finish``, with no transaction open; the rest can be done again by another worker, so that only what a transaction writes counts.
    """

    total: int

    async def prepare(self, progress: Progress) -> None:
        """What the batch from ``progress.position`` on needs from outside of the database, or does there."""
        return

    @abstractmethod
    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        """The batch from ``progress.position`` on, in the transaction that also writes the progress after it."""

    async def finish(self, progress: Progress) -> None:
        """After the last batch: what is left to be written to ``JobOrder.files``."""
        return

    async def conclude(self, session: AsyncSession) -> None:
        """In the transaction that ends the job and hands its files over."""
        return

    def let_go(self) -> None:
        """At the end, however it came: what lies with this worker."""
        return

    @abstractmethod
    def report(self, progress: Progress) -> dict[str, Any]:
        """The result for the page, also of a job that was called off half-way."""


OpenBatches = Callable[["Runtime", JobOrder], Awaitable[Batches]]


@dataclass(frozen=True)
class JobKind:
    """``target`` is 'package.module:function' (an ``OpenBatches``), imported when the first such job is run, so that the domain of jobs
    stays below those that have some. ``permissions``: who may begin and see it, one being enough, and none meaning whoever is signed in.
    ``resumable`` is False for work that writes its files from the first batch on, such as a ZIP: another worker begins it anew. ``own``
    is True where colleagues, who may not see the same, are shown nothing of it."""

    name: str
    label: str
    target: str
    permissions: frozenset[Permission]
    resumable: bool = True
    own: bool = False

    def open_to(self, actor: Actor) -> bool:
        return not self.permissions or actor.may(*self.permissions)

    def open_batches(self) -> OpenBatches:
        module, _, function = self.target.partition(":")
        return cast(OpenBatches, getattr(import_module(module), function))


def list_exports(target: str) -> JobKind:
    """The kind by which a service makes the sheets of its long lists, open to whoever may see the list (BEY-07)."""
    return JobKind(LIST_EXPORT, "导出", target, frozenset(), resumable=False, own=True)


@dataclass(frozen=True)
class JobTable(Generic[J]):
    """One service's jobs: its table and its kinds. Its worker has the tasks ``<service>.run_jobs`` and ``<service>.tidy_jobs``."""

    service: Service
    model: type[J]
    kinds: tuple[JobKind, ...]

    @property
    def hint(self) -> str:
        return f"{self.service}.run_jobs"

    def kind(self, name: str) -> JobKind:
        """Raises ``KeyError`` for a kind that this version does not know."""
        return {each.name: each for each in self.kinds}[name]

    def kinds_for(self, actor: Actor) -> list[str]:
        return [each.name for each in self.kinds if each.open_to(actor)]

    def permissions(self) -> frozenset[Permission]:
        """Of whoever may have some; none for whoever is signed in."""
        if not all(each.permissions for each in self.kinds):
            return frozenset()
        return frozenset().union(*(each.permissions for each in self.kinds))

    def folder(self, job_id: UUID) -> str:
        """Where all files of a job lie: its ``input``, and its ``results``."""
        return f"{self.service}/jobs/{job_id}"


async def start_job(
    session: AsyncSession,
    storage: Storage,
    table: JobTable[J],
    *,
    actor: Actor,
    kind: str,
    arguments: Mapping[str, Any],
    total: int | None = None,
    data: bytes | None = None,
) -> J:
    """A job that begins after the commit and acts with the rights that ``actor`` has now. ``data`` is kept encrypted until it ends; a
    commit that fails leaves that file behind. Raises ``Forbidden``."""
    if not table.kind(kind).open_to(actor):
        raise Forbidden
    job_id, input_key = new_id(), None
    if data is not None:
        input_key = f"{table.folder(job_id)}/input"
        await storage.put(input_key, await asyncio.to_thread(sealed_file, data), "application/octet-stream")
    values = {
        "id": job_id,
        "kind": kind,
        "account_id": actor.account_id,
        "organisation_id": actor.organisation_id,
        "actor": _ACTOR.dump_python(actor, mode="json"),
        "arguments": dict(arguments),
        "input_key": input_key,
        "total": total,
        "correlation_id": correlation_id.get(),
    }
    job = (await session.scalars(insert(table.model).values(**values).returning(table.model))).one()
    RECORD.note(session, job_id, "create", actor=actor, after={"kind": kind})
    note_hint(session, table.hint)
    return job


async def order_of(storage: Storage, job: JobColumns, files: JobFiles) -> JobOrder:
    """What was asked for, as the handler gets it. Raises ``FileMissing``, ``StorageUnavailable``."""
    data = await asyncio.to_thread(opened_file, await storage.get(job.input_key)) if job.input_key else b""
    return JobOrder(job.id, _ACTOR.validate_python(job.actor), job.arguments, files, data)


def sealed_file(data: bytes) -> bytes:
    """What came in, as it is kept: a sheet of people is full of resident ids (PLAT-05)."""
    return field_cipher().encrypt(b64encode(data).decode("ascii"))


def opened_file(sealed: bytes) -> bytes:
    """What ``sealed_file`` was given."""
    return b64decode(field_cipher().decrypt(sealed))
