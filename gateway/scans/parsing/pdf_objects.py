"""What a page draws, copied by a list of what may be copied.

Actions, scripts, attachments, annotations, links to other files, layers, tags and metadata hang on keys that are
not in the list, so they stay behind whatever form they take (ISO 32000-1, tables 30, 31, 35, 57, 87, 89, 95 and 111 to
122 name the keys that drawing needs).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from gateway.scans.parsing.pictures import check_size
from gateway.scans.parsing.refusal import unreadable


def _names(*groups: str) -> frozenset[str]:
    return frozenset(f"/{name}" for group in groups for name in group.split())


_KEYS: Final = _names(
    # any of them
    "Type Subtype Filter DecodeParms Resources Group Matrix BBox FormType Name",
    # pictures and how they are packed
    "Width Height ColorSpace BitsPerComponent Intent ImageMask Mask Decode Interpolate SMask SMaskInData Matte",
    "K EndOfLine EncodedByteAlign Columns Rows EndOfBlock BlackIs1 DamagedRowsBeforeError Predictor Colors",
    "EarlyChange JBIG2Globals ColorTransform",
    # graphics state, groups and soft masks
    "LW LC LJ ML D RI OP op OPM Font FL SM SA BM CA ca AIS TK S CS I G BC TR",
    # colour spaces and functions
    "WhitePoint BlackPoint Gamma Range N Alternate Colorants Process Components FunctionType Domain Size",
    "BitsPerSample Order Encode C0 C1 Functions Bounds",
    # patterns and shadings
    "PatternType PaintType TilingType XStep YStep Shading ExtGState Pattern XObject ShadingType Background",
    "AntiAlias Coords Function Extend BitsPerCoordinate BitsPerFlag VerticesPerRow",
    # fonts
    "BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts CIDSystemInfo DW W DW2",
    "W2 CIDToGIDMap FontBBox FontMatrix CharProcs BaseEncoding Differences Registry Ordering Supplement CMapName",
    "WMode UseCMap FontName FontFamily FontStretch FontWeight Flags ItalicAngle Ascent Descent Leading CapHeight",
    "XHeight StemV StemH AvgWidth MaxWidth MissingWidth FontFile FontFile2 FontFile3 CharSet CIDSet Style Panose",
    "FD Lang Length1 Length2 Length3",
)
_NAMED: Final = _names("ColorSpace ExtGState Font Pattern Shading XObject CharProcs Colorants")
"""Dictionaries whose keys are names that the page chose."""
_MOST_OBJECTS = 200_000

_Copied = Object | bool | int | Decimal | None


class Copier:
    """Copies into one new PDF; what is referred to twice is copied once, so cycles end."""

    def __init__(self, target: pikepdf.Pdf) -> None:
        self._target = target
        self._made: dict[tuple[int, int], Object] = {}
        self._waiting: list[tuple[Object, Object, bool]] = []

    def copy(self, found: Object) -> _Copied:
        """Return the copy, with all that hangs on it and is drawn."""
        copied = self._copy(found, named=False)
        while self._waiting:
            self._fill(*self._waiting.pop())
        return copied

    def _copy(self, found: object, *, named: bool) -> _Copied:
        if not isinstance(found, Array | Dictionary | Stream):
            return _plain(found)
        if not found.is_indirect:
            made: Object = Array() if isinstance(found, Array) else Dictionary()
            self._fill(found, made, named)
            return made
        if found.objgen not in self._made:
            if len(self._made) >= _MOST_OBJECTS:
                raise unreadable("pdf objects")
            self._made[found.objgen] = self._begun(found)
            self._waiting.append((found, self._made[found.objgen], named))
        return self._made[found.objgen]

    def _begun(self, found: Object) -> Object:
        if isinstance(found, Stream):
            if found.get(Name.Subtype) == Name.Image:
                _check_picture(found)
            program = found.get(Name.Subtype) == Name.PS  # a program in PostScript, for printers of old
            return self._target.make_stream(b"" if program else found.read_raw_bytes())
        return self._target.make_indirect(Array() if isinstance(found, Array) else Dictionary())

    def _fill(self, found: Object, made: Object, named: bool) -> None:
        if isinstance(found, Array):
            for one in found.as_list():
                made.append(self._copy(one, named=False))
            return
        for key in found.keys():  # noqa: SIM118 - a stream is not its keys
            if named or key in _KEYS:
                value = found.get(key)
                copied = self._copy(value, named=key in _NAMED and not named and not _is_shading(value))
                if copied is not None:
                    made[key] = copied


def _is_shading(value: object) -> bool:
    """Tell the shading of a pattern from the shadings that a page names."""
    return isinstance(value, Dictionary | Stream) and Name.ShadingType in value


def _check_picture(found: Object) -> None:
    width, height = found.get(Name.Width), found.get(Name.Height)
    if not isinstance(width, int) or not isinstance(height, int):
        raise unreadable("pdf picture")
    check_size(width, height)


def _plain(found: object) -> _Copied:
    """Copy a number, name or text; whatever else there may be (an operator, an inline image) is nothing."""
    if isinstance(found, bool | int | Decimal):
        return found
    if isinstance(found, Name):
        return Name(str(found))
    if isinstance(found, String):
        return String(bytes(found))
    return None
