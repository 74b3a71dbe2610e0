"""The address of a gateway for text messages or calls, as it stands in school.yaml."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.knowledge.files.fields import YamlFields
from bot.settings import on_loopback


def is_webhook(address: str) -> bool:
    """Whether alerts may be sent there: over https, or to this machine alone."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return (
        bool(host)
        and not parts.username
        and (parts.scheme == "https" or (parts.scheme == "http" and on_loopback(host)))
    )


def read_webhook(fields: YamlFields) -> str:
    """The webhook of a person, empty for none. Anything but https is a fault."""
    address = fields.text("webhook", required=False)
    if address and not is_webhook(address):
        fields.fault("webhook", "is not an address that alerts may be sent to", "Write it as https://gateway.example/…")
        return ""
    return address
