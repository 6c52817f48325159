"""The proof of work that a program brings along (ALTCHA): made, checked, and used up. It stays beside the picture check that people get,
for programs and for those who cannot see a picture (FAQ-M9).
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from altcha import Payload, create_challenge, verify_solution
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.challenges import repository
from services.auth.challenges.schemas import ChallengeRead
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.errors import InvalidInput
from shared.settings import platform_settings

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


def make_challenge() -> ChallengeRead:
    """A fresh challenge: half a second or less of a browser's work, of a program's a tenth. Nothing is stored until it is used."""
    settings = auth_settings()
    secret, key_secret = _secrets()
    challenge = create_challenge(
        _ALGORITHM,
        settings.proof_cost,
        counter=settings.proof_counter + secrets.randbelow(settings.proof_counter),
        expires_at=now_utc() + timedelta(seconds=settings.proof_seconds),
        hmac_secret=secret,
        hmac_key_secret=key_secret,
    )
    return ChallengeRead.model_validate(challenge.to_dict())


async def use_proof(session: AsyncSession, proof: str) -> None:
    """Takes the proof; it counts as used once the caller's transaction commits. Raises ProofRefused, ProofExpired, ProofUsed."""
    secret, key_secret = _secrets()
    answer = verify_solution(proof, secret, hmac_key_secret=key_secret)
    if answer.expired:
        raise ProofExpired
    if not answer.verified:
        raise ProofRefused
    challenge = Payload.from_base64(proof).challenge
    expires_at = datetime.fromtimestamp(challenge.parameters.expires_at or 0, UTC)
    if not await repository.take(session, sha256(str(challenge.signature).encode()).digest(), expires_at):
        raise ProofUsed


async def forget_used_proofs(session: AsyncSession) -> None:
    """Lets go of rows whose proofs have expired."""
    await repository.forget_expired(session)


def _secrets() -> tuple[bytes, bytes]:
    """One key for the challenge and one for its answer, so that neither signs the other's text."""
    key = platform_settings().altcha_key.encode()
    return hmac.digest(key, b"challenge", sha256), hmac.digest(key, b"answer", sha256)
