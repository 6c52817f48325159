"""An installation whose keys are changed: databases of its own, the settings of each step, and what people do meanwhile."""

import asyncio
import os
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from cryptography.fernet import Fernet
from sqlalchemy import text

from ops.rekey import main
from ops.up.servers import Servers
from services.auth.access.accounts import repository as accounts
from services.auth.access.accounts.service import set_phone
from services.auth.access.guesses.models import name_index
from services.auth.access.guesses.repository import count_wrong, take_place
from services.auth.desks.applications.directory_repository import is_phone_taken
from services.certificates.issue.models import Certificate
from services.certificates.issue.tokens import read_token, token_of_page
from services.notifications.contacts.models import Account as Contact
from services.training.people.personnel.repository import get_or_create_people
from shared.clock import now_utc
from shared.crypto import Sealed
from shared.db.digests import close_days
from shared.db.keys import writer_name
from shared.db.session import Database
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.events.base import Place
from shared.events.log import read_after
from shared.identity import SYSTEM
from shared.roles import Portal
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings
from tests.migrated import empty_database
from tests.services.auth.records import add_account, new_mobile
from tests.services.certificates.records import RESIDENT_ID, issued
from tests.services.notifications.arrivals import an_account, arrive
from tests.services.training.records import resident_id

SERVICES = (Service.AUTH, Service.TRAINING, Service.CERTIFICATES, Service.NOTIFICATIONS)
OLD = {
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "BLIND_INDEX_KEY": secrets.token_hex(32),
    "SIGNING_KEY": "old" * 12,
}
NEW = {
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "BLIND_INDEX_KEY": f"2:{secrets.token_hex(32)}",
    "SIGNING_KEY": "new" * 12,
}
# What docs/operations.md says, a step each; a signing key stays behind the new one for good.
BEFORE = OLD
KNOWN = {name: f"{OLD[name]},{NEW[name]}" for name in OLD}
IN_FRONT = {name: f"{NEW[name]},{OLD[name]}" for name in OLD}
AFTER = {**NEW, "SIGNING_KEY": IN_FRONT["SIGNING_KEY"]}
STEPS = (BEFORE, KNOWN, IN_FRONT, AFTER)


@contextmanager
def a_process(keys: Mapping[str, str], **more: str) -> Iterator[PlatformSettings]:
    """What this process would be with these keys."""
    names = {f"PLATFORM_{name}": value for name, value in {**keys, **more}.items()}
    with patch.dict(os.environ, names):
        platform_settings.cache_clear()
        field_cipher.cache_clear()
        try:
            yield platform_settings()
        finally:
            platform_settings.cache_clear()
            field_cipher.cache_clear()


