"""A notice to 10,000 accounts, each by inbox, text message and mail, with sinks that take all: by the fast workers that compose has for it,
and by the one of an embedded platform; how soon a code leaves meanwhile; and how many mails a bare loop of aiosmtplib hands to the same
sink, one after the other. An embedded platform sends its mails to its own catcher, whatever it is told: here, therefore, the parts are
started one by one.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from sqlalchemy import insert, text

from bench.figure import Figure
from bench.sinks import CODES
from bench.stack import adopt, processor_ms
from ops.up.processes import Process, stop_together
from ops.up.servers import Servers
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import request_code
from services.auth.hints import SEND_TEXTS
from services.notifications.contacts.models import Account
from services.notifications.hints import EXPAND_NOTICES, SEND_DUE
from services.notifications.kinds import MessageKind
from services.notifications.notices import repository as notices
from shared.clock import now_utc
from shared.crypto import Sealed
from shared.db.session import note_hint
from shared.db.types import field_cipher
from shared.identifiers import new_id
from shared.roles import Level, Permission, Portal
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings

RECIPIENTS = 10_000
BARE_MAILS = 1_000
GIVE_UP_SECONDS = 600
ALONE = ["--without-gossip", "--without-mingle"]
# By what stands before a figure's name: compose's fast workers of the two services that have a part in it, and an embedded platform's.
LAYOUTS = {
    "": {
        "auth.fast": "-A ops.worker:app worker --queues auth.fast --concurrency 1",
        "notifications.fast": "-A ops.worker:app worker --queues notifications.fast --concurrency 2",
    },
    "embedded_": {"fast": "-A ops.up.fast:app worker --pool solo"},
}
LANES = {EXPAND_NOTICES: "notifications.fast", SEND_DUE: "notifications.fast", SEND_TEXTS: "auth.fast"}
Arrivals = dict[str, float]


def figures() -> Iterator[Figure]:
    """One mass notice to each layout; its parts are told by the database's clock."""
    with tempfile.TemporaryDirectory() as folder, _sinks() as (sms, mail, arrivals):
        bare = asyncio.run(_bare(mail))
        for prefix, layout in LAYOUTS.items():
            with _workers(Path(folder) / f"var-{prefix}", layout, sms=sms, mail=mail) as servers:
                seconds, mails, codes, cost = asyncio.run(_measure(servers, arrivals))
            arrivals.clear()
            yield Figure(f"{prefix}deliveries_per_s", 3 * RECIPIENTS / seconds, "1/s", 1000)
            yield Figure(f"{prefix}deliveries_to_bare_loop", 3 * RECIPIENTS / seconds / bare, "×")
            yield Figure(f"{prefix}delivery_processor_ms", cost / (3 * RECIPIENTS), "ms")
            yield Figure(f"{prefix}mails_per_s", mails, "1/s", 200)
            yield Figure(f"{prefix}mails_to_bare_loop", mails / bare, "×")
            yield Figure(f"{prefix}code_beside_mass_notice_median_ms", statistics.median(codes) * 1000, "ms", 300)
            worst = statistics.quantiles(codes, n=100)[-1]
            yield Figure(f"{prefix}code_beside_mass_notice_p99_ms", worst * 1000, "ms", 1000)
    yield Figure("mails_bare_loop_per_s", bare, "1/s")


@contextmanager
def _workers(var: Path, layout: Mapping[str, str], *, sms: int, mail: int) -> Iterator[Servers]:
    """The fast workers that have a part in it; of the other services there is neither a database nor an API."""
    servers = Servers(var)
    servers.start()
    try:
        for service in (Service.AUTH, Service.NOTIFICATIONS):
            environment = adopt(servers, service)
        given = {"PLATFORM_SMS_URL": f"http://127.0.0.1:{sms}/", "PLATFORM_SMTP_PORT": str(mail)}
        os.environ.update(given, AUTH_PROOF_KEY=environment["AUTH_PROOF_KEY"])
        platform_settings.cache_clear()
        workers = [
            Process(
                name,
                [sys.executable, "-m", "celery", *options.split(), *ALONE],
                servers.var / "logs" / f"{name}.log",
                environment | given | {"WORKER": name},
            )
            for name, options in layout.items()
        ]
        for worker in workers:
            worker.start()
        try:
            yield servers
        finally:
            stop_together(workers)
    finally:
        servers.stop()


