"""What is kept of a picture beside its pixels: resolution and colour profile; and how large it is on paper."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass

from PIL import Image, ImageCms

from gateway.scans.errors import ScanCode
from gateway.scans.limits import MAX_PIXELS
from gateway.scans.parsing.refusal import Refused, unreadable

_A4 = (595.276, 841.89)
"""In points, upright (ISO 216: 210 × 297 mm)."""
_BELIEVED = (100.0, 2400.0)
"""Dots per inch that a scanner works at, one way at least (a fax has 204 by 98); cameras and screens write 72 or 96,
whatever they show."""
_MAX_PROFILE_BYTES = 1_000_000
_LARGEST_SIDE = 14_400.0
"""Points: the most that readers of PDF agree on (ISO 32000-1, annex C.2)."""
_SPACES = {"GRAY": 1, "RGB ": 3, "CMYK": 4}


@dataclass(frozen=True, slots=True)
class Resolution:
    """Dots per inch across and down."""

    x: float
    y: float

    def turned(self) -> Resolution:
        """Return what it is when the picture lies on its side."""
        return Resolution(self.y, self.x)


def resolution(x: object, y: object) -> Resolution | None:
    """Return the resolution, if these are numbers that a file may state."""
    with contextlib.suppress(TypeError, ValueError, ZeroDivisionError, OverflowError):
        across, down = float(x), float(y)  # type: ignore[arg-type]
        if 1 <= across <= 100_000 and 1 <= down <= 100_000:  # false for NaN as well
            return Resolution(across, down)
    return None


def check_size(width: int, height: int) -> None:
    """Refuse a picture without or with too many pixels, before anything is decoded."""
    if width < 1 or height < 1:
        raise unreadable("no pixels")
    if width * height > MAX_PIXELS or max(width, height) > 65_500:  # the most of a JPEG
        raise Refused(ScanCode.TOO_MANY_PIXELS, f"{width} x {height}")


def profile(content: object, channels: int) -> bytes | None:
    """Return an ICC profile, if it is one for pictures of so many channels."""
    if not isinstance(content, bytes) or not 128 < len(content) <= _MAX_PROFILE_BYTES:  # its header
        return None
    with contextlib.suppress(OSError, ImageCms.PyCMSError, ValueError, TypeError):
        read = ImageCms.ImageCmsProfile(io.BytesIO(content))
        if _SPACES.get(read.profile.xcolor_space) == channels:
            return content
    return None


def paper(width: int, height: int, dots: Resolution | None) -> tuple[float, float]:
    """Return the sides of the sheet in points: by the resolution if a scanner said it, else the picture fills an A4."""
    low, high = _BELIEVED
    if dots is not None and low <= max(dots.x, dots.y) <= high and min(dots.x, dots.y) >= low / 2:
        sides = width * 72 / dots.x, height * 72 / dots.y
        if max(sides) <= _LARGEST_SIDE and min(sides) >= 1:
            return sides
    across, down = _A4 if height >= width else _A4[::-1]
    scale = min(across / width, down / height)
    return max(width * scale, 1.0), max(height * scale, 1.0)


def on_white(picture: Image.Image) -> Image.Image:
    """Return what is seen of a picture with transparent parts when it lies on white paper."""
    seen = picture.convert("RGBA")
    grey = picture.mode in {"LA", "La"}
    sheet = Image.new("RGBA", seen.size, (255, 255, 255, 255))
    sheet.alpha_composite(seen)
    return sheet.convert("L" if grey else "RGB")
