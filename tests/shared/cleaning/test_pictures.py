"""A picture that is encoded anew looks like its source, whatever it was, and holds nothing else of it."""

import io
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFile, ImageOps

from shared.cleaning import pictures, refusals
from shared.cleaning.pictures import clean_picture
from shared.errors import AppError
from tests.shared.cleaning.pngs import CHANNELS, EVERY, GREY, GREY_ALPHA, PALETTE, RGB, Png

pytestmark = pytest.mark.req("PLAT-07")
FEW_LEVELS = 2
OF_JPEG = 12


@st.composite
def pngs(draw: st.DrawFn) -> Png:
    """Of any colour type and depth, with and without a transparent colour that some of its pixels have."""
    colour, depth = draw(st.sampled_from(EVERY))
    width, height = draw(st.integers(1, 9)), draw(st.integers(1, 6))
    palette = (
        draw(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=1 << depth))
        if colour == PALETTE
        else []
    )
    most = len(palette) - 1 if palette else (1 << depth) - 1
    pixel = st.tuples(*[st.integers(0, most)] * CHANNELS[colour])
    rows = draw(st.lists(st.lists(pixel, min_size=width, max_size=width), min_size=height, max_size=height))
    clear = None
    if colour == PALETTE and draw(st.booleans()):
        clear = draw(st.lists(st.integers(0, 255), min_size=1, max_size=len(palette)))
    elif colour in {GREY, RGB} and draw(st.booleans()):
        clear = list(rows[0][0])
    return Png(colour, depth, rows, palette, clear)


def kept(data: bytes, form: str = "PNG") -> Image.Image:
    with Image.open(io.BytesIO(clean_picture(data, form=form)[1])) as image:
        image.load()
        return image


def far(one: Image.Image, other: Image.Image) -> float:
    """The greatest mean difference of a channel, in levels."""
    return max(
        sum(level * count for level, count in enumerate(band.histogram())) / (one.width * one.height)
        for band in ImageChops.difference(one, other).split()
    )


def jpeg(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, **options)
    return out.getvalue()


def coloured(size: tuple[int, int] = (64, 48)) -> Image.Image:
    bands = [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)]
    return Image.merge("RGB", [band.resize(size) for band in bands])


class TestPng:
    @given(pngs())
    def test_every_colour_type_and_depth_looks_like_its_source(self, source: Png) -> None:
        made = kept(source.data()).convert("RGBA")
        for seen, meant in zip(made.get_flattened_data(), source.shown(), strict=True):
            assert isinstance(seen, tuple)
            assert abs(seen[3] - meant[3]) <= FEW_LEVELS, (seen, meant)
            if meant[3] > FEW_LEVELS:
                assert max(abs(a - b) for a, b in zip(seen[:3], meant[:3], strict=True)) <= FEW_LEVELS, (seen, meant)

    def test_grey_of_sixteen_bits_is_scaled_over_its_whole_range(self) -> None:
        source = Png(GREY, 16, [[(value * 257,) for value in range(256)]])
        made = kept(source.data())
        assert (made.mode, list(made.get_flattened_data())) == ("L", list(range(256)))

    def test_grey_stays_grey(self) -> None:
        assert kept(Png(GREY, 1, [[(0,), (1,)]]).data()).mode == "L"
        assert kept(Png(GREY_ALPHA, 8, [[(0, 9)]]).data()).mode == "LA"

    @pytest.mark.parametrize(("size", "good"), [((6000, 6000), True), ((6001, 6000), False)])
    def test_as_many_pixels_as_a_scan_may_have(
        self, size: tuple[int, int], good: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pictures, "_in_eight_bits", lambda image, _: image.resize((1, 1)))
        out = io.BytesIO()
        Image.new("1", size).save(out, "PNG")
        with nullcontext() if good else pytest.raises(refusals.ImageTooLarge):
            assert clean_picture(out.getvalue(), form="PNG")[1]


class TestJpeg:
    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
    @pytest.mark.parametrize("progressive", [False, True])
    def test_one_three_and_four_components_look_like_their_source(self, mode: str, progressive: bool) -> None:
        source = coloured().convert(mode)
        shown = source if mode == "L" else source.convert("RGB")
        made = kept(jpeg(source, progressive=progressive), "JPEG")
        assert made.mode == shown.mode
        assert far(made, shown) < OF_JPEG

    def test_four_components_without_the_mark_of_adobe_are_not_inverted(self) -> None:
        source = Image.new("CMYK", (32, 32), (200, 30, 30, 20))
        # Pillow writes inverted inks and Adobe's mark; without the mark a reader takes them as they stand.
        marked = jpeg(source.point([255 - ink for ink in range(256)] * 4))
        at = marked.index(b"\xff\xee")
        plain = marked[:at] + marked[at + 2 + int.from_bytes(marked[at + 2 : at + 4]) :]
        assert far(kept(plain, "JPEG"), source.convert("RGB")) < OF_JPEG
        assert far(kept(jpeg(source), "JPEG"), source.convert("RGB")) < OF_JPEG

    @pytest.mark.parametrize(("most", "size"), [(64 * 48, (64, 48)), (64 * 48 - 1, (32, 24)), (200, (16, 12))])
    def test_a_large_one_is_made_smaller_while_it_is_decoded(
        self, most: int, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pictures, "MAX_PIXELS", most)
        made = kept(jpeg(coloured()), "JPEG")
        assert made.size == size
        assert far(made, coloured().resize(size, Image.Resampling.BOX)) < OF_JPEG

    def test_one_that_stays_too_large_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pictures, "MAX_PIXELS", 10)
        with pytest.raises(refusals.ImageTooLarge):
            clean_picture(jpeg(coloured()), form="JPEG")
        monkeypatch.undo()
        monkeypatch.setattr(pictures, "MAX_JPEG_PIXELS", 64 * 48 - 1)
        monkeypatch.setattr(
            Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS
        )  # set anew for the whole process, and so given back
        with pytest.raises(refusals.ImageTooLarge):
            clean_picture(jpeg(coloured()), form="JPEG")


class TestTheRest:
    @pytest.mark.parametrize("form", ["JPEG", "PNG"])
    @pytest.mark.parametrize("turn", range(1, 9))
    def test_a_turned_one_stands_upright_and_says_nothing_more(self, turn: int, form: str) -> None:
        exif = Image.Exif()
        exif[0x0112], exif[0x010E] = turn, "secret place"
        out = io.BytesIO()
        coloured().save(out, form, exif=exif)
        with Image.open(io.BytesIO(out.getvalue())) as turned:
            upright = ImageOps.exif_transpose(turned)
        _, data = clean_picture(out.getvalue(), form=form)
        assert b"secret" not in data
        with Image.open(io.BytesIO(data)) as made:
            assert (made.size, dict(made.getexif())) == (upright.size, {})
            assert far(made.convert("RGB"), upright.convert("RGB")) < OF_JPEG

    def test_half_a_picture_is_damaged_whatever_another_library_has_switched_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
        out = io.BytesIO()
        Image.effect_noise((80, 80), 60).save(out, "PNG")
        with pytest.raises(AppError) as caught:
            clean_picture(out.getvalue()[: len(out.getvalue()) // 2], form="PNG")
        assert caught.value.code == "file_damaged"
