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
_STEPS = {"1": 255, "L;2": 85, "L;4": 17}
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
            raw = str(image.tile[0].args[0] if isinstance(image.tile[0].args, tuple) else image.tile[0].args)
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
    """A JPEG is halved while it is decoded until it fits."""
    width, height = image.size
    for part in (2, 4, 8):
        if image.format == JPEG and image.width * image.height > MAX_PIXELS:
            image.draft(None, (max(1, width // part), max(1, height // part)))
    if width * height > MAX_JPEG_PIXELS or image.width * image.height > MAX_PIXELS:
        raise ImageTooLarge


def _in_eight_bits(image: Image.Image, raw: str) -> Image.Image:
    transparent = image.info.pop("transparency", None)
    if image.mode in {"I;16", "I"}:
        return _from_sixteen_bits(image, transparent)
    if transparent is not None:
        image.info["transparency"] = _as_shown(transparent, raw)
    seen = image.has_transparency_data and image.format == PNG
    if image.mode in {"1", "L", "LA"}:
        return image.convert("LA" if seen else "L")
    return image.convert("RGBA" if seen else "RGB")


def _from_sixteen_bits(image: Image.Image, transparent: int | None) -> Image.Image:
    """Grey of sixteen bits, scaled: Pillow's own conversion makes everything white above 255."""
    deep = image.convert("I")
    grey = deep.point([(value + _DEEP // 2) // _DEEP for value in range(1 << 16)], "L")
    if transparent is None:
        return grey
    return Image.merge("LA", (grey, deep.point([255 * (value != transparent) for value in range(1 << 16)], "L")))


def _as_shown(transparent: object, raw: str) -> object:
    """A transparent colour in the eight bits to which Pillow has brought the samples; a palette has its own, in bytes."""
    if isinstance(transparent, tuple) and raw.endswith(";16B"):
        return tuple(sample >> 8 for sample in transparent)
    if isinstance(transparent, int) and raw in _STEPS:
        return transparent * _STEPS[raw]
    return transparent


def _from_press(image: Image.Image) -> Image.Image:
    """A picture made for a press in the colours that its own profile means by the inks; without a profile that can be read, the inks are
    taken for pure ones. Pillow takes every such file to be inverted, as Adobe's programs write them; one that has not their mark is not."""
    if "adobe" not in image.info:
        image = ImageOps.invert(image)
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert("RGB")
    try:
        press = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, press, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        made = None
    return made or image.convert("RGB")
