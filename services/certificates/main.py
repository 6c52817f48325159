"""The API of certificates (证书与文书): its routers, put together."""

from services.certificates.worker import WORKER
from shared.app import create_app

app = create_app(WORKER, (), title="证书与文书")
