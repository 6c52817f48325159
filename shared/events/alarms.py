"""What every service tells when something that should hold does not: one event per check, from the log of the service whose rows it is
about, so that it survives whatever else is down."""

from datetime import datetime
from typing import ClassVar

from shared.events.base import Event
from shared.services import Service


class AlarmRaised(Event):
    """``count`` findings of ``check`` stand, the oldest ``since``. What they are stands in the service's own rows: nothing of a person."""

    check: str
    label: str
    count: int
    since: datetime


class AuthAlarmRaised(AlarmRaised):
    type: ClassVar[str] = "auth.alarm.raised.v1"


class TrainingAlarmRaised(AlarmRaised):
    type: ClassVar[str] = "training.alarm.raised.v1"


class CertificatesAlarmRaised(AlarmRaised):
    type: ClassVar[str] = "certificates.alarm.raised.v1"


class DeclarationAlarmRaised(AlarmRaised):
    type: ClassVar[str] = "declaration.alarm.raised.v1"


class NotificationsAlarmRaised(AlarmRaised):
    type: ClassVar[str] = "notifications.alarm.raised.v1"


ALARMS: dict[Service, type[AlarmRaised]] = {
    Service.AUTH: AuthAlarmRaised,
    Service.TRAINING: TrainingAlarmRaised,
    Service.CERTIFICATES: CertificatesAlarmRaised,
    Service.DECLARATION: DeclarationAlarmRaised,
    Service.NOTIFICATIONS: NotificationsAlarmRaised,
}
