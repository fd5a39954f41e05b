"""What reading a scan costs beside a bare call of the library that does its heavy part.

The floor is done in this very process, in a bare loop, nothing kept and nothing cleaned: pdfium opens the PDF and draws
every page at the size in which the reading process tries it (or at the preview's), Pillow decodes the picture.
"""

from __future__ import annotations

import asyncio
import io
import math
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

from gateway.scans import Page, combine, preview, read_pages, reading
from gateway.scans.limits import MEMORY_BYTES
from gateway.scans.worker import Worker

ROUNDS, AT_ONCE, _PAGES, _TRIED = 15, 8, 10, 250_000
_A4 = (2480, 3508)
"""Pixels of an A4 at 300 dpi."""


@dataclass(frozen=True, slots=True)
class Job:
    """Medians in milliseconds, and pages a second with eight windows at once."""

    label: str
    megabytes: float
    pages: int
    ours: float
    floor: float
    floor_label: str
    throughput: float

    @property
    def ratio(self) -> float:
        """Of the latency."""
        return self.ours / self.floor

    @property
    def floor_throughput(self) -> float:
        """Pages a second of a bare loop on one core."""
        return 1000 * self.pages / self.floor


@dataclass(frozen=True, slots=True)
class Scans:
    """All that was measured."""

    jobs: tuple[Job, ...]
    processes: int
    start: float
    """Milliseconds from the start of a process until it takes a scan."""
    resident: float
    """Megabytes of a process at rest."""
    peak: float
    """The greatest of the processes, after all this."""


async def measure() -> Scans:
    """Measure each kind of file by turns with its floor."""
    began = time.perf_counter()
    worker = await asyncio.to_thread(Worker, memory=MEMORY_BYTES)
    start, resident = 1000 * (time.perf_counter() - began), _memory(worker.pid, "VmRSS")
    worker.end()
    jobs = [job async for job in _jobs()]
    pids = reading.processes()
    found = Scans(tuple(jobs), len(pids), start, resident, max(_memory(pid, "VmHWM") for pid in pids))
    reading.close()
    return found


async def _jobs() -> Any:
    colour, page = _letter(), _letter().convert("L")
    bilevel = page.point(lambda value: 255 * (value > 128)).convert("1")
    jpeg = _saved(colour, "JPEG", quality=80, dpi=(300, 300))
    fax = _saved(bilevel, "TIFF", compression="group4", save_all=True, append_images=[bilevel] * (_PAGES - 1))
    held = _saved(colour, "TIFF", compression="jpeg", quality=80, save_all=True, append_images=[colour] * 4)
    pdf = _pdf(_saved(page, "JPEG", quality=75, dpi=(300, 300)))
    for label, content, floor, floor_label in (
        (f"read a PDF of {_PAGES} pages in grey", pdf, lambda: _draw(pdf), "pdfium draws each"),
        ("read a JPEG in colour", jpeg, lambda: _decode(jpeg), "Pillow decodes"),
        (f"read a TIFF of {_PAGES} pages, group 4", fax, lambda: _decode(fax), "Pillow decodes"),
        ("read a TIFF of 5 pages in colour, JPEG", held, lambda: _decode(held), "Pillow decodes"),
    ):
        yield await _job(label, content, lambda content=content: read_pages(content, ""), floor, floor_label)
    of_pdf = (await read_pages(pdf, ""))[0]
    of_jpeg, of_fax = (await read_pages(jpeg, ""))[0], (await read_pages(fax, ""))[0]
    for label, one, floor, floor_label in (
        ("show a page of a PDF", of_pdf, lambda: _draw(of_pdf.content, 1000), "pdfium draws it as wide"),
        ("show a JPEG in colour", of_jpeg, lambda: _decode(of_jpeg.content), "Pillow decodes"),
        ("show a page in black and white", of_fax, lambda: _decode(of_fax.content), "Pillow decodes"),
    ):
        yield await _job(label, one.content, lambda one=one: _shown(one), floor, floor_label)
    pages = [(one.content, one.media_type, 90) for one in (of_pdf, of_jpeg, of_fax) for _ in range(5)]
    opened = await combine(pages)
    yield await _job(
        f"make one PDF of {len(pages)} pages",
        opened,
        lambda: _combined(pages),
        lambda: _draw(opened),
        "pdfium draws each",
        pages=len(pages),
    )


async def _shown(page: Page) -> int:
    await preview(page, 90)
    return 1


async def _combined(pages: list[tuple[bytes, str, int]]) -> int:
    await combine(pages)
    return len(pages)


async def _job(
    label: str,
    content: bytes,
    ours: Callable[[], Awaitable[Any]],
    floor: Callable[[], int],
    floor_label: str,
    *,
    pages: int | None = None,
) -> Job:
    await ours()
    count = pages or floor()
    taken: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await ours()
        between = time.perf_counter()
        floor()
        taken.append(1000 * (between - began))
        bare.append(1000 * (time.perf_counter() - between))
    began = time.perf_counter()
    await asyncio.gather(*(ours() for _ in range(AT_ONCE * 2)))
    throughput = AT_ONCE * 2 * count / (time.perf_counter() - began)
    return Job(
        label,
        len(content) / 1e6,
        count,
        statistics.median(taken),
        statistics.median(bare),
        floor_label,
        throughput,
    )


def _draw(content: bytes, width: int | None = None) -> int:
    with pypdfium2.PdfDocument(content) as pdf:
        for page in pdf:
            across, down = page.get_size()
            page.render(scale=width / across if width else math.sqrt(_TRIED / (across * down))).close()
        return len(pdf)


def _decode(content: bytes) -> int:
    with Image.open(io.BytesIO(content)) as picture:
        count = getattr(picture, "n_frames", 1)
        for number in range(count):
            picture.seek(number)
            picture.load()
    return count


def _letter() -> Image.Image:
    """Return a page of lines like words on paper that is not quite white, as a scanner sees it."""
    paper = Image.effect_noise(_A4, 5).point(lambda value: min(255, value + 110))
    drawn = ImageDraw.Draw(paper)
    for row in range(60):
        at = 250
        for word in range(14):
            wide = 40 + (row * 37 + word * 61) % 110
            drawn.rectangle((at, 300 + row * 50, at + wide, 318 + row * 50), fill=40)
            at += wide + 30
    return paper.filter(ImageFilter.GaussianBlur(1)).convert("RGB")


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _pdf(jpeg: bytes) -> bytes:
    with pikepdf.new() as made:
        for _ in range(_PAGES):
            image = made.make_stream(jpeg)
            image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 8
            image.Width, image.Height, image.Filter = *_A4, pikepdf.Name.DCTDecode
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=pikepdf.Array([0, 0, 595, 842]),
                Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image)),
                Contents=made.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q"),
            )
            made.pages.append(pikepdf.Page(made.make_indirect(page)))
        stream = io.BytesIO()
        made.save(stream)
        return stream.getvalue()


def _memory(pid: int, name: str) -> float:
    """Return megabytes, as the kernel counts them."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return math.nan
