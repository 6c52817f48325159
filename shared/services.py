"""The names of the five services. The kit knows that they exist, not what they do."""

from enum import StrEnum


class Service(StrEnum):
    AUTH = "auth"
    TRAINING = "training"
    CERTIFICATES = "certificates"
    DECLARATION = "declaration"
    NOTIFICATIONS = "notifications"


# Who finds rows by a blind index, and so knows the key of it; the others are not told (PLAT-04).
INDEXED = frozenset({Service.AUTH, Service.TRAINING, Service.NOTIFICATIONS})
