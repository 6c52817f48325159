"""Personal numbers at rest, in events, in lists and in QR codes."""

import pickle

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared.blind_index import is_same, parts_of
from shared.crypto import (
    DecryptionFailed,
    FieldCipher,
    Sealed,
    key_id,
    mask_phone,
    mask_resident_id,
    read_short,
    sign_short,
    tokens_rotated,
)

CLEAR = "320102199003078238"
INDEX_KEY = "i" * 32
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
CIPHER = FieldCipher((NEW,), (INDEX_KEY,))


@pytest.mark.req("PLAT-05")
class TestFieldCipher:
    def test_clear_text_comes_back_and_is_not_in_the_token(self) -> None:
        token = CIPHER.encrypt(CLEAR)
        assert CLEAR.encode() not in token
        assert CIPHER.decrypt(token) == CLEAR

    def test_same_text_gives_other_tokens_but_one_index(self) -> None:
        assert CIPHER.encrypt(CLEAR) != CIPHER.encrypt(CLEAR)
        assert CIPHER.blind_index(CLEAR) == CIPHER.blind_index(CLEAR)
        assert len(CIPHER.blind_index(CLEAR)) == 33

    def test_index_depends_on_text_and_key(self) -> None:
        assert CIPHER.blind_index(CLEAR) != CIPHER.blind_index(CLEAR[::-1])
        assert CIPHER.blind_index(CLEAR) != FieldCipher((NEW,), ("j" * 32,)).blind_index(CLEAR)

    def test_rotation_moves_to_the_first_key(self) -> None:
        old_token = FieldCipher((OLD,), (INDEX_KEY,)).encrypt(CLEAR)
        both = FieldCipher((NEW, OLD), (INDEX_KEY,))
        assert both.decrypt(old_token) == CLEAR
        assert CIPHER.decrypt(both.rotate(old_token)) == CLEAR

    def test_a_token_names_its_key_and_nothing_else_of_it(self) -> None:
        token = CIPHER.encrypt(CLEAR).decode()
        assert token.startswith(f"{key_id('field', NEW)}.gAAAA")
        assert NEW not in token

    def test_a_token_of_before_keys_had_names_is_read_and_gets_one(self) -> None:
        bare = Fernet(OLD).encrypt(CLEAR.encode())
        both = FieldCipher((NEW, OLD), (INDEX_KEY,))
        assert both.decrypt(bare) == CLEAR
        assert both.rotate(bare).startswith(both.newest)
        assert Sealed(bare.decode()).open(both) == CLEAR

    def test_tokens_in_a_text_are_rotated_and_the_rest_stays(self) -> None:
        old = FieldCipher((OLD,), (INDEX_KEY,)).encrypt(CLEAR).decode()
        both = FieldCipher((NEW, OLD), (INDEX_KEY,))
        newest = both.encrypt(CLEAR).decode()
        text = tokens_rotated(both, f'{{"a": "{old}", "b": ["{newest}", "gAAAA"]}}')
        assert old not in text
        assert newest in text
        assert CIPHER.decrypt(text[7 : text.index('", "b"')].encode()) == CLEAR

    def test_an_index_has_a_part_for_each_key(self) -> None:
        first, both = FieldCipher((NEW,), (INDEX_KEY,)), FieldCipher((NEW,), ("2:" + "j" * 32, INDEX_KEY))
        assert [part[0] for part in parts_of(both.blind_index(CLEAR))] == [2, 1]
        assert is_same(first.blind_index(CLEAR), both.blind_index(CLEAR))
        assert not is_same(first.blind_index(CLEAR[::-1]), both.blind_index(CLEAR))

    def test_a_keyed_hash_is_known_by_every_key(self) -> None:
        first, both = FieldCipher((NEW,), (INDEX_KEY,)), FieldCipher((NEW,), ("2:" + "j" * 32, INDEX_KEY))
        assert both.is_hash_of(first.keyed_hashes(CLEAR)[0], CLEAR)
        assert not first.is_hash_of(both.keyed_hashes(CLEAR)[0], CLEAR)

    def test_foreign_token_is_refused(self) -> None:
        token = FieldCipher((OLD,), (INDEX_KEY,)).encrypt(CLEAR)
        with pytest.raises(DecryptionFailed):
            CIPHER.decrypt(token)
        with pytest.raises(DecryptionFailed):
            CIPHER.rotate(token)

    def test_missing_or_short_keys_are_refused(self) -> None:
        with pytest.raises(ValueError, match="key"):
            FieldCipher((), (INDEX_KEY,))
        with pytest.raises(ValueError, match="index key"):
            FieldCipher((NEW,), ("short",))

    @pytest.mark.req("PLAT-04")
    def test_whoever_is_told_no_index_key_encrypts_and_finds_nobody(self) -> None:
        cipher = FieldCipher((NEW,), ())
        assert cipher.decrypt(cipher.encrypt(CLEAR)) == CLEAR
        for use in (cipher.blind_index, cipher.keyed_hashes, lambda clear: cipher.is_hash_of(b"", clear)):
            with pytest.raises(LookupError):
                use(CLEAR)


