"""The API of declaration (职业病危害项目申报): its routers, put together."""

from services.declaration.declarations.employer_endpoints import router as employers
from services.declaration.declarations.endpoints import router as declarations
from services.declaration.factors.endpoints import router as factors
from services.declaration.industries.endpoints import router as industries
from services.declaration.orders.endpoints import router as orders
from services.declaration.orders.export_endpoints import router as order_exports
from services.declaration.reviews.endpoints import compared_router as compared
from services.declaration.reviews.endpoints import flags_router as flags
from services.declaration.reviews.endpoints import router as reviews
from services.declaration.reviews.export_endpoints import router as exports
from services.declaration.stand_ins.endpoints import router as stand_ins
from services.declaration.uploads.endpoints import router as uploads
from services.declaration.worker import WORKER
from shared.app import create_app

app = create_app(
    WORKER,
    (
        declarations,
        employers,
        factors,
        industries,
        orders,
        reviews,
        compared,
        flags,
        exports,
        order_exports,
        stand_ins,
        uploads,
    ),
    title="职业病危害项目申报",
)
