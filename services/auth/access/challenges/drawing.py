"""Draws the picture of a picture check: characters scattered over a restless ground, and a strip below that shows in which order to click
some of them. It owns how the picture looks and where its characters stand; who may ask for one, and what an answer opens, is not its
business.
"""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path, serif_path

WIDTH, SCENE_HEIGHT, STRIP_HEIGHT = 360, 320, 48
HEIGHT = SCENE_HEIGHT + STRIP_HEIGHT
WANTED = 3
# Whoever sees where characters are and reads none of them clicks the right ones once in 17 · 16 · 15 = 4080 pictures, or less often.
FEWEST, MOST = 17, 19
INSTRUCTION = "请依次点击："

# Common, and no two of them alike: nobody fails because 己 and 已 were in one picture.
CHARACTERS = (
    "山水花鸟鱼虫风云雨雪星月春夏秋冬江湖松竹梅兰桃李杏荷草叶林石金木火田园路桥车船马牛羊鸡狗兔虎龙象"
    "红黄蓝绿白黑东西南北高低远近早晚冷热安康乐美书画歌舞琴棋门窗灯笔纸茶米果糖盐饭菜杯碗衣帽鞋伞钟镜"
)
_COLOURS = ((176, 24, 40), (20, 72, 160), (0, 98, 60), (110, 32, 130), (150, 66, 0), (40, 44, 52), (0, 88, 110))
_SIZES = range(32, 47)
# Of a character's size: how near its middle a click counts. No two of these circles touch.
_NEAR = 0.72
_MOST_DEGREES = 38
_THROWS = 400
_random = secrets.SystemRandom()


@dataclass(frozen=True)
class Spot:
    """Where a click counts: the middle of a character and the distance that is near enough, in picture pixels."""

    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class Picture:
    """``image`` is WebP; ``spots`` are those to click, in order."""

    image: bytes
    spots: tuple[Spot, ...]


def draw_picture() -> Picture:
    """A fresh picture of ``WIDTH`` × ``HEIGHT`` pixels. Some 40 ms of work: call it in a thread, one at a time."""
    spots = _places()
    characters = _random.sample(CHARACTERS, len(spots))
    picture = _ground()
    for character, spot in zip(characters, spots, strict=True):
        _scatter(picture, character, spot)
    _scratch(picture)
    _write_strip(picture, characters[:WANTED])
    out = BytesIO()
    picture.save(out, "WEBP", quality=72, method=1)
    return Picture(out.getvalue(), tuple(spots[:WANTED]))


@lru_cache(maxsize=64)
def _font(size: int, *, serif: bool) -> ImageFont.FreeTypeFont:
    """FreeType reads the outlines it needs from the file and no others."""
    return ImageFont.truetype(str(serif_path() if serif else sans_path()), size)


def _places() -> list[Spot]:
    """Thrown one after the other, each where it touches none before; a throw that leaves no room for the last begins anew. In no order, so
    that those to click are neither the large nor the early ones."""
    spots: list[Spot] = []
    number, throws = _random.randint(FEWEST, MOST), 0
    while len(spots) < number:
        throws += 1
        if throws % _THROWS == 0:
            spots.clear()
        radius = round(_random.choice(_SIZES) * _NEAR)
        x = _random.randint(radius, WIDTH - radius)
        y = _random.randint(radius, SCENE_HEIGHT - radius)
        if all(math.dist((x, y), (each.x, each.y)) > radius + each.radius for each in spots):
            spots.append(Spot(x, y, radius))
    _random.shuffle(spots)
    return spots


def _ground() -> Image.Image:
    """Pale patches of colour that run into each other, with grain."""
    patches = Image.frombytes("RGB", (9, 7), bytes(_random.randrange(196, 250) for _ in range(9 * 7 * 3)))
    ground = patches.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((WIDTH, HEIGHT), 40).convert("RGB")
    ground = Image.blend(ground, grain, 0.12)
    pen = ImageDraw.Draw(ground)
    for _ in range(14):
        x, y, size = _random.randrange(WIDTH), _random.randrange(SCENE_HEIGHT), _random.randrange(12, 60)
        box = (x - size, y - size, x + size, y + size)
        start = _random.randrange(360)
        pen.arc(box, start, start + _random.randrange(60, 300), fill=_pale(), width=_random.randint(1, 3))
    return ground


def _pale() -> tuple[int, int, int]:
    return _random.randrange(140, 200), _random.randrange(140, 200), _random.randrange(140, 200)


def _scatter(picture: Image.Image, character: str, spot: Spot) -> None:
    """One character, leaning and turned, with a light rim that keeps it apart from the ground."""
    size = round(spot.radius / _NEAR)
    glyph = _glyph(character, size, serif=_random.random() < 0.3, fill=_random.choice(_COLOURS))
    lean = _random.uniform(-0.25, 0.25)
    middle = glyph.height / 2
    glyph = glyph.transform(
        glyph.size, Image.Transform.AFFINE, (1, lean, -lean * middle, 0, 1, 0), Image.Resampling.BILINEAR
    )
    glyph = glyph.rotate(_random.uniform(-_MOST_DEGREES, _MOST_DEGREES), Image.Resampling.BICUBIC)
    picture.paste(glyph, (spot.x - glyph.width // 2, spot.y - glyph.height // 2), glyph)


def _glyph(character: str, size: int, *, serif: bool, fill: tuple[int, int, int]) -> Image.Image:
    side = round(size * 1.6)
    glyph = Image.new("RGBA", (side, side), (*fill, 0))
    ImageDraw.Draw(glyph).text(
        (side / 2, side / 2),
        character,
        font=_font(size, serif=serif),
        fill=fill,
        anchor="mm",
        stroke_width=2,
        stroke_fill=(255, 255, 255, 170),
    )
    return glyph


def _scratch(picture: Image.Image) -> None:
    """Thin lines across everything: a person looks past them, a cutter of characters does not."""
    pen = ImageDraw.Draw(picture)
    for height in _random.sample(range(20, SCENE_HEIGHT - 20), 5):
        line = [(x, height + _random.randint(-22, 22)) for x in range(0, WIDTH + 30, 30)]
        pen.line(line, fill=_random.choice(_COLOURS), width=1, joint="curve")


def _write_strip(picture: Image.Image, wanted: Sequence[str]) -> None:
    """The order, drawn too, so that it is no text for a program either."""
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, SCENE_HEIGHT, WIDTH, HEIGHT), fill=(252, 252, 252))
    middle = SCENE_HEIGHT + STRIP_HEIGHT // 2
    pen.text((12, middle), INSTRUCTION, font=_font(22, serif=False), fill=(40, 44, 52), anchor="lm")
    for number, character in enumerate(wanted):
        glyph = _glyph(character, 32, serif=_random.random() < 0.3, fill=_random.choice(_COLOURS))
        glyph = glyph.rotate(_random.uniform(-12, 12), Image.Resampling.BICUBIC)
        x = 180 + 60 * number + _random.randint(-4, 4)
        picture.paste(glyph, (x - glyph.width // 2, middle - glyph.height // 2), glyph)
