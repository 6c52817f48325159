"""How what was filled in gets into a record, and what of it the history remembers. Judges nothing: that is ``checks.py``."""

from collections.abc import Mapping
from typing import Any, Final

from services.declaration.declarations.models import Declaration, DeclaredClass, DeclaredFactor
from services.declaration.declarations.schemas import DeclarationCreate, DeclarationUpdate, HazardInput
from services.declaration.factors.classes import HazardClass
from shared.crypto import mask_phone
from shared.reference.tables import label

PLAIN: Final = (
    "kind",
    "change_reason",
    "contact_name",
    "staff_count",
    "outsourced_count",
    "exposed_count",
    "disease_count",
    "leader_trained",
    "manager_trained",
    "trained_count",
    "surveillance_done",
)
_CLASSES: Final = {each.value: each.label for each in HazardClass}
OWN: Final = frozenset({"kind", "change_reason"})


def change(declaration: Declaration, content: DeclarationCreate | DeclarationUpdate) -> None:
    """Takes over every field that was sent, and leaves the others; hazards come whole."""
    for name in content.model_fields_set - {"hazards"}:
        setattr(declaration, name, getattr(content, name))
    if "hazards" in content.model_fields_set:
        _keep_hazards(declaration, content.hazards)


def content_of(declaration: Declaration) -> dict[str, object]:
    """What was filled in, so that another record can begin with it; kind and reason are a record's own."""
    return {
        **{name: getattr(declaration, name) for name in (*PLAIN, "contact_phone") if name not in OWN},
        "hazards": [
            {
                "class_code": hazard.class_code,
                "exposed_count": hazard.exposed_count,
                "factors": [
                    {"factor_code": factor.factor_code, "exposed_count": factor.exposed_count}
                    for factor in hazard.factors
                ],
            }
            for hazard in declaration.hazards
        ],
    }


def snapshot(declaration: Declaration) -> dict[str, object]:
    """What the history keeps, JSON-ready; the phone masked (PLAT-05)."""
    phone = declaration.contact_phone
    return {
        **{name: getattr(declaration, name) for name in PLAIN},
        "contact_phone": phone and mask_phone(phone),
        "hazards": [
            {
                "class_code": hazard.class_code.value,
                "exposed_count": hazard.exposed_count,
                "factors": {factor.factor_code: factor.exposed_count for factor in hazard.factors},
            }
            for hazard in declaration.hazards
        ],
    }


def hazard_in_words(kept: Mapping[str, Any]) -> str:
    """One hazard of a snapshot as people read it."""
    factors = "、".join(f"{label('hazard_factors', code)} {_people(count)}" for code, count in kept["factors"].items())
    return f"{_CLASSES[kept['class_code']]} {_people(kept['exposed_count'])}" + (f"（{factors}）" if factors else "")


def _people(count: int | None) -> str:
    return "人数未填" if count is None else f"{count} 人"


def _keep_hazards(declaration: Declaration, hazards: list[HazardInput]) -> None:
    present = {hazard.class_code: hazard for hazard in declaration.hazards}
    kept = []
    for position, given in enumerate(hazards):
        hazard = present.get(given.class_code) or DeclaredClass(class_code=given.class_code, factors=[])
        hazard.position, hazard.exposed_count = position, given.exposed_count
        _keep_factors(hazard, given)
        kept.append(hazard)
    declaration.hazards = kept


def _keep_factors(hazard: DeclaredClass, given: HazardInput) -> None:
    present = {factor.factor_code: factor for factor in hazard.factors}
    kept = []
    # In the order in which they are read again, so that the paths of problems point to the same rows.
    for each in sorted(given.factors, key=lambda factor: factor.factor_code):
        factor = present.get(each.factor_code) or DeclaredFactor(factor_code=each.factor_code)
        factor.exposed_count = each.exposed_count
        kept.append(factor)
    hazard.factors = kept
