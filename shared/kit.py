"""Every table of the kit, imported, so that ``KitBase.metadata`` is whole wherever it is read."""

from shared.attachments import Attachment
from shared.db.digests import HistoryDigest
from shared.db.history import History
from shared.db.keys import KnownKey
from shared.events.bookmarks import Bookmark, ParkedEvent
from shared.events.log import EventRow, LogBeginning
from shared.findings import FindingRow, Look
from shared.tasks.retention import Retention
from shared.tasks.runs import TaskRun
from shared.tasks.strays import StrayFile
from shared.web.idempotency import KeptAnswer

KIT_TABLES = (
    Attachment,
    Bookmark,
    EventRow,
    FindingRow,
    History,
    HistoryDigest,
    KeptAnswer,
    KnownKey,
    LogBeginning,
    Look,
    ParkedEvent,
    Retention,
    StrayFile,
    TaskRun,
)
