"""Surnames that are not read as the character is read first (PLAT-08): what Chinese people are called, not what the character means."""

# A surname and its readings without tones, by which its people sort first; a second reading is one that other families of the surname use.
_WRITTEN = """
曾 zeng, 单 shan, 仇 qiu, 查 zha, 解 xie, 区 ou, 朴 piao, 盖 ge gai, 缪 miao mou, 乜 nie, 员 yun, 贠 yun,
秘 bi, 洗 xian, 折 she, 种 chong, 翟 zhai di, 覃 qin tan, 宓 mi fu, 召 shao, 黑 he hei, 重 chong, 祭 zhai,
谌 chen shen, 郇 xun huan, 繁 po, 乐 yue le, 卜 bu, 不 fou, 能 nai, 郗 xi chi, 阚 kan, 佴 nai, 薄 bo, 都 du,
句 gou, 角 jue, 隗 wei kui, 粘 nian, 藏 zang, 牟 mou mu, 晟 cheng sheng, 郄 qie xi, 费 fei bi,
镡 tan chan, 任 ren, 华 hua, 纪 ji, 燕 yan, 尉迟 yu-chi, 万俟 mo-qi, 澹台 tan-tai, 单于 chan-yu,
中行 zhong-hang, 长孙 zhang-sun, 乐正 yue-zheng, 子车 zi-ju
"""
Syllables = tuple[str, ...]


def _read(entry: str) -> tuple[str, tuple[Syllables, ...]]:
    surname, *readings = entry.split()
    return surname, tuple(tuple(reading.split("-")) for reading in readings)


READINGS: dict[str, tuple[Syllables, ...]] = dict(_read(entry) for entry in _WRITTEN.split(",") if entry.strip())


def surname_of(name: str) -> str:
    """The surname among these that the name begins with, of two characters before one; empty for every other name."""
    return next((name[:length] for length in (2, 1) if name[:length] in READINGS), "")
