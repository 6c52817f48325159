"""Which passwords are good enough: the policies of the portals as data, their rules in words, every rule that a password breaks, at
once, and whether it is one that everybody tries first. Hashing, history and lock-out belong to the auth service.
"""

import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Final

UPPER: Final = frozenset(string.ascii_uppercase)
LOWER: Final = frozenset(string.ascii_lowercase)
DIGITS: Final = frozenset(string.digits)
SPECIALS_AS_LISTED: Final = "@#%^&*()_+!~¥={}:;'\\\",<>|.【】—、"
"""AUTH-15, in the manual's order."""
LISTED_SPECIALS: Final = frozenset(SPECIALS_AS_LISTED)
# The initial password that the old manual prints for everybody; it passes the rules (X15).
_PRINTED: Final = "js#mmgl%86!*"


_SIGNS: Final = string.punctuation + SPECIALS_AS_LISTED


@dataclass(frozen=True)
class PasswordPolicy:
    """``specials`` None: any character may stand beside letters and digits, and none has to."""

    name: str
    min_length: int = 8
    max_length: int = 16
    specials: frozenset[str] | None = None
    refuse_runs: bool = False


TRAINING: Final = PasswordPolicy("training", specials=LISTED_SPECIALS, refuse_runs=True)
OFFICIALS: Final = PasswordPolicy("officials", specials=LISTED_SPECIALS, refuse_runs=True)
DECLARATION: Final = PasswordPolicy("declaration")
COMMON: Final = (
    "不能使用常见的、容易被猜到的密码（以符号或数字代替字母的也不行），也不能包含登录账号、单位名称或手机号码"
)
# What is typed for a letter (P@ssw0rd); 1 and ! stand for two.
_LEET: Final = (str.maketrans("@4830!1$579+", "aabeoiisstgt"), str.maketrans("@4830!1$579+", "aabeollsstgt"))
_SHORTEST_WORD: Final = 5
_SHORTEST_OWN: Final = 4
POLICIES: Final = {policy.name: policy for policy in (TRAINING, OFFICIALS, DECLARATION)}


@dataclass(frozen=True)
class RuleBroken:
    """``code`` is one of length, classes, charset, sequence, repeat, common; ``message`` is Chinese and names what is wrong."""

    code: str
    message: str


@dataclass(frozen=True)
class Rule:
    """A rule as it is told before anything is typed; ``code`` is that of ``RuleBroken``."""

    code: str
    text: str


def rules_of(policy: PasswordPolicy) -> list[Rule]:
    """The policy in words, in the order in which ``broken_rules`` answers."""
    classes = "大写字母、小写字母和数字" if policy.specials is None else "大写字母、小写字母、数字和特殊字符"
    rules = [
        Rule("length", f"{policy.min_length}–{policy.max_length} 位"),
        Rule("classes", f"必须包含{classes}"),
    ]
    if policy.specials is not None:
        listed = " ".join(char for char in SPECIALS_AS_LISTED if char in policy.specials)
        rules.append(Rule("charset", f"特殊字符限于：{listed}"))
    if policy.refuse_runs:
        rules.append(Rule("sequence", "不能有连续 3 位顺序或逆序的字母或数字，如 123、cba"))
        rules.append(Rule("repeat", "不能有连续 3 位相同的字符，如 aaa"))
    return [*rules, Rule("common", COMMON)]


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    # Loaded when first asked for: it takes 60 ms and 15 MB, and most processes never see a new password.
    listed: list[str] = import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS["passwords"]
    return frozenset(word.casefold() for word in listed)


def is_common(password: str) -> bool:
    """Whether it is one of the thirty thousand that are tried first, in any case and whatever signs stand around it (``Passw0rd!``),
    or the one that was printed (X15). The policies do not know this: some of these passwords keep every rule of theirs."""
    folded = password.casefold()
    bare = folded.strip(_SIGNS)
    return folded == _PRINTED or not _common_passwords().isdisjoint({folded, bare, *_words_in(folded)})


def _words_in(folded: str) -> set[str]:
    """The words that were dressed up as this password: digits for letters, digits and signs around them (``P@ssw0rd1``)."""
    bodies = {folded, folded.strip(_SIGNS), folded.strip(_SIGNS + string.digits), folded.rstrip(_SIGNS + string.digits)}
    spelled = {body.translate(table) for body in bodies for table in _LEET}
    return {word for word in spelled | bodies if len(word) >= _SHORTEST_WORD}


def is_own(password: str, known: Iterable[str]) -> bool:
    """Whether it holds something that everybody knows of its owner: a login name, a unit's name or its initials, a phone or its last six
    digits; in any case, and with signs or digits for letters."""
    told = {word.casefold() for word in known}
    words = [word for word in told | {word[-6:] for word in told if word.isdecimal()} if len(word) >= _SHORTEST_OWN]
    typed = password.casefold()
    plain = "".join(char for char in typed if char.isalnum())
    return any(
        word.translate(table) in each.translate(table)
        for word in words
        for each in (typed, plain)
        for table in ({}, *_LEET)
    )


def broken_rules(password: str, policy: PasswordPolicy) -> list[RuleBroken]:
    """Every rule of the policy that the password breaks, in a fixed order; empty when it is good.

    AUTH-13, AUTH-14, AUTH-15 and X16 for training and officials; AUTH-24 and X17 for declaration.
    """
    broken = []
    if not policy.min_length <= len(password) <= policy.max_length:
        message = f"密码长度应为 {policy.min_length}–{policy.max_length} 位，现为 {len(password)} 位"
        broken.append(RuleBroken("length", message))
    if missing := _missing_classes(password, policy):
        broken.append(RuleBroken("classes", f"密码还缺少：{'、'.join(missing)}"))
    if refused := _refused_characters(password, policy):
        broken.append(RuleBroken("charset", f"密码中不能使用：{' '.join(refused)}"))
    if policy.refuse_runs:
        broken += _runs(password)
    return broken


def _missing_classes(password: str, policy: PasswordPolicy) -> list[str]:
    wanted = {"大写字母": UPPER, "小写字母": LOWER, "数字": DIGITS}
    if policy.specials is not None:
        wanted["特殊字符"] = policy.specials
    return [name for name, members in wanted.items() if members.isdisjoint(password)]


def _refused_characters(password: str, policy: PasswordPolicy) -> list[str]:
    if policy.specials is None:
        return []
    allowed = UPPER | LOWER | DIGITS | policy.specials
    refused = dict.fromkeys(char for char in password if char not in allowed)
    return ["空格" if char == " " else char if char.isprintable() else f"U+{ord(char):04X}" for char in refused]


def _runs(password: str) -> list[RuleBroken]:
    """The first run of three of each kind; letters are compared without case, specials only for repeats (X16)."""
    found: dict[str, RuleBroken] = {}
    for start in range(len(password) - 2):
        three = password[start : start + 3]
        folded = three.lower()
        steps = (ord(folded[1]) - ord(folded[0]), ord(folded[2]) - ord(folded[1]))
        same_class = LOWER.issuperset(folded) or DIGITS.issuperset(folded)
        if steps in {(1, 1), (-1, -1)} and same_class:
            found.setdefault("sequence", RuleBroken("sequence", f"不能有连续 3 位顺序或逆序的字符：{three}"))
        if steps == (0, 0):
            found.setdefault("repeat", RuleBroken("repeat", f"不能有连续 3 位相同的字符：{three}"))
    return list(found.values())