@contextmanager
def _sinks() -> Iterator[tuple[int, int, Arrivals]]:
    arrivals: Arrivals = {}
    with subprocess.Popen([sys.executable, "-m", "bench.sinks"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        sms, mail = map(int, process.stdout.readline().split())

        def listen() -> None:
            for line in process.stdout or ():
                phone, at = line.split()
                arrivals[phone] = float(at)

        threading.Thread(target=listen, daemon=True).start()
        try:
            yield sms, mail, arrivals
        finally:
            process.terminate()


async def _bare(port: int) -> float:
    began = time.perf_counter()
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for number in range(BARE_MAILS):
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = "noreply@x.cn", f"u{number}@x.cn", "报名退回"
            message.set_content("李联系，您好：\n\n王医生报名“培训班”被退回，原因：学历证书不清晰。\n")
            await client.send_message(message)
    return BARE_MAILS / (time.perf_counter() - began)


async def _measure(servers: Servers, arrivals: Arrivals) -> tuple[float, float, list[float], float]:
    """Seconds until all is sent, mails a second, the seconds that each code took meanwhile, and the processor time of all, in ms."""
    async with (
        open_runtime(Service.AUTH, pool_size=2, lanes=LANES) as auth,
        open_runtime(Service.NOTIFICATIONS, pool_size=2, lanes=LANES) as runtime,
    ):
        await _people(runtime)
        beat = asyncio.create_task(_beat(runtime))
        await _code(auth, arrivals, 9999)  # the worker is there, and has its connections
        before, began = processor_ms(servers), time.perf_counter()
        await _notice(runtime)
        codes: list[float] = []
        while await _left(runtime):
            if time.perf_counter() - began > GIVE_UP_SECONDS:
                raise RuntimeError(f"not sent within {GIVE_UP_SECONDS} s")
            codes.append(await _code(auth, arrivals, len(codes)))
        seconds, cost = time.perf_counter() - began, processor_ms(servers) - before
        beat.cancel()
        async with runtime.database.unit_of_work() as session:
            span = "SELECT count(*) / extract(epoch FROM max(done_at) - min(done_at)) FROM deliveries WHERE channel = 'email'"
            mails = float(await session.scalar(text(span)) or 0)
    return seconds, mails, codes, cost


async def _beat(runtime: Runtime) -> None:
    """What beat says, of these services alone: a word that came before the worker did is lost."""
    while True:
        runtime.publisher.publish(frozenset(LANES))
        await asyncio.sleep(5)


async def _people(runtime: Runtime) -> None:
    cipher, unit = field_cipher(), new_id()
    rows = [
        {
            "id": new_id(),
            "organisation_id": unit,
            "person_name": "李联系",
            "portal": Portal.TRAINING,
            "permissions": [Permission.GROUP_REGISTRATION.value],
            "level": Level.UNIT,
            "region_code": "320102",
            "active": True,
            "sms_notices": True,
            "email_notices": True,
            "phone_sealed": Sealed.seal(cipher, f"137{number:08}").token,
            "email_sealed": Sealed.seal(cipher, f"u{number}@hospital.example.cn").token,
            "changed_at": now_utc(),
        }
        for number in range(RECIPIENTS)
    ]
    async with runtime.database.unit_of_work() as session:
        await session.execute(insert(Account), rows)


async def _notice(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as session:
        await notices.add(
            session,
            source_event_id=new_id(),
            kind=MessageKind.CLASS_SESSION_CALLED_OFF,
            title="班次停办：2026年职业病诊断医师培训班第1期",
            body="“2026年职业病诊断医师培训班”第1期停办，原因：场地检修。人员退回待选班，请选择其他班次。",
            link="/selection",
            channels=["sms", "email"],
            permission=Permission.GROUP_REGISTRATION,
            correlation_id=new_id().hex,
        )
        note_hint(session, EXPAND_NOTICES)


async def _left(runtime: Runtime) -> bool:
    async with runtime.database.unit_of_work() as session:
        done = "SELECT count(*) FROM deliveries WHERE done_at IS NOT NULL AND status = 'sent'"
        return (await session.scalar(text(done)) or 0) < 2 * RECIPIENTS


async def _code(auth: Runtime, arrivals: Arrivals, number: int) -> float:
    phone = f"{CODES}{number:04}"
    started = time.monotonic()
    async with auth.database.unit_of_work() as session:
        await request_code(session, purpose=Purpose.RECOVERY, phone=phone, address=new_id().hex)
    while phone not in arrivals:
        if time.monotonic() - started > GIVE_UP_SECONDS:
            raise RuntimeError("no code")
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.1)
    return arrivals[phone] - started
