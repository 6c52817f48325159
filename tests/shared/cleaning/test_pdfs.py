"""A PDF that is written anew shows what it showed and can do nothing; what would be lost, or acts by itself, is refused."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageChops

from shared.cleaning.pdf_keys import DRAWING, PAGE
from shared.cleaning.pdfs import clean_pdf
from shared.errors import AppError

pytestmark = pytest.mark.req("PLAT-07")
Change = Callable[[Pdf], object]
DRAWN = b"0 0.5 0 rg 20 20 60 40 re f BT /F1 18 Tf 20 90 Td (Scan 12) Tj ET"


def document(change: Change | None = None, **options: object) -> bytes:
    """A page with a green box and a word in a standard font, changed further."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 150))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
        pdf.pages[0].Contents = pdf.make_stream(DRAWN)
        if change:
            change(pdf)
        pdf.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name("/" + kind), **more)


def annotation(kind: str, **more: Any) -> Change:
    def add(pdf: Pdf) -> None:
        made = Dictionary(Type=Name.Annot, Subtype=Name("/" + kind), Rect=[10, 10, 60, 60], **more)
        pdf.pages[0].Annots = Array([pdf.make_indirect(made)])

    return add


def root(name: str, value: object) -> Change:
    return lambda pdf: pdf.Root.__setitem__("/" + name, value)


def page(name: str, value: object) -> Change:
    return lambda pdf: pdf.pages[0].obj.__setitem__("/" + name, value)


def file_spec(pdf: Pdf) -> Dictionary:
    return Dictionary(Type=Name.Filespec, F="a.exe", EF=Dictionary(F=pdf.make_stream(b"MZ")))


def external_picture(pdf: Pdf) -> None:
    """Its content would be fetched from elsewhere."""
    picture = Stream(pdf, b"", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, F="http://x/a.jpg")
    pdf.pages[0].Resources.XObject = Dictionary(Im0=picture)


def hidden_script(pdf: Pdf) -> None:
    pdf.pages[0].Resources.Properties = Dictionary(P0=Dictionary(X=[Dictionary(S=Name.JavaScript, JS="1")]))


REFUSED: dict[str, Change] = {
    "script-on-open": root("OpenAction", action("JavaScript", JS="app.alert(1)")),
    "script-by-name": root("Names", Dictionary(JavaScript=Dictionary(Names=["a", Dictionary(JS="1")]))),
    "script-on-close": root("AA", Dictionary(WC=action("JavaScript", JS="1"))),
    "script-on-a-page": page("AA", Dictionary(O=action("JavaScript", JS="1"))),
    "script-far-inside": hidden_script,
    "script-after-a-link": annotation("Link", A=action("URI", URI="http://x", Next=action("JavaScript", JS="1"))),
    "program": annotation("Link", A=action("Launch", F="cmd.exe")),
    "another-file": annotation("Link", A=action("GoToR", F="b.pdf")),
    "embedded-file-shown": annotation("Link", A=action("GoToE", F="b.pdf")),
    "form-sent": annotation("Widget", A=action("SubmitForm", F="http://x")),
    "data-fetched": root("OpenAction", action("ImportData", F="a.fdf")),
    "rendition": annotation("Screen", A=action("Rendition")),
    "sound-played": page("AA", Dictionary(O=action("Sound"))),
    "attachment": lambda pdf: pdf.attachments.__setitem__("a.exe", b"MZ"),
    "attachment-of-an-annotation": lambda pdf: annotation("FileAttachment", FS=file_spec(pdf))(pdf),
    "attachment-under-a-link": lambda pdf: annotation("Link", FS=file_spec(pdf))(pdf),
    "associated-file": lambda pdf: root("AF", Array([file_spec(pdf)]))(pdf),
    "associated-file-of-a-page": lambda pdf: page("AF", Array([file_spec(pdf)]))(pdf),
    "film": annotation("Movie", Movie=Dictionary(F="a.avi")),
    "sound": annotation("Sound"),
    "body": annotation("3D"),
    "media": annotation("RichMedia"),
    "what-nobody-knows": annotation("Hologram"),
    "xfa": root("AcroForm", Dictionary(Fields=[], XFA=String("<xdp/>"))),
    "portfolio": root("Collection", Dictionary(View=Name.T)),
    "external-stream": external_picture,
}
EMPTIED: dict[str, Change] = {
    "address-on-open": root("OpenAction", action("URI", URI="http://x")),
    "address-on-a-page": page("AA", Dictionary(O=action("URI", URI="http://x"))),
    "link": annotation("Link", A=action("URI", URI="http://x")),
    "place": root("OpenAction", action("GoTo", D=[0, Name.Fit])),
    "named": root("OpenAction", action("Named", N=Name.Print)),
    "base-address": root("URI", Dictionary(Base="http://x")),
    "outline": root("Outlines", Dictionary(First=Dictionary(Title="a", A=action("URI", URI="http://x")))),
    "metadata": lambda pdf: root("Metadata", Stream(pdf, b"<x:xmpmeta/>", Type=Name.Metadata))(pdf),
    "thumbnail-and-private-data": page("PieceInfo", Dictionary(App=Dictionary(Private="secret"))),
    "slow-form": root("AcroForm", Dictionary(Fields=[], DA="/Helv 0 Tf")),
    "unknown-key": root("Surprise", Dictionary(URI="http://x")),
    "viewer": root("ViewerPreferences", Dictionary(HideToolbar=True)),
    "proxy": lambda pdf: pdf.pages[0].Resources.__setitem__("/XObject", Dictionary(Fm=Stream(
        pdf, b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1], Ref=Dictionary(F="b.pdf"), OPI=Dictionary(F="c.tif")))),
    "postscript": lambda pdf: pdf.pages[0].Resources.__setitem__("/XObject", Dictionary(Ps=Stream(
        pdf, b"showpage", Type=Name.XObject, Subtype=Name.PS))),
}  # fmt: skip
ROOT = {"/Type", "/Pages", "/Version", "/OCProperties", "/Extensions"}
OURS = {"/Kids", "/Count", "/Parent", "/Size", "/Root", "/ID", "/First", "/Index"}


