"""What may be in a PDF that we keep: words of ISO 32000 that say how a page looks, and those for which a file is refused rather than
emptied. A table of data, nothing else.
"""

from typing import Final


def _names(words: str) -> frozenset[str]:
    return frozenset(f"/{word}" for word in words.split())


PAGE: Final = _names("Type MediaBox CropBox BleedBox TrimBox ArtBox Rotate UserUnit Resources Contents Group")
# Their keys are names that the file gives; what stands under these is looked at like anything else.
NAMED: Final = _names("ExtGState ColorSpace Pattern Shading XObject Font Properties CharProcs Colorants")
# In this order: streams and their filters; states, groups and masks; colours, functions, shadings and patterns; pictures and forms; fonts;
# layers.
_WORDS = """
Length Filter DecodeParms Predictor Colors BitsPerComponent Columns EarlyChange K EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1
DamagedRowsBeforeError JBIG2Globals ColorTransform

LW LC LJ ML D RI OP op OPM BG BG2 UCR UCR2 TR TR2 HT FL SM SA BM SMask CA ca AIS TK S G BC CS I ProcSet HalftoneType HalftoneName
Frequency Angle SpotFunction AccurateScreens TransferFunction Xsquare Ysquare Width2 Height2

N Alternate Range WhitePoint BlackPoint Gamma Matrix Process Components MixingHints Solidities PrintingOrder DotGain FunctionType Domain
Size BitsPerSample Order Encode Decode C0 C1 Functions Bounds ShadingType Background BBox AntiAlias Coords Function Extend
BitsPerCoordinate BitsPerFlag VerticesPerRow PatternType PaintType TilingType XStep YStep

Subtype Width Height Intent ImageMask Mask Interpolate SMaskInData Name Matte FormType OC

BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts FontBBox FontMatrix CIDSystemInfo DW W DW2 W2
CIDToGIDMap BaseEncoding Differences FontName FontFamily FontStretch FontWeight Flags ItalicAngle Ascent Descent Leading CapHeight XHeight
StemV StemH AvgWidth MaxWidth MissingWidth FontFile FontFile2 FontFile3 CharSet Style Panose FD CIDSet Length1 Length2 Length3 CMapName
WMode UseCMap Registry Ordering Supplement

OCGs P VE Configs Creator BaseState ON OFF AS ListMode RBGroups Locked Event Category Usage View ViewState Print PrintState Export
ExportState
"""
DRAWING: Final = PAGE | NAMED | _names(_WORDS)
XOBJECTS: Final = ("/Image", "/Form")
# Annotations of which nothing is lost when they become a drawing; a link says nothing on paper.
ANNOTATIONS_DRAWN: Final = _names(
    "Link Text FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Caret Stamp Ink Popup Widget "
    "PrinterMark TrapNet Watermark Redact"
)
KEYS_REFUSED: Final = _names("JS JavaScript EmbeddedFiles EF AF RichMedia RichMediaContent XFA Collection")
ACTIONS_REFUSED: Final = _names(
    "JavaScript Launch ImportData SubmitForm Rendition Movie Sound GoToE GoTo3DView RichMediaExecute GoToR"
)
