"""How long 10,000 certificates take from their stored files to a finished ZIP, as a job of the real slow worker of an embedded platform,
and what that takes of its memory; the same for the merged PDF. ``BENCH_CERTIFICATES`` sets another number. How fast their pages are made is
another bench's figure.
"""

import asyncio
import hashlib
import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from bench.events import adopt_environment
from bench.figure import Figure
from bench.imports import POLL_SECONDS, peak_mb
from services.certificates.issue.models import Certificate
from services.certificates.issue.workflow import CertificateStatus
from services.certificates.rendering.catalogue import current, sample
from services.certificates.rendering.fonts import load_fonts
from services.certificates.rendering.render import render
from shared.identifiers import new_id
from shared.identity import Actor
from shared.reference.pinyin import search_pieces
from shared.roles import Permission
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor
from tests.services.certificates.records import RESIDENT_ID, published_result
from tests.stack import Stack, running_stack

TEMPLATE = current("certificate")
CERTIFICATES = int(os.environ.get("BENCH_CERTIFICATES", "10000"))
ADDED_AT_ONCE = 500
WRITTEN_AT_ONCE = 20


def figures() -> Iterator[Figure]:
    """Seconds from the request to 已完成; memory is all that the slow worker held at most until then."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = render(TEMPLATE, sample(TEMPLATE), load_fonts(Path(folder)))
        with running_stack(Path(folder) / "var") as stack:
            adopt_environment(stack)
            measured = asyncio.run(_measure(stack, pdf))
    yield Figure(f"bundle_{CERTIFICATES}_certificates_zip_s", measured["zip"], "s", 400)
    yield Figure(f"bundle_{CERTIFICATES}_certificates_zip_memory_mb", measured["zip_memory"], "MB", 300)
    yield Figure(f"bundle_{CERTIFICATES}_certificates_download_s", measured["download"], "s")
    yield Figure(f"bundle_{CERTIFICATES}_certificates_merged_s", measured["merged"], "s")
    yield Figure(f"bundle_{CERTIFICATES}_certificates_merged_memory_mb", measured["merged_memory"], "MB", 300)


async def _measure(stack: Stack, pdf: bytes) -> dict[str, float]:
    actor, measured = make_actor(Permission.GROUP_REGISTRATION), {}
    async with open_runtime(Service.CERTIFICATES, pool_size=2, lanes={}) as runtime:
        await _add_certificates(runtime, actor, pdf)
        token = new_id().hex
        await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=3600)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=stack.base_url, timeout=300, headers=headers) as client:
        for form in ("zip", "merged"):
            started = time.perf_counter()
            address, measured[f"{form}_memory"] = await _bundle(client, stack, form)
            measured[form] = time.perf_counter() - started
            if form == "zip":
                measured["download"] = await _download(client, address)
    return measured


async def _add_certificates(runtime: Runtime, actor: Actor, pdf: bytes) -> None:
    """Certificates of one unit, each with a file of its own that is as long as a rendered page."""
    for start in range(0, CERTIFICATES, ADDED_AT_ONCE):
        rows, files = [], []
        for at in range(start, min(start + ADDED_AT_ONCE, CERTIFICATES)):
            data = pdf + b"\n%" + random.Random(at).randbytes(16).hex().encode()
            rows.append(_row(actor, at, data))
            files.append((rows[-1]["storage_key"], data))
        for some in range(0, len(files), WRITTEN_AT_ONCE):
            chunk = files[some : some + WRITTEN_AT_ONCE]
            await asyncio.gather(*(runtime.storage.put(key, data, "application/pdf") for key, data in chunk))
        async with runtime.database.unit_of_work() as session:
            await session.execute(insert(Certificate), rows)


def _row(actor: Actor, at: int, data: bytes) -> dict[str, Any]:
    result, identity, name = published_result(), new_id(), f"张{'伟芳娜敏静'[at % 5]}{'丽强磊军洋'[at // 5 % 5]}"
    same = {field: getattr(result, field) for field in _FROM_RESULT}
    return {
        **same,
        "id": identity,
        "number": f"试〔2026〕-{at:06}",
        "status": CertificateStatus.VALID,
        "unit_id": actor.organisation_id,
        "holder_name": name,
        "holder_pieces": search_pieces(name),
        "resident_id": RESIDENT_ID,
        "plan_type_label": "职业病诊断医师",
        "specialties": list(result.specialties),
        "issued_on": result.end_date,
        "issuer": "江苏省疾病预防控制中心",
        "storage_key": f"certificates/{identity}/1.pdf",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "editions": 1,
    }


_FROM_RESULT = (
    "registration_id",
    "class_session_id",
    "person_id",
    "sex",
    "unit_name",
    "region_code",
    "plan_id",
    "plan_type",
    "plan_name",
    "session_no",
    "training_kind",
    "start_date",
    "end_date",
    "hours",
)


async def _bundle(client: httpx.AsyncClient, stack: Stack, form: str) -> tuple[str, float]:
    """(address of the job, peak of its worker in MB)."""
    answer = await client.post("/api/certificates/bundles", json={"filters": {}, "form": form})
    answer.raise_for_status()
    address = answer.headers["Location"]
    job: dict[str, Any] = answer.json()
    peak = peak_mb(stack)
    while job["ended_at"] is None:
        await asyncio.sleep(POLL_SECONDS)
        job = (await client.get(address)).json()
        peak = max(peak, peak_mb(stack))
    assert (job["state"], job["done"], job["failed"]) == ("done", CERTIFICATES, 0), job
    return address, peak


async def _download(client: httpx.AsyncClient, address: str) -> float:
    """Seconds for every part of the ZIP."""
    started = time.perf_counter()
    for file in (await client.get(address)).json()["files"]:
        async with client.stream("GET", f"{address}/file", params={"part": file["part"]}) as answer:
            got = sum([len(piece) async for piece in answer.aiter_raw()])
            assert got == file["size"]
    return time.perf_counter() - started
