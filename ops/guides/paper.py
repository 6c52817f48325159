"""``python -m ops.guides.paper FOLDER CACHE``: each guide as PDF, with contents, page numbers and pictures, from what ``make write`` has
made of it. A file that lies in the cache under the same name is copied; its name follows its content."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from weasyprint import CSS

from ops.guides.table import INDEX, MADE, PICTURES
from services.certificates.rendering.fonts import Fonts, load_fonts
from services.certificates.rendering.layout import Look, page_to_pdf

_HERE = Path(__file__).parent
_MOST_SHEETS = 200
# PDF/UA: a manual is read aloud, too.
_VARIANT = "pdf/ua-1"


def guide_pdf(content: dict[str, Any], fonts: Fonts) -> bytes:
    """The PDF of a guide's generated content."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string((_HERE / "paper.html").read_text("utf-8"))
    look = Look(CSS(string=(_HERE / "paper.css").read_text("utf-8")), variant=_VARIANT)
    names = {block["name"] for each in content["sections"] for block in each["blocks"] if block["kind"] == "picture"}
    files = {f"picture:{name}": (PICTURES / f"{name}.webp").read_bytes() for name in names}
    about = {"title": f"{content['title']}使用手册", "lang": "zh-CN"}
    made = page_to_pdf(page.render(guide=content), look, fonts, files, about, most_sheets=_MOST_SHEETS)
    if made is None:
        raise SystemExit(f"{content['name']}: more than {_MOST_SHEETS} sheets")
    return made


def write_guides(folder: Path, cache: Path) -> None:
    """Every guide into ``folder``, made only where ``cache`` has it not."""
    cache.mkdir(parents=True, exist_ok=True)
    contents = [json.loads(path.read_text("utf-8")) for path in sorted(MADE.glob("*.json")) if path.stem != INDEX]
    wanted = {content["pdf"]: content for content in contents}
    fonts = None
    for name, content in wanted.items():
        if not (cache / name).exists():
            fonts = fonts or load_fonts(cache)
            unfinished = cache / f"{name}.unfinished"
            unfinished.write_bytes(guide_pdf(content, fonts))
            unfinished.replace(cache / name)
        shutil.copyfile(cache / name, folder / name)
    for path in cache.glob("guide-*.pdf"):
        if path.name not in wanted:
            path.unlink()


if __name__ == "__main__":
    write_guides(Path(sys.argv[1]), Path(sys.argv[2]))
