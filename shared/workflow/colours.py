"""The colours of statuses, each with one meaning."""

from enum import StrEnum


class Colour(StrEnum):
    """What the colour of a tag means, everywhere the same. TRN-33 gives black, green and red; amber is for what waits (X7)."""

    WAITING = "amber"  # somebody has still to do something
    GOOD = "green"  # it is done, or holds
    REFUSED = "red"  # it was refused, failed, or holds no longer
    QUIET = "black"  # not begun, taken back or over; and whatever is no status
