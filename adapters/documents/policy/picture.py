"""Steps -> a picture of them: numbered boxes from left to right. What it says stands in words beside it."""

from __future__ import annotations

import functools
import io
import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.service.policy_writing.model import PrintedSteps

WIDTH, HEIGHT = 2040, 400  # pixels: 17 cm at 300 to the inch
_FONTS = Path(__file__).parent.parent / "fonts"
_GAP, _EDGE, _PAD = 56, 6, 26
_INK, _PAPER, _HEAD = "#000000", "#ffffff", "#e8e8e8"  # greys that a black and white printer keeps apart
_LINE = 54
_NUMBER = re.compile(r"(?<=\d) (?=\d)")  # inside a telephone number, where no line ends


@functools.lru_cache(maxsize=8)  # the same picture stands in several documents, in both forms
def steps_png(steps: PrintedSteps) -> bytes:
    """The picture as PNG; the same steps give the same bytes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    number = len(steps.steps)
    width = (WIDTH - _GAP * (number - 1)) // number
    for place, (head, text) in enumerate(steps.steps):
        left = place * (width + _GAP)
        _box(draw, left, width, f"{place + 1}  {head}", text)
        if place + 1 < number:
            _arrow(draw, left + width)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _box(draw: ImageDraw.ImageDraw, left: int, width: int, head: str, text: str) -> None:
    right, bottom = left + width - 1, HEIGHT - 1
    draw.rectangle((left, 0, right, bottom), outline=_INK, width=_EDGE)
    draw.rectangle((left + _EDGE, _EDGE, right - _EDGE, 96), fill=_HEAD)
    draw.text((left + _PAD, 28), head, font=_font("DejaVuSans-Bold", 40), fill=_INK)
    plain = _font("DejaVuSans", 42)
    for row, line in enumerate(_wrapped(text, plain, width - 2 * _PAD)):
        draw.text((left + _PAD, 116 + row * _LINE), line, font=plain, fill=_INK)


def _arrow(draw: ImageDraw.ImageDraw, left: int) -> None:
    middle = HEIGHT // 2
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
