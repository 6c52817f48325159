"""The API of certificates (证书与文书): its routers, put together."""

from services.certificates.checks import endpoints as checks
from services.certificates.forms.endpoints import router as forms
from services.certificates.issue import endpoints as issue
from services.certificates.worker import WORKER
from shared.app import create_app

app = create_app(WORKER, (issue.router, checks.router, checks.page_router, forms), title="证书与文书")
