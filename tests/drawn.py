"""A page as a browser reads it, as far as tests ask: the fields of its forms, what is beside them, its links."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = frozenset({"input", "meta", "link", "br"})


class Drawn(HTMLParser):
    """`fields` are what a form with a text or hidden field would send if it was pressed as it stands; `controls` the
    attributes of each by name; `texts` what an element with an id says; `links` every address on the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, tuple[str, ...]] = {}
        self.controls: dict[str, dict[str, str]] = {}
        self.texts: dict[str, str] = {}
        self.links: list[str] = []
        self.title = ""
        self._open: list[tuple[str, str]] = []
        self._area, self._select = "", ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        self.links += [attributes[name] for name in ("href", "action", "src") if name in attributes]
        name = attributes.get("name", "")
        if tag in ("input", "textarea", "select"):
            self.controls.setdefault(name, attributes)
        if tag == "input" and (attributes.get("type") not in ("radio", "checkbox") or "checked" in attributes):
            self._send(name, attributes.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ("",)
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in attributes:
            self._send(self._select, attributes["value"])
        if tag not in _VOID:
            self._open.append((tag, attributes.get("id", "")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "textarea":
            self.fields[self._area] = (self.fields[self._area][0].removeprefix("\n"),)
            self._area = ""

    def handle_data(self, data: str) -> None:
        for tag, name in self._open:
            if name:
                self.texts[name] = self.texts.get(name, "") + data
            if tag == "title":
                self.title += data
        if self._area:
            self.fields[self._area] = (self.fields[self._area][0] + data,)

    @property
    def filled(self) -> dict[str, tuple[str, ...]]:
        """The fields without the blank ones."""
        return {name: values for name, values in self.fields.items() if any(values)}

    def _send(self, name: str, value: str) -> None:
        self.fields[name] = (*self.fields.get(name, ()), value)
