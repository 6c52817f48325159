"""危害因素类别, by the codes of the catalogue (DECL-06)."""

from collections.abc import Mapping
from typing import Final

from shared.workflow.definition import Labelled


class HazardClass(Labelled):
    """A class of the catalogue."""

    DUST = "dust", "粉尘"
    CHEMICAL = "chem", "化学因素"
    PHYSICAL = "phys", "物理因素"
    RADIATION = "rad", "放射性因素"
    BIOLOGICAL = "bio", "生物因素"
    OTHER = "oth", "其他因素"


CLASSES: Final[Mapping[str, HazardClass]] = {each.value: each for each in HazardClass}
# DECL-06, FAQ-D5: with nothing but these, occupational health surveillance cannot be 已开展.
WITHOUT_SURVEILLANCE: Final = frozenset({HazardClass.BIOLOGICAL, HazardClass.OTHER})
