"""The API of training (技术人员培训): its routers, put together."""

from services.training.worker import WORKER
from shared.app import create_app

app = create_app(WORKER, (), title="技术人员培训")