@dataclass
class Installation:
    """``people``: id by resident id; ``phones``: by account; ``pages``: tokens of printed certificates; ``guesses`` of one name."""

    url: str
    people: dict[str, UUID] = field(default_factory=dict)
    phones: dict[UUID, str] = field(default_factory=dict)
    pages: dict[str, UUID] = field(default_factory=dict)
    contacts: dict[UUID, str] = field(default_factory=dict)
    guesses: int = 0

    @classmethod
    def new(cls, servers: Servers, name: str, services: Sequence[Service] = SERVICES) -> "Installation":
        for service in services:
            empty_database(servers, service, f"{name}_{service}")
        return cls(servers.database_url(name + "_{service}"))

    @asynccontextmanager
    async def database(self, service: Service, name: str = "") -> AsyncIterator[Database]:
        url = self.url.replace("{service}", service)
        database = Database(url, pool_size=2, checkout_seconds=5, publish=lambda _hints: None, name=name)
        try:
            yield database
        finally:
            await database.close()

    async def start(self, keys: Mapping[str, str], *words: str) -> Process:
        """``python -m ops.rekey`` with these keys, as a process of its own."""
        names = {f"PLATFORM_{name}": value for name, value in keys.items()}
        environment = {**os.environ, **names, "PLATFORM_DATABASE_URL": self.url}
        command = (sys.executable, "-m", "ops.rekey", *(words or SERVICES))
        return await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)

    async def rekey(self, keys: Mapping[str, str], *words: str) -> tuple[int, str]:
        """The same in this process: the exit code and all that it says."""
        said = StringIO()
        with a_process(keys, DATABASE_URL=self.url), redirect_stdout(said), redirect_stderr(said):
            code = await main(words or SERVICES)
        return code, said.getvalue()

    async def count(self, service: Service, question: str, **values: object) -> int:
        async with self.database(service) as database, database.unit_of_work() as session:
            return int(await session.scalar(text(question), values) or 0)

    async def do(self, service: Service, statement: str, **values: object) -> None:
        async with self.database(service) as database, database.unit_of_work() as session:
            await session.execute(text(statement), values)

    async def guess(self, name: str) -> int:
        """The number of one more wrong password for this name."""
        async with self.database(Service.AUTH) as database, database.unit_of_work() as session:
            assert await take_place(session, name_index(name), cap=1000)
            return await count_wrong(session, name_index(name))

    async def live(self, keys: Mapping[str, str]) -> None:
        """People come, are found, change their phones, guess at a password; everything of before is there and stays single."""
        with a_process(keys) as settings:
            async with self.database(Service.TRAINING) as database:
                await self._people(database)
            async with self.database(Service.AUTH) as database:
                await self._accounts(database)
                await close_days(database, service=Service.AUTH, signing_key=settings.signing_key, now=now_utc())
            async with self.database(Service.CERTIFICATES) as database:
                await self._certificates(database, settings)
            async with self.database(Service.NOTIFICATIONS) as database:
                await self._contacts(database)

    async def _people(self, database: Database) -> None:
        new = resident_id(date(1990, 1, 1) + timedelta(days=len(self.people)))
        async with database.unit_of_work() as session:
            found = await get_or_create_people(session, [*self.people, new])
        assert {number: found[number] for number in self.people} == self.people
        self.people = dict(found)

    async def _accounts(self, database: Database) -> None:
        account = await add_account(as_runtime(database))
        self.phones[account.id] = account.phone
        for account_id, phone in list(self.phones.items())[:-1]:
            async with database.unit_of_work() as session:
                held = await accounts.require_for_change(session, account_id)
                assert held.phone == phone
                assert await is_phone_taken(session, phone, Portal.TRAINING)
                self.phones[account_id] = new_mobile()
                await set_phone(session, actor=SYSTEM, account=held, phone=self.phones[account_id])
        async with database.unit_of_work() as session:
            events = (await read_after(session, Place(), limit=1000)).events
        self.guesses += 1
        assert await self.guess("nobody") == self.guesses
        told = [AccountChanged.model_validate(each.payload) for each in events if each.type == AccountChanged.type]
        assert {self.phones[each.account_id] for each in told if each.phone} == set(self.phones.values())
        last = {each.account_id: each.phone for each in told if each.phone}
        assert {key: sealed.open(field_cipher()) for key, sealed in last.items()} == self.phones

    async def _certificates(self, database: Database, settings: PlatformSettings) -> None:
        certificate = await issued(as_runtime(database))
        self.pages[token_of_page(settings.signing_key, certificate.id, 1)] = certificate.id
        for token, certificate_id in self.pages.items():
            page = read_token(settings.signing_key, token)
            assert page is not None
            assert page.certificate_id == certificate_id
            async with database.unit_of_work() as session:
                assert (await session.get_one(Certificate, certificate_id)).resident_id == RESIDENT_ID

    async def _contacts(self, database: Database) -> None:
        phone = new_mobile()
        news = an_account(phone=phone)
        await arrive(database, [news])
        self.contacts[news.account_id] = phone
        async with database.unit_of_work() as session:
            for account_id, known in self.contacts.items():
                token = (await session.get_one(Contact, account_id)).phone_sealed
                assert Sealed(token or "").open(field_cipher()) == known


def as_runtime(database: Database) -> Any:
    """As much of a runtime as records are made with."""
    return SimpleNamespace(database=database)


def name_of(keys: Mapping[str, str]) -> str:
    """How the connections of a process with these keys are called."""
    with a_process(keys) as settings:
        return writer_name(settings)
