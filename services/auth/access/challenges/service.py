"""The proof of work that a program brings along (ALTCHA): made, checked, and used up. It stays beside the picture check that people get,
for programs and for those who cannot see a picture (FAQ-M9).
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from altcha import Payload, create_challenge, verify_solution
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.challenges import repository
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.schemas import ChallengeRead
from services.auth.access.challenges.tickets import Ticket, is_over, read_ticket
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.errors import InvalidInput

_ALGORITHM = "PBKDF2/SHA-256"


class ProofRefused(InvalidInput):
    code = "proof_invalid"
    detail = "验证未通过，请重新获取验证后再试"


class ProofExpired(InvalidInput):
    code = "proof_expired"
    detail = "验证已过期，请重新获取验证后再试"


class ProofUsed(InvalidInput):
    code = "proof_used"
    detail = "该验证已使用过，请重新获取验证后再试"


def make_challenge(action: Action = Action.SIGN_IN, *, failures: int = 0) -> ChallengeRead:
    """A fresh challenge: about a second of a slow office PC's work, and as much more for each of the ``failures`` that an address has had
    lately, up to twenty times as much (AUTH-10, X20). Nothing is stored until it is used."""
    settings = auth_settings()
    secret, key_secret = _secrets(action)
    steps = settings.proof_counter * min(1 + failures, settings.proof_dearest)
    challenge = create_challenge(
        _ALGORITHM,
        settings.proof_cost,
        counter=steps + secrets.randbelow(steps),
        expires_at=now_utc() + timedelta(seconds=settings.proof_seconds),
        hmac_secret=secret,
        hmac_key_secret=key_secret,
    )
    return ChallengeRead.model_validate(challenge.to_dict())


async def use_proof(session: AsyncSession, proof: str, action: Action = Action.SIGN_IN, *, subject: str = "") -> None:
    """Takes the proof, a solved challenge or a ticket; it counts as used once the caller's transaction commits. ``subject`` is whom a
    ticket must be for, if it is for somebody. Raises ProofRefused, ProofExpired, ProofUsed."""
    if ticket := read_ticket(proof):
        await _use_ticket(session, ticket, action, subject)
        return
    secret, key_secret = _secrets(action)
    answer = verify_solution(proof, secret, hmac_key_secret=key_secret)
    if answer.expired:
        raise ProofExpired
    if not answer.verified:
        raise ProofRefused
    challenge = Payload.from_base64(proof).challenge
    expires_at = datetime.fromtimestamp(challenge.parameters.expires_at or 0, UTC)
    await take_once(session, str(challenge.signature), expires_at)


async def _use_ticket(session: AsyncSession, ticket: Ticket, action: Action, subject: str) -> None:
    if ticket.action is not action or ticket.subject not in {"", subject}:
        raise ProofRefused
    if is_over(ticket):
        raise ProofExpired
    await take_once(session, ticket.nonce, ticket.expires_at)


def require_ticket(text: str, action: Action) -> Ticket:
    """The ticket of a step before, for somebody: whose it is, the caller compares with its ``subject``. It stays usable until
    ``take_once``. Raises ProofExpired, and ProofRefused also for a picture's ticket, which serves whoever holds it."""
    ticket = read_ticket(text)
    if ticket is None or ticket.action is not action or not ticket.subject:
        raise ProofRefused
    if is_over(ticket):
        raise ProofExpired
    return ticket


async def take_once(session: AsyncSession, name: str, expires_at: datetime) -> None:
    """Notes that the proof of this name is used; raises ProofUsed for the second to come."""
    if not await repository.take(session, sha256(name.encode()).digest(), expires_at):
        raise ProofUsed


async def forget_used_proofs(session: AsyncSession) -> None:
    """Lets go of rows whose proofs have expired."""
    await repository.forget_expired(session)


def _secrets(action: Action) -> tuple[bytes, bytes]:
    """For each action one key for the challenge and one for its answer, so that none signs another's text."""
    key = hmac.digest(auth_settings().proof_key.encode(), action.encode(), sha256)
    return hmac.digest(key, b"challenge", sha256), hmac.digest(key, b"answer", sha256)
