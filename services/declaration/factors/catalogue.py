"""The catalogue of hazard factors (职业病危害因素分类目录) by editions: what a code is called in the edition that a record was filled with,
which factors the form counts by themselves, and how one is found while somebody types. The key is the code, never the name: 铀及其化合物
stands in it twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from services.declaration.factors.classes import CLASSES, HazardClass
from shared.reference.pinyin import folded, initials
from shared.reference.tables import read_csv, table


@dataclass(frozen=True)
class Factor:
    """``separately`` is the short name under which the national form counts its persons by themselves, empty for all but six.
    ``unlisted`` is the entry of a class under which a factor goes that the catalogue lacks, with its own name."""

    code: str
    class_code: HazardClass
    name: str
    cas: str
    pinyin: str
    note: str
    separately: str
    unlisted: bool
    aliases: tuple[str, ...] = ()

    @cached_property
    def searched(self) -> str:
        """All that it is found by, one a line."""
        spoken = (self.name, self.separately, *self.aliases)
        letters = (self.pinyin.lower(), *map(initials, self.aliases), initials(self.separately))
        return "\n".join((*map(folded, (*spoken, self.cas)), *letters))


class Catalogue:
    """One edition; its factors in the order of the law."""

    def __init__(self, edition: str, name: str, factors: Iterable[Factor]) -> None:
        self.edition, self.name = edition, name
        self.factors = tuple(factors)
        self._by_code: Mapping[str, Factor] = {each.code: each for each in self.factors}

    def get(self, code: str) -> Factor | None:
        return self._by_code.get(code)

    def unlisted(self, class_code: HazardClass) -> Factor | None:
        """Where a factor of that class goes that this edition lacks; 其他因素 has no such entry."""
        return next((each for each in self.factors if each.class_code is class_code and each.unlisted), None)

    def named(self, name: str, class_code: HazardClass) -> Factor | None:
        """The factor of that class that is called so, or has it as another name."""
        wanted = folded(name)
        same = (each for each in self.factors if each.class_code is class_code and not each.unlisted)
        return next((each for each in same if wanted in map(folded, (each.name, each.separately, *each.aliases))), None)

    def find(
        self, query: str = "", class_code: HazardClass | None = None, *, separately: bool | None = None
    ) -> tuple[Factor, ...]:
        """Those whose name, other name, CAS number or initials contain the query, or whose code begins with it. A name that is the query,
        or begins with it, comes first."""
        wanted = folded(query)
        found = [
            each
            for each in self.factors
            if (class_code is None or each.class_code is class_code)
            and (separately is None or bool(each.separately) is separately)
            and (wanted in each.searched or folded(each.code).startswith(wanted))
        ]
        return tuple(sorted(found, key=lambda each: _rank(each, wanted)) if wanted else found)


def _rank(factor: Factor, wanted: str) -> int:
    names = [folded(each) for each in (factor.name, factor.separately, *factor.aliases) if each]
    if wanted in names or wanted == factor.code.lower():
        return 0
    return 1 if any(name.startswith(wanted) for name in names) else 2


@cache
def editions() -> tuple[Catalogue, ...]:
    """Every edition that is shipped, oldest first."""
    return tuple(_read(row.code, row.name, row.fields["file"]) for row in table("hazard_catalogues"))


def current() -> Catalogue:
    """The edition that is declared by today."""
    return editions()[-1]


def edition(name: str) -> Catalogue | None:
    """The edition of that name; None when there is none."""
    return next((each for each in editions() if each.edition == name), None)


def name_of(code: str, of: str = "") -> str:
    """What a code is called in that edition, else in the newest that has it; an unknown code is its own name."""
    own = edition(of)
    for each in (*([own] if own else []), *reversed(editions())):
        if factor := each.get(code):
            return factor.name
    return code


def _aliases() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in read_csv("hazard_factor_aliases"):
        found[line["code"]] = (*found.get(line["code"], ()), line["alias"])
    return found


def _read(name: str, title: str, file: str) -> Catalogue:
    aliases = _aliases()
    return Catalogue(
        name,
        title,
        (
            Factor(
                code=line["code"],
                class_code=CLASSES[line["class"]],
                name=line["name"],
                cas=line["cas"],
                pinyin=line["pinyin"],
                note=line["note"],
                separately=line["declared_separately"],
                unlisted=line["is_catch_all"] == "1",
                aliases=aliases.get(line["code"], ()),
            )
            for line in read_csv(file)
        ),
    )


FORM_COUNTS: Final = ("矽尘", "煤尘", "石棉粉尘", "铅", "苯", "噪声")
"""The factors that the national form counts by themselves, as ``Factor.separately`` says them."""
