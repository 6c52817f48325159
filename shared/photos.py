"""What a holder's photo is, for the service that takes it in and the one that prints it: its least and its greatest size. How it is
checked and how it is printed is their own business.
"""

from typing import Final

# 25 x 35 mm at 300 dpi: what is printed, and the least that may come in.
PRINT_PIXELS: Final = (295, 413)
# A JPEG is made small while it is decoded; a PNG is opened whole, four bytes to the pixel and twice where it is transparent, in a worker
# that holds 240 MB already and may hold 300.
MOST_PIXELS: Final = {"JPEG": 40_000_000, "PNG": 6_000_000}
