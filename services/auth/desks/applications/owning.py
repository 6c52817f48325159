"""Whose an application is: whoever holds its key acts for it, and whoever has its applicant's phone gets a new key (for another computer).
The key is stored as a hash; the number alone opens nothing.
"""

import hmac
import json
import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import CodeSent, NoCode, request_code, use_code
from services.auth.desks.applications import repository
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.schemas import ApplicationKey
from services.auth.desks.applications.workflow import APPLICATION, edit_refusal
from services.auth.visitors import visitor
from shared.db.types import field_cipher
from shared.errors import Forbidden
from shared.identity import Actor
from shared.web.callers import token_hash
from shared.workflow.apply import ActionRefused


class WrongKey(Forbidden):
    code = "applicant_key_wrong"
    detail = "申请密钥不正确或已失效，请在“继续填写”中用申请编号和短信验证码重新取得"


async def require_own(session: AsyncSession, number: str, key: str) -> Application:
    """The application, for whoever holds its key. Raises NumberUnknown and WrongKey."""
    application = await repository.require_by_number(session, number)
    if not hmac.compare_digest(application.key_hash, token_hash(key)):
        raise WrongKey
    return application


async def require_editable(session: AsyncSession, number: str, key: str) -> Application:
    """The same, locked; raises ActionRefused unless it is a draft or was returned."""
    application = await require_own(session, number, key)
    await repository.lock(session, application)
    if refusal := edit_refusal(application):
        raise ActionRefused(refusal)
    return application


def applicant(application: Application, address: str) -> Actor:
    """Who acts for the application, as its history names them."""
    return visitor(application.person_name, application.id, address)


def give_key(application: Application) -> str:
    """A fresh key; the one before opens nothing any more."""
    key = secrets.token_urlsafe(32)
    application.key_hash = token_hash(key)
    return key


async def ask_resume_code(session: AsyncSession, *, number: str, address: str) -> CodeSent:
    """A code to the applicant's phone; for a number that does not exist, or has no phone yet, it only seems so."""
    application = await repository.get_by_number(session, number)
    phone = json.loads(application.form).get("phone") if application else None
    return await request_code(
        session,
        purpose=Purpose.APPLICATION,
        phone=phone or _nobodys_phone(number),
        address=address,
        known=phone is not None,
    )


async def resume_application(session: AsyncSession, *, number: str, code: str, address: str) -> ApplicationKey:
    """A new key for another computer; the one before opens nothing any more. Raises what ``use_code`` raises."""
    application = await repository.get_by_number(session, number)
    phone = json.loads(application.form).get("phone") if application else None
    asked = phone or _nobodys_phone(number)
    await use_code(session, purpose=Purpose.APPLICATION, phone=asked, code=code, address=address)
    if application is None:
        raise NoCode  # guessed: nobody was sent one
    key = give_key(application)
    actor = applicant(application, address)
    APPLICATION.note(session, application.id, "resume", actor=actor)
    await session.flush()
    return key_read(application, key)


def _nobodys_phone(number: str) -> str:
    """A number that looks like one and stays the same, so that an unknown application cannot be told from a known one."""
    drawn = int.from_bytes(field_cipher().keyed_hashes(f"application:{number.strip().upper()}")[0][:8])
    return f"13{drawn % 10**9:09}"


def key_read(application: Application, key: str) -> ApplicationKey:
    """What is shown once."""
    return ApplicationKey.of(application, key=key)
