"""Small PDFs to sign, and what pdfsig of Poppler says of a signed one."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

needs_pdfsig = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="no pdfsig here: ops/install.sh test")
needs_certutil = pytest.mark.skipif(shutil.which("certutil") is None, reason="no certutil here: ops/install.sh test")
VALID, TRUSTED, WHOLE = "Signature is Valid.", "Certificate is Trusted.", "Total document signed"


def small_pdf(*, streams: bool = False) -> bytes:
    """One empty page; ``streams`` puts its objects into a compressed stream, as PDF 1.5 may."""
    pdf, out = pikepdf.new(), BytesIO()
    pdf.add_blank_page()
    mode = pikepdf.ObjectStreamMode.generate if streams else pikepdf.ObjectStreamMode.disable
    pdf.save(out, object_stream_mode=mode, deterministic_id=True)
    return out.getvalue()


def pdfsig(pdf: bytes, folder: Path, *, trusted: bytes | None = None) -> str:
    """What the other make says; with ``trusted``, a root in DER, it also looks whose the certificate is."""
    store = folder / "nss"
    store.mkdir(exist_ok=True)
    (folder / "page.pdf").write_bytes(pdf)
    if trusted is None:
        return _run("pdfsig", "-nocert", str(folder / "page.pdf"))
    (folder / "root.der").write_bytes(trusted)
    _run("certutil", "-N", "-d", f"sql:{store}", "--empty-password")
    _run("certutil", "-A", "-d", f"sql:{store}", "-n", "root", "-t", "C,C,C", "-i", str(folder / "root.der"))
    return _run("pdfsig", "-nssdir", str(store), str(folder / "page.pdf"))


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    return (done.stdout + done.stderr).decode("utf-8", "replace")
