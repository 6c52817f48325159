"""The platform's parts in one place, for what looks at all of them: documents, contract tests, the embedded stack."""

from fastapi import FastAPI

from services.auth.consumers import HANDLERS as AUTH_HANDLERS
from services.auth.main import app as auth
from services.auth.tables import METADATA as AUTH_TABLES
from services.certificates.consumers import HANDLERS as CERTIFICATES_HANDLERS
from services.certificates.main import app as certificates
from services.certificates.tables import METADATA as CERTIFICATES_TABLES
from services.declaration.consumers import HANDLERS as DECLARATION_HANDLERS
from services.declaration.main import app as declaration
from services.declaration.tables import METADATA as DECLARATION_TABLES
from services.notifications.consumers import HANDLERS as NOTIFICATIONS_HANDLERS
from services.notifications.main import app as notifications
from services.notifications.tables import METADATA as NOTIFICATIONS_TABLES
from services.training.consumers import HANDLERS as TRAINING_HANDLERS
from services.training.main import app as training
from services.training.tables import METADATA as TRAINING_TABLES
from shared.services import Service

APPS: dict[Service, FastAPI] = {
    Service.AUTH: auth,
    Service.TRAINING: training,
    Service.CERTIFICATES: certificates,
    Service.DECLARATION: declaration,
    Service.NOTIFICATIONS: notifications,
}
HANDLERS = {
    Service.AUTH: AUTH_HANDLERS,
    Service.TRAINING: TRAINING_HANDLERS,
    Service.CERTIFICATES: CERTIFICATES_HANDLERS,
    Service.DECLARATION: DECLARATION_HANDLERS,
    Service.NOTIFICATIONS: NOTIFICATIONS_HANDLERS,
}
TABLES = {
    Service.AUTH: AUTH_TABLES,
    Service.TRAINING: TRAINING_TABLES,
    Service.CERTIFICATES: CERTIFICATES_TABLES,
    Service.DECLARATION: DECLARATION_TABLES,
    Service.NOTIFICATIONS: NOTIFICATIONS_TABLES,
}
