"""what units are is told again"""

from collections.abc import Sequence

from alembic import op

revision: str = '0026'
down_revision: str | None = '0025'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Declaration has not kept so far what a unit is, and the log may no longer reach back to when that was told (ADR 36). Only of those
    # that are no employers: of the others it is what declaration takes them for.
    op.execute("""
        INSERT INTO events (id, type, correlation_id, payload)
        SELECT gen_random_uuid(), told.type, '', told.payload || jsonb_build_object('kinds', to_jsonb(unit.kinds))
          FROM (SELECT DISTINCT ON (payload->>'organisation_id') type, payload FROM events
                 WHERE type = 'auth.organisation.changed.v1' ORDER BY payload->>'organisation_id', seq DESC) AS told
          JOIN organisations AS unit ON unit.id = (told.payload->>'organisation_id')::uuid
         WHERE unit.level = 'unit' AND unit.kinds <> '{}' AND NOT 'employer' = ANY(unit.kinds)
         ORDER BY unit.id
    """)


def downgrade() -> None:
    """What was told stays told."""
