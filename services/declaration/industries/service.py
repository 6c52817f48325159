"""行业分类 for the drop-downs, level by level: the shipped table, with what an installation has added or called otherwise (ORG-13,
FAQ-D13). A code that nobody knows is refused rather than answered with a blank list.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.industries import repository
from services.declaration.industries.schemas import IndustryRead
from shared.errors import NotFound
from shared.reference.tables import row, table


class IndustryUnknown(NotFound):
    code = "industry_unknown"


async def industries_below(session: AsyncSession, parent: str) -> list[IndustryRead]:
    """The next level, in the order of the standard; the 门类 for "". Raises IndustryUnknown."""
    if parent and row("industries", parent) is None and not await repository.by_codes(session, [parent]):
        raise IndustryUnknown(f"没有代码为 {parent} 的行业分类，请重新选择")
    shipped = [entry for entry in table("industries") if entry.parent == parent]
    own = await repository.below(session, parent)
    shown = {entry.code: (entry.name, entry.pinyin) for entry in shipped}
    shown |= {entry.code: (entry.name, entry.pinyin) for entry in own}
    parents = {entry.parent for entry in table("industries")} | await repository.parents_among(session, shown.keys())
    return [
        IndustryRead(code=code, name=name, pinyin=pinyin, parent=parent, has_children=code in parents)
        for code, (name, pinyin) in sorted(shown.items())
    ]


async def is_known(session: AsyncSession, code: str) -> bool:
    """Whether a 门类, 大类, 中类 or 小类 has that code here."""
    return row("industries", code) is not None or bool(await repository.by_codes(session, [code]))
