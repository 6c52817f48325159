"""How a column with a place for each version of the index key is asked (PLAT-05)."""

import pytest
from sqlalchemy import select

from services.auth.access.accounts.models import Account
from services.auth.access.guesses.models import Guesses
from shared.crypto import FieldCipher
from shared.db.types import is_same_index
from tests.shared.test_crypto import CIPHER, CLEAR, INDEX_KEY, NEW

pytestmark = pytest.mark.req("PLAT-05")
BOTH = FieldCipher((NEW,), (INDEX_KEY, "2:" + "j" * 32))


@pytest.mark.parametrize(
    ("cipher", "condition"),
    [
        (CIPHER, "accounts.phone_index[1] IN (__[POSTCOMPILE_param_1])"),
        (
            BOTH,
            "accounts.phone_index[1] IN (__[POSTCOMPILE_param_1]) OR accounts.phone_index[2] IN (__[POSTCOMPILE_param_2])",
        ),
    ],
)
def test_the_place_is_written_out_so_that_its_index_serves(cipher: FieldCipher, condition: str) -> None:
    asked = select(Account.id).where(Account.phone_index == cipher.blind_index(CLEAR))
    assert condition in str(asked)


def test_many_are_asked_for_by_place_and_not_one_by_one() -> None:
    many = [BOTH.blind_index(str(number)) for number in range(1000)]
    assert str(select(Account.id).where(Account.phone_index.in_(many))).count(" IN ") == 2


def test_two_columns_are_the_same_by_any_place() -> None:
    same = str(is_same_index(Guesses.name_index, Account.name_index))
    assert same == "guesses.name_index[1] = accounts.name_index[1] OR guesses.name_index[2] = accounts.name_index[2]"


@pytest.mark.parametrize("index", [b"short", CIPHER.blind_index(CLEAR)[1:]])
def test_what_is_no_index_is_never_stored_or_asked_for(index: bytes) -> None:
    with pytest.raises(ValueError, match="not a blind index"):
        select(Account.id).where(Account.phone_index == index)
