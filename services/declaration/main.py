"""The API of declaration (职业病危害项目申报): its routers, put together."""

from services.declaration.declarations.endpoints import router as declarations
from services.declaration.worker import WORKER
from shared.app import create_app

app = create_app(WORKER, (declarations,), title="职业病危害项目申报")
