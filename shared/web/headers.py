"""The headers that every answer carries, whoever makes it: each service, the portal of the embedded platform, and the gateway, whose
``gateway/headers.conf`` says the same (a test compares). What an answer says itself stays.
"""

from typing import Final

POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; frame-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# What the portal shows beside a record, a file or a document; no other site may.
FRAMED: Final = {
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
}
# Only where people reach the platform by https.
HTTPS_ONLY: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
# Nothing is kept unless the answer says so.
UNKEPT: Final = {"Cache-Control": "no-store"}

Fields = list[tuple[bytes, bytes]]


def with_security(fields: Fields, *, https: bool) -> Fields:
    """The fields of an answer and those of the table that it has not."""
    wanted = SECURITY | UNKEPT | (HTTPS_ONLY if https else {})
    present = {name.lower() for name, _ in fields}
    encoded = [(name.lower().encode(), value.encode()) for name, value in wanted.items()]
    return [*fields, *((name, value) for name, value in encoded if name not in present)]
