"""How a number is written: the prefix with its placeholders filled, then the serial. Which serial is next is the repository's business,
what a prefix may look like that of ``patterns``.

No two series can come to the same number: a prefix ends in a character that is no digit, so that the digits at the end of a number are its
serial and all before them its prefix, and one series never gives a serial twice.
"""

from typing import Final

# Each with what it is when it is matched again in a filled prefix.
PLACEHOLDERS: Final = {"{year}": r"\d{4}", "{session}": r"\d+", "{region}": r"\d{0,4}"}
# How people read and write them: in brackets that no number has, as its own stand around the year.
WORDS: Final = {"{year}": "〈年份〉", "{session}": "〈期数〉", "{region}": "〈地区代码〉"}
# What phones and keyboards offer in place of the brackets of a number.
_BRACKETS: Final = str.maketrans("[［(（【]］)）】", "〔〔〔〔〔〕〕〕〕〕")


def fill(prefix: str, *, year: int, session_no: int, region_code: str) -> str:
    """The prefix of a series; {region} is the four digits of city and county. Equal prefixes share one gapless series."""
    values = {"{year}": year, "{session}": session_no, "{region}": region_code[2:6]}
    for placeholder, value in values.items():
        prefix = prefix.replace(placeholder, str(value))
    return prefix


def in_words(prefix: str) -> str:
    """The prefix with its placeholders as people read them."""
    for placeholder, words in WORDS.items():
        prefix = prefix.replace(placeholder, words)
    return prefix


def from_words(typed: str) -> str:
    """The prefix as it is kept, in whichever way its placeholders were typed."""
    for placeholder, words in WORDS.items():
        typed = typed.replace(words, placeholder)
    return typed


def number_of(prefix: str, serial: int, digits: int) -> str:
    """A filled prefix with its serial, of at least ``digits`` digits."""
    return f"{prefix}{serial:0{digits}}"


def as_written(typed: str) -> str:
    """A number, or its beginning, as somebody typed it, in the capitals and brackets of those that were given."""
    return typed.upper().translate(_BRACKETS)
