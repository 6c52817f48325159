"""The API of certificates (证书与文书): its routers, put together."""

from services.certificates.bundles.endpoints import router as bundles
from services.certificates.checks import endpoints as checks
from services.certificates.expiry.endpoints import router as expiry
from services.certificates.exports.endpoints import router as exports
from services.certificates.forms.endpoints import router as forms
from services.certificates.issue import endpoints as issue
from services.certificates.jobs.endpoints import router as jobs
from services.certificates.jobs.kinds import JOBS
from services.certificates.patterns.endpoints import router as patterns
from services.certificates.previews.endpoints import router as previews
from services.certificates.records import RECORDS
from services.certificates.signing.endpoints import router as signing
from services.certificates.tables import METADATA
from services.certificates.worker import WORKER
from shared.app import create_app
from shared.web.export_jobs import open_export

# By ``open_export`` a worker makes sheets: with this module it knows them all.
__all__ = ["app", "open_export"]

ROUTERS = (
    issue.router,
    *checks.routers,
    forms,
    jobs,
    bundles,
    exports,
    expiry,
    patterns,
    previews,
    signing,
)
app = create_app(WORKER, ROUTERS, title="证书与文书", records=RECORDS, tables=METADATA, jobs=JOBS)
