"""The API of declaration (职业病危害项目申报): its routers, put together."""

from services.declaration.calendar.endpoints import days_router as calendar_days
from services.declaration.calendar.endpoints import years_router as calendar_years
from services.declaration.clock.endpoints import internal_router as due_entries
from services.declaration.clock.endpoints import own_router as own_clock
from services.declaration.clock.endpoints import router as due_dates
from services.declaration.clock.export_endpoints import router as due_exports
from services.declaration.declarations.employer_endpoints import router as employers
from services.declaration.declarations.endpoints import router as declarations
from services.declaration.factors.endpoints import router as factors
from services.declaration.figures.endpoints import router as figures
from services.declaration.figures.export_endpoints import router as figure_exports
from services.declaration.groups.endpoints import groups, members, memberships
from services.declaration.groups.export_endpoints import router as group_exports
from services.declaration.groups.filling_endpoints import router as group_declarations
from services.declaration.groups.sheet_endpoints import router as group_sheet
from services.declaration.industries.endpoints import router as industries
from services.declaration.jobs.endpoints import router as jobs
from services.declaration.jobs.kinds import JOBS
from services.declaration.legacy.endpoints import router as legacy_imports
from services.declaration.legacy.endpoints import rows_router as legacy_rows
from services.declaration.legacy.export_endpoints import router as legacy_exports
from services.declaration.orders.endpoints import router as orders
from services.declaration.orders.export_endpoints import router as order_exports
from services.declaration.papers.endpoints import files as paper_files
from services.declaration.papers.endpoints import router as papers
from services.declaration.records import RECORDS
from services.declaration.retention import RULES
from services.declaration.reviews.endpoints import compared_router as compared
from services.declaration.reviews.endpoints import flags_router as flags
from services.declaration.reviews.endpoints import router as reviews
from services.declaration.reviews.export_endpoints import router as exports
from services.declaration.stand_ins.endpoints import router as stand_ins
from services.declaration.tables import METADATA
from services.declaration.uploads.endpoints import router as uploads
from services.declaration.worker import WORKER
from shared.app import create_app
from shared.web.export_jobs import open_export

# By ``open_export`` a worker makes sheets: with this module it knows them all.
__all__ = ["app", "open_export"]

app = create_app(
    WORKER,
    (
        declarations,
        papers,
        paper_files,
        own_clock,
        employers,
        due_dates,
        due_entries,
        due_exports,
        factors,
        figures,
        figure_exports,
        industries,
        orders,
        reviews,
        compared,
        flags,
        exports,
        order_exports,
        stand_ins,
        uploads,
        legacy_imports,
        legacy_rows,
        legacy_exports,
        groups,
        members,
        memberships,
        group_declarations,
        group_sheet,
        group_exports,
        jobs,
        calendar_days,
        calendar_years,
    ),
    title="职业病危害项目申报",
    records=RECORDS,
    tables=METADATA,
    rules=RULES,
    jobs=JOBS,
)
