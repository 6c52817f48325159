"""What a person's file says beside the number, and the number otherwise (TRN-10). It warns and stands in nobody's way: a file may be right
where a number was issued wrongly.
"""

from shared.errors import FieldError
from shared.identifiers import sex_of


def contradictions(resident_id: str | None, sex: str | None) -> list[FieldError]:
    """The sex that is not the one of the number; nothing while either is not there yet."""
    if not resident_id or not sex or sex == (of_number := sex_of(resident_id)):
        return []
    message = f"性别为“{sex}”，与身份证号（{of_number}）不一致，请核对；确实如此的不影响保存"
    return [FieldError("sex", "sex_contradicts_number", message)]
