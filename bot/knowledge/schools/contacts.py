"""Whether a telephone number or an e-mail address can be one: what is wrong, or nothing. Numbers stay as typed."""

from __future__ import annotations

import re

_EXTENSION = re.compile(r"[,;]?\s*(?:extension|extn?|x|option|opt)\.?\s*#?\d{1,6}$", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*(?:/|;|,|\bor\b|\band\b)\s*")
_WRITTEN = re.compile(r"[\d\s().+\-\u2010-\u2013\u00a0]+")
_SHORT = re.compile(r"999|112|111|119|101|105|116\d{3}|18000")  # numbers of everybody's that have few digits
_ADDRESS = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s,;<>\"().]+")
_LEAST, _MOST = 10, 11  # digits of a number of the United Kingdom, the 0 included
_ABROAD = (8, 15)  # digits of a number with the code of its country


def wrong_phone(typed: str) -> str:
    """What keeps this from being a telephone number, or several; empty where nothing does."""
    without = _EXTENSION.sub("", typed.strip())
    return next((wrong for each in _SEVERAL.split(without) if (wrong := _wrong_number(each))), "")


def _wrong_number(typed: str) -> str:
    digits = re.sub(r"\D", "", typed)
    if not digits:
        return f"'{typed}' holds no number"
    if not _WRITTEN.fullmatch(typed):
        return f"'{typed}' holds something that is no digit"
    number = re.sub(r"[^\d+]", "", typed.replace("(0)", "")).replace("+", "00")
    if _SHORT.fullmatch(number):
        return ""
    if number.startswith("0044"):
        national = number[4:] if number[4:5] == "0" else f"0{number[4:]}"
    elif number.startswith("00"):
        return _wrong_length(number[2:], *_ABROAD, typed)
    else:
        national = number
    if not national.startswith("0"):
        return f"'{typed}' starts with neither 0 nor +: a digit or the area code may be missing"
    return _wrong_length(national, _LEAST, _MOST, typed)


def _wrong_length(digits: str, least: int, most: int, typed: str) -> str:
    if len(digits) < least:
        return f"'{typed}' has too few digits ({len(digits)}, where {least} or more are needed)"
    return f"'{typed}' has too many digits ({len(digits)}, where {most} is the most)" if len(digits) > most else ""


def wrong_email(typed: str) -> str:
    """What keeps this from being an e-mail address; empty where nothing does."""
    if any(mark.isspace() for mark in typed):
        return f"'{typed}' has a space in it"
    if typed.count("@") != 1:
        return f"'{typed}' has {'no' if '@' not in typed else 'more than one'} @"
    return "" if _ADDRESS.fullmatch(typed) else f"'{typed}' is not an e-mail address"
