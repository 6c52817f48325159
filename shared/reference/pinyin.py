"""Chinese text made sortable and searchable by pinyin: the database sorts by bytes and cannot index parts of words.

How any part of a name is found (PLAT-08). A row stores ``search_pieces(name)`` in a GIN-indexed ``text[]``, and the two
texts ``folded(name)`` and ``initials(name)``. A query q becomes::

    pieces @> query_pieces(q) AND (name_folded LIKE like_pattern(q) OR name_initials LIKE like_pattern(q))

The pieces narrow the rows by index; the LIKE drops those that hold all the pieces of q, but not side by side.
"""

import os
import re
import unicodedata
from functools import lru_cache

# The library's own table of phrases takes 35 MB in every process and helps no person's name; below are the words of our field
# whose characters are not read by their first reading.
os.environ["PYPINYIN_NO_PHRASES"] = "true"

from pypinyin import Style, lazy_pinyin, load_phrases_dict

from shared.glyphs import real
from shared.identifiers import DOT, DOTS, without_marks
from shared.reference.surnames import READINGS, surname_of

PHRASES = {
    "重庆": ("chóng", "qìng"),
    "长沙": ("cháng", "shā"),
    "长春": ("cháng", "chūn"),
    "长治": ("cháng", "zhì"),
    "长兴": ("cháng", "xīng"),
    "长江": ("cháng", "jiāng"),
    "厦门": ("xià", "mén"),
    "蚌埠": ("bèng", "bù"),
    "六安": ("lù", "ān"),
    "六合": ("lù", "hé"),
    "台州": ("tāi", "zhōu"),
    "丽水": ("lí", "shuǐ"),
    "乐清": ("yuè", "qīng"),
    "乐山": ("lè", "shān"),
    "朝阳": ("cháo", "yáng"),
    "番禺": ("pān", "yú"),
    "银行": ("yín", "háng"),
}
load_phrases_dict({word: [[syllable] for syllable in syllables] for word, syllables in PHRASES.items()})

# Pieces of so many characters stand in the index as they are.
INDEXED_LENGTH = 2
_SPACE = re.compile(r"\s+")
_ONE_DOT = str.maketrans(dict.fromkeys(DOTS, DOT))


def folded(text: str) -> str:
    """The form in which text is compared: NFKC, lower case, every dot as ``·``, without blanks and format characters."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", real(without_marks(text))).lower()).translate(_ONE_DOT)


def same_name(one: str, other: str) -> bool:
    """Whether both are one name: what every comparison of whole names asks."""
    return folded(one) == folded(other)


@lru_cache(maxsize=4096)
def sort_key(text: str) -> str:
    """A key that sorts by bytes as Chinese sort by pinyin: toneless syllables, then the text itself as tie-break.

    Syllables are divided by a space and the text by a tab, both below every letter, so that 安 stands before 安安.
    """
    syllables = lazy_pinyin(unicodedata.normalize("NFKC", text).lower())
    return " ".join(part.strip() for part in syllables) + "\t" + text


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """First letters of the syllables, letters and digits as they are: ``njyy2`` for 南京医院2."""
    return "".join(
        char for char in "".join(lazy_pinyin(folded(text), style=Style.FIRST_LETTER)).lower() if char.isalnum()
    )


@lru_cache(maxsize=4096)
def person_key(name: str) -> str:
    """``sort_key`` by the surname's own reading: 曾 among Z."""
    plain = unicodedata.normalize("NFKC", name).lower()
    surname = surname_of(plain)
    if not surname:
        return sort_key(name)
    return " ".join((*READINGS[surname][0], *lazy_pinyin(plain[len(surname) :]))) + "\t" + name


def person_initials(name: str) -> list[str]:
    """By each reading of the surname, and as the characters are read first: people search by any."""
    plain = folded(name)
    surname = surname_of(plain)
    rest = initials(plain[len(surname) :])
    own = ("".join(syllable[0] for syllable in reading) + rest for reading in READINGS.get(surname, ()))
    return list(dict.fromkeys((*own, initials(name))))


def person_text(name: str) -> str:
    """``search_text`` of a person: the folded name, then its initials by each reading, one a line."""
    return "\n".join((folded(name), *person_initials(name)))


def person_pieces(name: str) -> list[str]:
    """``search_pieces`` of a person."""
    return sorted(_pieces(folded(name)).union(*map(_pieces, person_initials(name))))


def search_text(text: str) -> str:
    """The folded text and its initials, one a line: what one LIKE looks through."""
    return f"{folded(text)}\n{initials(text)}"


def search_pieces(text: str) -> list[str]:
    """Distinct pieces of one and two characters, of the folded text and of its initials, sorted."""
    return sorted(_pieces(folded(text)) | _pieces(initials(text)))


def query_pieces(query: str) -> list[str]:
    """The pieces that a row must all contain to be able to match; empty for a blank query, which matches every row.

    Only pairs for two characters and more: each pair implies its single characters.
    """
    text = folded(query)
    return [text] if len(text) == 1 else sorted({text[at : at + 2] for at in range(len(text) - 1)})


def like_pattern(query: str) -> str:
    """``%query%`` for LIKE against ``folded`` text or ``initials``, with ``\\`` as the escape character."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", folded(query)) + "%"


def _pieces(text: str) -> set[str]:
    return set(text) | {text[at : at + 2] for at in range(len(text) - 1)}
