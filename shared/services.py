"""The names of the five services. The kit knows that they exist, not what they do."""

from enum import StrEnum


class Service(StrEnum):
    AUTH = "auth"
    TRAINING = "training"
    CERTIFICATES = "certificates"
    DECLARATION = "declaration"
    NOTIFICATIONS = "notifications"
