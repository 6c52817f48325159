"""The secrets of one embedded stack: made once, kept in ``<var>/secrets.json`` that only its owner may read.
A deployment by compose takes its secrets from ``.env`` instead and never sees this file.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def _hex() -> str:
    return secrets.token_hex(32)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


MAKERS: dict[str, Callable[[], str]] = {
    "postgres_password": _hex,
    "database_password": _hex,
    "redis_password": _hex,
    "PLATFORM_INTERNAL_SECRET": _hex,
    "PLATFORM_FIELD_KEYS": _fernet_key,
    "PLATFORM_BLIND_INDEX_KEY": _hex,
    "PLATFORM_SIGNING_KEY": _hex,
    "AUTH_PROOF_KEY": _hex,
}


def load_secrets(var: Path) -> dict[str, str]:
    """Read the secrets of ``var``; make those that are missing, so that a later version can add one."""
    path = var / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: make() for name, make in MAKERS.items() if name not in known}
    if missing:
        known |= missing
        _write_private(path, json.dumps(known, indent=1))
    return known


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
