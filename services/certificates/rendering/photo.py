"""The holder's photo as it is printed: decoded whole, turned upright, cropped to 25 x 35 mm at about 300 dpi and encoded anew,
so that nothing of the uploaded file itself reaches the PDF. Storing uploads is not its business.
"""

from io import BytesIO

from PIL import Image, ImageFile, ImageOps
from weasyprint.images import RasterImage  # noqa: F401  its import switches LOAD_TRUNCATED_IMAGES on; ours must come after

from services.certificates.rendering.errors import PhotoUnreadable
from shared.photos import MOST_PIXELS, PRINT_PIXELS

ABOUT_THAT_SIZE = 1.25
# So many times the print is left by the first, coarse reduction; the fine one does the rest.
COARSE = 2
FORMATS = ("JPEG", "PNG")


def printable_photo(data: bytes) -> bytes:
    """JPEG bytes of 295 x 413 RGB pixels, or up to a quarter more each way. Raises ``PhotoUnreadable`` for anything but a
    whole JPEG of at most 40 million pixels or PNG of at most 6 (STAFF-10: a certificate never shows a blank photo)."""
    # WeasyPrint lets Pillow fill the rest of a broken file with grey; every picture it gets from us is whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS[image.format or ""]:
                raise PhotoUnreadable
            if image.format == "JPEG":
                # The decoder itself can halve a large photo, which is far cheaper than resizing it afterwards.
                image.draft(None, PRINT_PIXELS)
            picture = _on_white(ImageOps.exif_transpose(_reduced(image)))
            fitted = _fitted(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoUnreadable from error
    out = BytesIO()
    fitted.save(out, format="JPEG", quality=88)
    return out.getvalue()


def _reduced(image: Image.Image) -> Image.Image:
    """A large picture at a fraction of its size: each step after this one would copy it whole, and the worker has 300 MB."""
    factor = min(image.size) // (COARSE * max(PRINT_PIXELS))
    if factor <= 1:
        return image
    if image.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.reduce(factor)


def _fitted(picture: Image.Image) -> Image.Image:
    """The middle of the picture in the shape of the print; resized only if it is not about that size already, because
    resizing takes longer than reading and writing together."""
    width, height = PRINT_PIXELS
    shape = min(picture.width / width, picture.height / height)
    if not 1 <= shape <= ABOUT_THAT_SIZE:
        return ImageOps.fit(picture, PRINT_PIXELS, method=Image.Resampling.BICUBIC)
    wide, high = round(width * shape), round(height * shape)
    left, top = (picture.width - wide) // 2, (picture.height - high) // 2
    return picture.crop((left, top, left + wide, top + high))


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    ground.alpha_composite(layer)
    return ground.convert("RGB")
