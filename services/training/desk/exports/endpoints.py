"""The lists of training as xlsx over HTTP; each route asks, shows and masks what its list does (BEY-07, STAFF-12)."""

from fastapi import APIRouter

from services.training.desk.exports.tables import EXPORTS
from shared.web.exports import ExportRoute, add_export_routes

router = APIRouter(prefix="/api/training/exports", tags=["导出"], route_class=ExportRoute)
add_export_routes(router, EXPORTS)
