"""What is under a key is found by its type when keys are changed: no column holds it under another (PLAT-05)."""

import pytest
from sqlalchemy import LargeBinary

from ops.rekey import tables_of
from shared.db.types import BlindIndex
from shared.services import Service

pytestmark = pytest.mark.req("PLAT-05")
# Bytes that no key of the platform's settings has made, or that are gone before a change of keys has ended.
PLAIN = {
    "codes.code_hash",
    "history.content",
    "history.digest",
    "history.digest_v1",
    "history_digests.digest",
    "history_digests.signature",
    "kept_answers.request_digest",
    "used_proofs.digest",
}
# Without what they were made of: they go by themselves within two days, their rows or the index alone.
PASSING = {"codes.named", "codes.phone_index", "day_counts.address_index", "guesses.name_index", "texts.phone_index"}


def test_bytes_are_encrypted_indexed_or_known_to_be_plain() -> None:
    columns = [column for service in Service for table in tables_of(service) for column in table.columns]
    assert {str(column) for column in columns if type(column.type) is LargeBinary} == PLAIN


def test_an_index_is_made_of_its_own_row_or_goes_by_itself() -> None:
    for service in Service:
        for table in tables_of(service):
            for column in table.columns:
                if isinstance(column.type, BlindIndex) and str(column) not in PASSING:
                    assert column.type.source is not None, column
                    assert column.type.source.column in table.columns


def test_each_place_of_an_index_that_is_single_has_its_own_constraint() -> None:
    for service in Service:
        for table in tables_of(service):
            names = {
                str(index.name) for index in table.indexes if index.unique and str(index.name)[-2:] in {"_1", "_2"}
            }
            assert {name[:-1] for name in names if name.endswith("_1")} == {
                name[:-1] for name in names if name.endswith("_2")
            }
