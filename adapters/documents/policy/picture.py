"""Steps -> a picture of them: numbered boxes from left to right. What it says stands in words beside it."""

from __future__ import annotations

import functools
import io
import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.service.policy_writing.model import PrintedSteps

_WIDTH = 2040  # pixels: 17 cm at 300 to the inch
_FONTS = Path(__file__).parent.parent / "fonts"
_GAP, _EDGE, _PAD = 56, 6, 26
_INK, _PAPER, _HEAD = "#000000", "#ffffff", "#e8e8e8"  # greys that a black and white printer keeps apart
_TOP, _LINE = 116, 54
_NUMBER = re.compile(r"(?<=\d) (?=\d)")  # inside a telephone number, where no line ends


@functools.lru_cache(maxsize=8)  # the same picture stands in several documents, in both forms
def steps_png(steps: PrintedSteps) -> bytes:
    """The picture as PNG; the same steps give the same bytes."""
    number = len(steps.steps)
    width = (_WIDTH - _GAP * (number - 1)) // number
    plain = _font("DejaVuSans", 42)
    texts = [_wrapped(text, plain, width - 2 * _PAD) for _, text in steps.steps]
    height = _TOP + max(map(len, texts)) * _LINE + _PAD
    image = Image.new("RGB", (_WIDTH, height), _PAPER)
    draw = ImageDraw.Draw(image)
    for place, ((head, _), lines) in enumerate(zip(steps.steps, texts, strict=True)):
        left = place * (width + _GAP)
        _box(draw, (left, left + width - 1, height - 1), f"{place + 1}  {head}")
        for row, line in enumerate(lines):
            draw.text((left + _PAD, _TOP + row * _LINE), line, font=plain, fill=_INK)
        if place + 1 < number:
            _arrow(draw, left + width, height // 2)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _box(draw: ImageDraw.ImageDraw, edges: tuple[int, int, int], head: str) -> None:
    left, right, bottom = edges
    draw.rectangle((left, 0, right, bottom), outline=_INK, width=_EDGE)
    draw.rectangle((left + _EDGE, _EDGE, right - _EDGE, 96), fill=_HEAD)
    draw.text((left + _PAD, 28), head, font=_font("DejaVuSans-Bold", 40), fill=_INK)


def _arrow(draw: ImageDraw.ImageDraw, left: int, middle: int) -> None:
    draw.line((left + 4, middle, left + _GAP - 18, middle), fill=_INK, width=8)
    draw.polygon(
        [(left + _GAP - 24, middle - 20), (left + _GAP - 4, middle), (left + _GAP - 24, middle + 20)], fill=_INK
    )


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in _NUMBER.sub("\u00a0", text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f"{name}.ttf"), size)
