"""Words with fields, and nothing else: ``{plan_name}`` stands for a value, any other brace is a fault. Nothing is evaluated, so that
whoever writes words can make them say a value and do nothing."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


class Fault(NamedTuple):
    """``at`` counts characters from 1."""

    at: int
    code: str
    message: str


def faults_of(words: str, known: Collection[str]) -> list[Fault]:
    """What keeps the words from being filled in, each with its place."""
    found = []
    for each in _BRACES.finditer(words):
        at = each.start() + 1
        if each[1] is None:
            told = f"第 {at} 个字“{each[0]}”没有与它成对的括号；花括号只用来标出可替换的内容，如 {{plan_name}}"
            found.append(Fault(at, "brace_alone", told))
        elif each[1] not in known:
            listed = "、".join(f"{{{name}}}" for name in sorted(known)) or "没有"
            told = f"第 {at} 个字起的“{each[0]}”不是该类消息可替换的内容；可以用的：{listed}"
            found.append(Fault(at, "unknown_field", told))
    return found


def filled(words: str, values: Mapping[str, object]) -> str:
    """The words with their values; a field without one stays as it stands, so that nothing that was saved can keep a message back."""
    return _BRACES.sub(lambda each: str(values[each[1]]) if each[1] in values else each[0], words)
