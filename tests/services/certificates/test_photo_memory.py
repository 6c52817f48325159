"""What the largest photo costs a worker, and that reducing it early changes nothing that is seen (PLAT-07)."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from services.certificates.rendering.photo import printable_photo

RED = (200, 30, 30)
ROOT = Path(__file__).resolve().parents[3]
MEASURE = """
import resource, sys
from services.certificates.rendering.photo import printable_photo
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
printable_photo(data)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.req("PLAT-07")
class TestMemory:
    @pytest.mark.parametrize(
        ("form", "mode", "size", "most"),
        [("JPEG", "RGB", (5400, 7400), 40), ("PNG", "RGB", (2000, 2900), 45), ("PNG", "RGBA", (2000, 2900), 65)],
        ids=["40-megapixel-jpeg", "6-megapixel-png", "6-megapixel-transparent-png"],
    )
    def test_the_largest_photo_leaves_a_worker_below_300_mb(
        self, form: str, mode: str, size: tuple[int, int], most: int
    ) -> None:
        """Megabytes that it takes for the moment, in a process of its own."""
        out = io.BytesIO()
        Image.new(mode, size, RED).save(out, form)
        command = [sys.executable, "-c", MEASURE]
        took = subprocess.run(command, input=out.getvalue(), stdout=subprocess.PIPE, cwd=ROOT, check=True)
        assert int(took.stdout) < most

    def test_reducing_early_changes_neither_colour_nor_shape(self) -> None:
        out = io.BytesIO()
        large = Image.new("RGBA", (2000, 2800), (*RED, 255))
        large.paste((0, 0, 0, 0), (0, 1400, 2000, 2800))
        large.save(out, "PNG")
        with Image.open(io.BytesIO(printable_photo(out.getvalue()))) as printed:
            above, below = printed.getpixel((147, 100)), printed.getpixel((147, 310))
            assert printed.size == (295, 413)
        assert isinstance(above, tuple)
        assert max(abs(one - other) for one, other in zip(above, RED, strict=True)) < 8
        assert below == (255, 255, 255)
