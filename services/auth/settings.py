"""Settings of auth alone, read from the environment with the prefix ``AUTH_``. Keys and addresses that every service needs stand in
``shared.settings``.
"""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class AuthSettings(BaseSettings):
    """Durations are in the unit that the name says. The argon2id costs give 50 to 100 ms on one core (``bench/`` has the figure)."""

    model_config = SettingsConfigDict(env_prefix="AUTH_", frozen=True)

    session_hours: int = 12
    idle_hours: int = 2
    cache_seconds: int = 60
    # Longer than any cached state lives, so that no late look-up can bring an ended session back.
    tombstone_seconds: int = 180

    wrong_passwords: int = Field(default=5, ge=2)
    lock_hours: int = 6
    failures_per_address: int = 30
    # An hour, by people without an account: whether a credit code is registered (FAQ-D2), and files for a case.
    code_lookups_per_address: int = 30
    uploads_per_address: int = 60

    argon2_passes: int = 3
    argon2_memory_kib: int = 32 * 1024
    argon2_threads: int = 2
    kept_passwords: int = 5

    # X26: officials always prove their phone; whether units do, too, is a setting.
    unit_codes: bool = False
    code_seconds: int = 300
    code_gap_seconds: int = 60
    code_tries: int = 5
    codes_per_phone_a_day: int = 10
    codes_per_address_an_hour: int = 30
    activation_hours: int = 72

    # Where companies are looked up; empty means the table of known ones.
    registry_url: str = ""
    registry_token: str = ""
    lookups_per_address_a_minute: int = 60
    # Employers sign up by themselves and apply for no validity: theirs ends when nobody can mean the account any more.
    enterprise_years: int = 10
    draft_days: int = 30

    proof_seconds: int = 120
    proof_cost: int = 1000
    proof_counter: int = 300
    picture_seconds: int = 120
    pictures_per_address_an_hour: int = 120


@lru_cache(maxsize=1)
def auth_settings() -> AuthSettings:
    """The settings of this process; read once."""
    return AuthSettings()
