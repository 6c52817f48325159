"""Where a unit of the old list sits: a code of six digits, or a name as people write it, whole or short. A name that two counties have is
refused with both; nothing is guessed.
"""

import re
from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

_CODE: Final = re.compile(r"\d{6}")


class Places:
    """The places of a province where units sit today: (code, full name), 江苏省南京市玄武区."""

    def __init__(self, prefix: str, leaves: Iterable[tuple[str, str]]) -> None:
        self._prefix = prefix
        self.names = dict(leaves)
        self._by_name: dict[str, set[str]] = {}
        for code, full in self.names.items():
            for name in _ways(full):
                self._by_name.setdefault(name, set()).add(code)

    def find(self, written: str) -> tuple[str, str, str]:
        """(code, "", "") of the place; ("", code of the refusal, why) where there is none, or more than one."""
        text = "".join(normalize("NFKC", written).split())
        code = text[:6]
        if _CODE.fullmatch(code) and (len(text) == 6 or text[6:].strip("0") == "" or not text[6:].isdigit()):
            if code in self.names:
                return code, "", ""
            if not code.startswith(self._prefix):
                return "", "region_outside", f"“{written[:20]}”不是本省的地区，请从文件中删除该行"
            return (
                "",
                "region_unknown",
                f"没有“{written[:20]}”这个现行的区县，可能已经撤销或合并，请改为现行区县的代码或名称",
            )
        found = self._by_name.get(text, set())
        if len(found) == 1:
            return next(iter(found)), "", ""
        if found:
            both = "、".join(sorted(self.names[each] for each in found)[:4])
            return "", "region_ambiguous", f"“{written[:20]}”有多个（{both}），请写明所在的市或填写六位代码"
        return "", "region_unknown", f"没有“{written[:20]}”这个现行的区县，请改为现行区县的代码或名称"


def _ways(full: str) -> set[str]:
    """江苏省南京市玄武区, 南京市玄武区, 玄武区."""
    rest = re.sub(r"^.{2,8}?(省|自治区|市)", "", full, count=1) if "省" in full or "自治区" in full else full
    city = re.match(r"^(.{2,9}?(?:市|州|盟|地区))(.+)$", rest)
    short = city[2] if city else rest
    return {full, rest, short} - {""}