class Registered(BaseModel, frozen=True):
    resident_id: Sealed


@pytest.mark.req("PLAT-05")
class TestSealed:
    def test_prints_as_stars_everywhere(self) -> None:
        event = Registered(resident_id=Sealed.seal(CIPHER, CLEAR))
        assert f"{event.resident_id} {event.resident_id!r}" == "*** ***"
        assert event.resident_id.token not in repr(event)

    def test_json_is_the_token_and_reads_back(self) -> None:
        event = Registered(resident_id=Sealed.seal(CIPHER, CLEAR))
        text = event.model_dump_json()
        assert event.resident_id.token in text
        assert CLEAR not in text
        again = Registered.model_validate_json(text)
        assert again == event
        assert again.resident_id.open(CIPHER) == CLEAR

    def test_clear_text_is_refused_without_being_repeated(self) -> None:
        with pytest.raises(TypeError) as caught:
            Registered.model_validate({"resident_id": CLEAR})
        assert CLEAR not in str(caught.value)

    def test_cannot_be_changed_and_survives_pickle(self) -> None:
        sealed = Sealed.seal(CIPHER, CLEAR)
        with pytest.raises(AttributeError):
            sealed._token = "x"
        assert pickle.loads(pickle.dumps(sealed)) == sealed

    def test_schema_is_a_string(self) -> None:
        assert Registered.model_json_schema()["properties"]["resident_id"]["type"] == "string"


@pytest.mark.req("PLAT-05")
class TestMasks:
    @pytest.mark.parametrize(("number", "shown"), [(CLEAR, "3201********8238"), ("1234567", "*******"), ("", "")])
    def test_resident_id_shows_head_and_tail(self, number: str, shown: str) -> None:
        assert mask_resident_id(number) == shown

    @pytest.mark.parametrize(
        ("number", "shown"),
        [("13812345678", "138****5678"), ("025-83759999", "025****9999"), ("83759999", "********")],
    )
    def test_phone_shows_head_and_tail(self, number: str, shown: str) -> None:
        assert mask_phone(number) == shown


class TestShortSignature:
    @given(st.binary(max_size=64))
    def test_payload_comes_back(self, payload: bytes) -> None:
        assert read_short(("k",), sign_short(("k",), payload)) == payload

    @given(st.binary(max_size=24), st.data())
    def test_any_other_spelling_is_refused(self, payload: bytes, data: st.DataObject) -> None:
        token = sign_short(("k",), payload)
        place = data.draw(st.integers(0, len(token) - 1))
        other = data.draw(st.sampled_from("ABab01-_=é").filter(lambda char: char != token[place]))
        assert read_short(("k",), token[:place] + other + token[place + 1 :]) is None

    @pytest.mark.parametrize("token", ["", "A", "AAAA", "====", "中文", "a b"])
    def test_rubbish_is_refused(self, token: str) -> None:
        assert read_short(("k",), token) is None

    def test_the_unused_last_bits_give_no_second_spelling(self) -> None:
        token = sign_short(("k",), b"abc")
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        assert read_short(("k",), token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]) is None

    def test_another_key_is_refused(self) -> None:
        assert read_short(("other",), sign_short(("k",), b"payload")) is None

    def test_a_former_key_verifies_and_signs_nothing(self) -> None:
        printed = sign_short(("old",), b"payload")
        assert read_short(("new", "old"), printed) == b"payload"
        assert read_short(("new",), printed) is None
        assert sign_short(("new", "old"), b"payload") == sign_short(("new",), b"payload") != printed

    def test_token_fits_a_small_code(self) -> None:
        assert len(sign_short(("k",), bytes(16))) == 35