def cleaned(data: bytes) -> Pdf:
    return pikepdf.open(io.BytesIO(clean_pdf(data)[1]))


def seen(data: bytes, number: int = 0) -> Image.Image:
    with pypdfium2.PdfDocument(data) as pdf:
        pdf.init_forms()
        drawn: Image.Image = pdf[number].render(scale=2, may_draw_forms=True).to_pil()
        return drawn.convert("RGB")


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


def words(pdf: Pdf) -> Iterator[str]:
    """Every key that stands anywhere in the file, but the names that it gives to its own fonts and pictures."""
    for item in pdf.objects:
        waiting: list[object] = [item]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Dictionary | Stream):
                yield from part.keys()
                waiting += [value for value in dict(part.items()).values() if not getattr(value, "is_indirect", False)]
            elif isinstance(part, Array):
                waiting += [each for each in part if not getattr(each, "is_indirect", False)]


class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    @pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
    def test_what_acts_or_would_be_lost(self, name: str, packed: pikepdf.ObjectStreamMode) -> None:
        with pytest.raises(AppError) as caught:
            clean_pdf(document(REFUSED[name], object_stream_mode=packed))
        assert (caught.value.status, caught.value.code) == (422, "pdf_active_content")

    def test_one_that_opens_with_a_password_only(self) -> None:
        with pytest.raises(AppError) as caught:
            clean_pdf(document(encryption=pikepdf.Encryption(owner="owner", user="secret")))
        assert caught.value.code == "pdf_encrypted"

    def test_one_without_pages(self) -> None:
        with pytest.raises(AppError) as caught:
            clean_pdf(document(lambda pdf: pdf.pages.__delitem__(0)))
        assert caught.value.code == "file_damaged"


class TestEmptied:
    @pytest.mark.parametrize("name", EMPTIED)
    def test_nothing_is_left_but_what_draws(self, name: str) -> None:
        data = document(EMPTIED[name])
        with cleaned(data) as made:
            assert set(made.Root.keys()) <= ROOT
            assert set(words(made)) <= DRAWING | PAGE | ROOT | OURS | {"/F1", "/Fm", "/Ps", "/XRefStm"}
            assert "/Info" not in made.trailer
        assert same(seen(clean_pdf(data)[1]), seen(document()))

    def test_bytes_behind_and_before_stay_behind(self) -> None:
        made = clean_pdf(b"before\n" + document() + b"\n<script>evil</script>PK\x03\x04")[1]
        assert made.startswith(b"%PDF-")
        assert made.endswith(b"%%EOF\n")
        assert b"evil" not in made

    def test_an_earlier_revision_stays_behind(self) -> None:
        def secret(pdf: Pdf) -> None:
            pdf.make_indirect(String("secret"))

        assert b"secret" not in clean_pdf(document(secret, object_stream_mode=pikepdf.ObjectStreamMode.disable))[1]

    @pytest.mark.parametrize("level", [2, 3, 4, 6])
    def test_one_that_only_restricts_printing_is_kept_without(self, level: Any) -> None:
        how = pikepdf.Encryption(
            owner="owner",
            user="",
            R=level,
            aes=level > 3,
            metadata=level > 3,
            allow=pikepdf.Permissions(print_lowres=False),
        )
        data = document(encryption=how)
        with cleaned(data) as made:
            assert not made.is_encrypted
        assert same(seen(clean_pdf(data)[1]), seen(document()))


