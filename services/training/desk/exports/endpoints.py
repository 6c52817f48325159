"""The lists of training as xlsx over HTTP; each route asks, shows and masks what its list does (BEY-07, STAFF-12)."""

from services.training.desk.exports.tables import EXPORTS
from shared.services import Service
from shared.web.exports import add_export_routes, export_router

router = export_router(Service.TRAINING)
add_export_routes(router, EXPORTS)
