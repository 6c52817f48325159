"""The API of declaration (职业病危害项目申报): its routers, put together."""

from services.declaration.worker import WORKER
from shared.app import create_app

app = create_app(WORKER, (), title="职业病危害项目申报")
