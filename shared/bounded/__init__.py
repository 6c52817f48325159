"""Work on strangers' bytes in a process that can neither reach anything nor take more than its share: one mechanism for pictures, PDFs,
sheets and signatures. What is done with the bytes is decided by whoever has ``Work``.
"""

from shared.bounded.work import ParsersBusy, TooComplicated, Work, run

__all__ = ["ParsersBusy", "TooComplicated", "Work", "run"]
