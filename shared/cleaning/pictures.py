"""A picture decoded whole, turned upright, brought to eight bits in the colours that it means, and encoded anew: nothing of the file that
came is in the one that is kept.
"""

import io
import warnings

from PIL import (
    Image,
    ImageCms,
    ImageColor,  # noqa: F401  this and the next two: Pillow imports them when it first needs them, and a bounded process opens no files
    ImageFile,
    ImageOps,
    ImagePalette,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
)

from shared.cleaning.refusals import MAX_JPEG_PIXELS, MAX_PIXELS, ImageDamaged, ImageTooLarge
from shared.errors import AppError

JPEG, PNG = "JPEG", "PNG"
JPEG_QUALITY = 90
# As small as 6 makes a scan, in a third of the time.
PNG_LEVEL = 3
_DEEP = 257
# What a sample of so few bits counts for in a transparent colour, where Pillow has brought the picture itself to eight.
_STEPS = {"L;2": 85, "L;4": 17}
Image.preinit()
warnings.simplefilter("ignore", Image.DecompressionBombWarning)


def clean_picture(data: bytes, *, form: str) -> tuple[None, bytes]:
    """``form`` is JPEG or PNG, and stays. Raises ImageTooLarge and ImageDamaged."""
    # Switches of the whole process, which other libraries turn on: a picture without its end would pass as whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as image:
            _bound(image)
            raw = str(image.tile[0].args)
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            plain = _from_press(image) if image.mode == "CMYK" else _in_eight_bits(image, raw)
    except (AppError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise ImageTooLarge from error
    except Exception as error:  # hostile bytes make a decoder raise anything; whatever it is, the file is unreadable
        raise ImageDamaged from error
    plain.info = {}  # comments, profiles and places of taking stay behind
    out = io.BytesIO()
    plain.save(out, form, quality=JPEG_QUALITY, compress_level=PNG_LEVEL)
    return None, out.getvalue()


def _bound(image: Image.Image) -> None:
    """A JPEG is made half, a quarter or an eighth of its size while it is decoded, until it fits."""
    width, height = image.size
    if width * height > MAX_JPEG_PIXELS:
        raise ImageTooLarge
    part = next((part for part in (1, 2, 4, 8) if width * height / part**2 <= MAX_PIXELS), 8)
    if image.format == JPEG and part > 1:
        image.draft(None, (max(1, width // part), max(1, height // part)))
    if image.width * image.height > MAX_PIXELS:
        raise ImageTooLarge


def _in_eight_bits(image: Image.Image, raw: str) -> Image.Image:
    """``raw`` is how the samples stood in the file."""
    transparent = image.info.get("transparency") if image.format == PNG else None
    if image.mode in {"1", "L", "I", "I;16"}:
        return _grey(image, transparent if isinstance(transparent, int) else None, raw)
    if image.mode == "LA":
        return image
    if isinstance(transparent, tuple) and raw.endswith(";16B"):
        image.info["transparency"] = tuple(sample >> 8 for sample in transparent)
    seen = image.has_transparency_data and image.format == PNG
    return image.convert("RGBA" if seen else "RGB")


def _grey(image: Image.Image, transparent: int | None, raw: str) -> Image.Image:
    """Grey of any depth. Sixteen bits are scaled: Pillow's own conversion makes everything white above 255. Fewer than eight it has scaled
    already, but not the transparent one among them."""
    if image.mode in {"I", "I;16"}:
        samples, most = image.convert("I"), 1 << 16
        grey = samples.point([(value + _DEEP // 2) // _DEEP for value in range(most)], "L")
    else:
        samples, most = image.convert("L"), 1 << 8
        grey = samples
    if transparent is None:
        return grey
    clear = transparent * _STEPS.get(raw, 1)
    return Image.merge("LA", (grey, samples.point([255 * (value != clear) for value in range(most)], "L")))


def _from_press(image: Image.Image) -> Image.Image:
    """A picture made for a press in the colours that its own profile means by the inks; without a profile that can be read, the inks are
    taken for pure ones. Pillow takes every such file to be inverted, as Adobe's programs write them; one that has not their mark is not."""
    if "adobe" not in image.info:
        image = image.point([255 - ink for ink in range(256)] * 4)
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert("RGB")
    try:
        press = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, press, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        made = None
    return made or image.convert("RGB")
