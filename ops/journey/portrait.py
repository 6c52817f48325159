"""证件照 of some of the play's people, put into their files: a drawn bust on the usual blue ground, nobody's face."""

import io

from PIL import Image, ImageDraw

from ops.journey.people import WITH_PHOTO
from ops.journey.play import Play, all_items, body_of, expect

SIZE = (590, 826)
GROUND, CLOTHES, SKIN, HAIR = (67, 142, 219), (38, 50, 74), (226, 188, 160), (40, 34, 32)


def drawn_portrait() -> bytes:
    """A JPEG of twice the size that is printed."""
    image = Image.new("RGB", SIZE, GROUND)
    draw = ImageDraw.Draw(image)
    draw.ellipse((55, 560, 535, 1060), fill=CLOTHES)
    draw.rectangle((235, 450, 355, 600), fill=SKIN)
    draw.polygon(((235, 570), (295, 660), (355, 570)), fill="white")
    draw.ellipse((165, 150, 425, 430), fill=HAIR)
    draw.ellipse((185, 195, 405, 515), fill=SKIN)
    draw.pieslice((175, 160, 415, 400), 180, 360, fill=HAIR)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


async def add_photos(play: Play) -> str:
    for name in WITH_PHOTO:
        file = {"file": ("证件照.jpg", drawn_portrait(), "image/jpeg")}
        photo = body_of(await play.unit.post("/api/training/attachments", files=file), 201)
        people = await all_items(play.unit, "/api/training/personnel", name=name)
        address = f"/api/training/personnel/{max(person['id'] for person in people)}"
        read = await play.unit.get(address)
        body, tag = {"attachment_ids": [photo["id"]]}, {"If-Match": read.headers["ETag"]}
        kept = body_of(await play.unit.put(f"{address}/attachments/photo", json=body, headers=tag))
        shown = next(each["files"] for each in kept["attachments"] if each["kind"] == "photo")
        expect([each["id"] for each in shown] == [photo["id"]], "the photo is in the file", kept["attachments"])
    return f"{'、'.join(WITH_PHOTO)} 的证件照已存入人员信息"
