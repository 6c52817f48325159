"""Two people of one name in a list are told apart by their resident ids, masked; of everybody else none is shown (PLAT-05)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from services.training.people.personnel.models import StaffMember
from shared.crypto import mask_resident_id
from shared.reference.pinyin import folded

K = TypeVar("K")


def masked_ids(people: Iterable[tuple[K, StaffMember]]) -> dict[K, str]:
    """Key → masked id, of those whose name another person among them has as well; who is there twice is one person."""
    by_name: defaultdict[str, list[tuple[K, StaffMember]]] = defaultdict(list)
    for key, staff in people:
        by_name[folded(staff.name)].append((key, staff))
    namesakes = (same for same in by_name.values() if len({staff.person_id for _, staff in same}) > 1)
    return {key: mask_resident_id(staff.resident_id) for same in namesakes for key, staff in same}
