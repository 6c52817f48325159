"""What the picker of hazard factors is answered. The catalogue itself is ``catalogue``."""

from services.declaration.factors import catalogue
from services.declaration.factors.classes import HazardClass
from services.declaration.factors.schemas import CatalogueRead, FactorEntry
from shared.errors import NotFound


class EditionUnknown(NotFound):
    code = "catalogue_edition_unknown"


def find(
    query: str, class_code: HazardClass | None, *, separately: bool | None, edition: str, limit: int
) -> CatalogueRead:
    """The factors that fit, the likeliest first. Raises EditionUnknown."""
    chosen = catalogue.edition(edition) if edition else catalogue.current()
    if chosen is None:
        known = "、".join(each.edition for each in catalogue.editions())
        raise EditionUnknown(f"没有版本为“{edition}”的危害因素目录，现有版本：{known}")
    found = chosen.find(query, class_code, separately=separately)
    return CatalogueRead(
        edition=chosen.edition,
        name=chosen.name,
        total=len(found),
        advice=None if found else _advice(chosen, class_code),
        factors=[FactorEntry.of(each, aliases=list(each.aliases)) for each in found[:limit]],
    )


def _advice(chosen: catalogue.Catalogue, class_code: HazardClass | None) -> str:
    unlisted = chosen.unlisted(class_code) if class_code else None
    if unlisted:
        return f"目录中没有这个因素：请选择“{unlisted.name}”（{unlisted.code}），并填写因素名称"
    if class_code:
        return f"{class_code.label}没有“其他”一项，请核对因素名称和类别"
    return "目录中没有这个因素：请先选择类别，再选该类别的“其他”一项并填写因素名称"
