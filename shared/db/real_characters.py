"""For a migration: names that were stored with private characters, before they were turned into real ones while somebody types
(``shared.glyphs``), get what those stood for (BEY-19). The font has nothing for them, so that no page with such a name could be made.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, column, select, table, update

from shared.glyphs import real

# Where GB 18030 kept them; which of them are known is the table's business.
PRIVATE = "[\ue000-\uf8ff]"
Derived = Mapping[str, Callable[[str], object]]
# By table and column, what else of the row is made of it.
Names = Mapping[str, Mapping[str, Derived]]


def make_real(connection: Connection, name: str, columns: Mapping[str, Derived]) -> int:
    """Rewrites these columns of the table ``name``; of each says what else of the row is made of it. Gives the number of rows. Few rows are
    concerned, so one statement goes for each different text; versions stay, as nobody has changed anything."""
    written = 0
    for each, derived in columns.items():
        rows = table(name, column(each), *map(column, derived))
        held = rows.c[each]
        texts = connection.scalars(select(held).distinct().where(held.regexp_match(PRIVATE))).all()
        for text in texts:
            if (clean := real(text)) != text:
                values = {each: clean, **{other: made_of(clean) for other, made_of in derived.items()}}
                written += connection.execute(update(rows).where(held == text).values(values)).rowcount
    return written
