"""What a migration does to a column that becomes a blind index with a place for each version, and on the way back."""

from alembic import op


def to_places(table: str, *columns: str) -> None:
    """What stood there was made with the first key."""
    for column in columns:
        op.execute(
            f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea[] USING ARRAY['\\x01'::bytea || {column}, NULL]"
        )


def to_plain(table: str, *columns: str) -> None:
    """Only a platform that is back at its first key can go back."""
    for column in columns:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea USING substring({column}[1] from 2)")