class TestLooks:
    def test_a_seal_and_a_filled_field_become_part_of_the_page(self) -> None:
        def seal(pdf: Pdf) -> None:
            look = Stream(pdf, b"1 0 0 rg 0 0 50 50 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 50, 50])
            field = Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="seal", Rect=[120, 60, 170, 110], F=4,
                AP=Dictionary(N=pdf.make_indirect(look)),
            )  # fmt: skip
            known = pdf.make_indirect(field)
            pdf.pages[0].Annots = Array([known])
            pdf.Root.AcroForm = Dictionary(Fields=[known], SigFlags=3)

        data = document(seal)
        made = clean_pdf(data)[1]
        assert same(seen(made), seen(data))
        assert not same(seen(made), seen(document()))
        with pikepdf.open(io.BytesIO(made)) as kept:
            assert "/Annots" not in kept.pages[0].obj

    def test_what_pages_inherit_and_how_they_are_turned_stays(self) -> None:
        def inherit(pdf: Pdf) -> None:
            pdf.Root.Pages.Rotate, pdf.Root.Pages.Resources = 90, pdf.pages[0].Resources
            pdf.Root.Pages.CropBox = Array([0, 0, 180, 120])
            del pdf.pages[0].Resources

        data = document(inherit)
        assert same(seen(clean_pdf(data)[1]), seen(data))

    @pytest.mark.parametrize("shown", [True, False])
    def test_a_layer_stays_as_it_is_shown(self, shown: bool) -> None:
        def layer(pdf: Pdf) -> None:
            group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="水印"))
            pdf.Root.OCProperties = Dictionary(
                OCGs=[group], D=Dictionary(ON=[group] if shown else [], OFF=[] if shown else [group])
            )
            pdf.pages[0].Resources.Properties = Dictionary(L0=group)
            pdf.pages[0].Contents = pdf.make_stream(b"/OC /L0 BDC " + DRAWN + b" EMC")

        data = document(layer)
        assert same(seen(clean_pdf(data)[1]), seen(data))
        assert same(seen(data), seen(document())) is shown

    def test_masks_gradients_and_nested_forms_stay(self) -> None:
        def rich(pdf: Pdf) -> None:
            mask = Stream(pdf, bytes([0, 80, 160, 255]), Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2,
                          ColorSpace=Name.DeviceGray, BitsPerComponent=8)  # fmt: skip
            picture = Stream(pdf, bytes(range(12)) , Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2,
                             ColorSpace=[Name.Indexed, Name.DeviceRGB, 11, String(bytes(range(36)))], BitsPerComponent=8,
                             SMask=pdf.make_indirect(mask))  # fmt: skip
            inner = Stream(pdf, b"q 40 0 0 40 0 0 cm /I Do Q", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 90, 90],
                           Group=Dictionary(S=Name.Transparency, CS=Name.DeviceRGB),
                           Resources=Dictionary(XObject=Dictionary(I=picture)))  # fmt: skip
            fade = Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 200, 0], Extend=[True, True],
                              Function=Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1))  # fmt: skip
            pdf.pages[0].Resources = Dictionary(
                XObject=Dictionary(A=inner), Pattern=Dictionary(P0=Dictionary(PatternType=2, Shading=fade)),
                ExtGState=Dictionary(URI=Dictionary(ca=0.5, BM=Name.Multiply)),
            )  # fmt: skip
            pdf.pages[0].Contents = pdf.make_stream(
                b"/Pattern cs /P0 scn 0 0 200 150 re f /URI gs 1 0 0 1 20 20 cm /A Do"
            )

        data = document(rich)
        assert same(seen(clean_pdf(data)[1]), seen(data))
        assert len(seen(data).getcolors(100_000) or ()) > 100
