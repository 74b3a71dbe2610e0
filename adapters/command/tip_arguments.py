"""The arguments of `askfirst tips`, apart from what carries it out: every start of the command reads them."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions of the verb."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("show", help="the next twenty school days, for each channel (what it does by itself)")
    actions.add_parser("posted", help="what was posted and asked about, and what was decided")
    skip = actions.add_parser("skip", help="put a tip on hold")
    pin = actions.add_parser("pin", help="choose the tip of a day")
    for action in (skip, pin):
        action.add_argument("tip", metavar="TIP", help="its id")
    pin.add_argument("day", metavar="DATE", help="as 2027-09-01")
    pin.add_argument("--channel", metavar="CHANNEL", help="in this channel only")
    actions.add_parser("unpin", help="let that day have its own tip").add_argument("day", metavar="DATE")
    pause = actions.add_parser("pause", help="no tips at all, from today on")
    for action in (skip, pause):
        action.add_argument("--until", metavar="DATE", help="the last day of it (default: until further notice)")
    resume = actions.add_parser("resume", help="end a pause, or take a tip off hold")
    resume.add_argument("tip", nargs="?", metavar="TIP")
    add = actions.add_parser("add", help="add one of the school's own to tips.yaml, once it is checked")
    add.add_argument("tip", metavar="TIP", help="its new id: small letters, digits and hyphens")
    add.add_argument("--entry", required=True, metavar="ENTRY", help='the answer behind it: "Ask about this" shows it')
    add.add_argument("--text", required=True, metavar="TEXT", help="what staff read, in quotes: at most 60 words")
    add.add_argument("--theme", metavar="THEME", help="post it on the days of this theme only")
