"""With what the app signs in to Microsoft: a client secret, or a key with its certificate; and until when that holds.

Many tenants forbid secrets, or let them live for months only. A certificate is one file in PEM with both parts.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from adapters.teams.faults import TeamsError
from bot.settings import Teams

_WARNED = dt.timedelta(weeks=3)
_NAME = "TEAMS_APP_CERTIFICATE"
_KEYS = (
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)


def credential_of(settings: Teams, now: dt.datetime) -> str | dict[str, str]:
    """The credential as MSAL takes it. Raises TeamsError, saying what is wrong with the file."""
    if settings.certificate is None:
        return settings.password
    text = _text(settings.certificate)
    key, certificate = _key(settings.certificate, text), _certificate(settings.certificate, text)
    if certificate.not_valid_after_utc <= now:
        raise TeamsError(
            f"{_NAME}: the certificate in {settings.certificate} ended on {certificate.not_valid_after_utc:%Y-%m-%d}. "
            "Make a new one, upload it in Entra, and start AskFirst again"
        )
    if not _fit(key, certificate):
        raise TeamsError(
            f"{_NAME}: the key in {settings.certificate} is not that of its certificate. Put both of one pair"
        )
    # A fingerprint by which Entra finds the certificate, not a proof of anything.
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303
    return {"private_key": key.private_bytes(*_KEYS).decode(), "thumbprint": thumbprint}


def ends_on(settings: Teams) -> dt.date | None:
    """The last day on which the app can sign in, None where nobody said it. Raises TeamsError for a file that cannot be
    used."""
    if settings.certificate is None:
        return settings.secret_ends
    ends = _certificate(settings.certificate, _text(settings.certificate)).not_valid_after_utc.date()
    return min(ends, settings.secret_ends) if settings.secret_ends else ends


def how_long(settings: Teams, now: dt.datetime) -> tuple[bool, str]:
    """(whether the app can sign in, what is to be said of it): empty words where nothing is to be done yet."""
    if not settings.checked:
        return True, ""
    try:
        credential_of(settings, now)
        ends = ends_on(settings)
    except TeamsError as fault:
        return False, str(fault)
    what = "certificate" if settings.certificate else "client secret"
    instead = "Make a new one (docs/teams.md, step 1), set it, and start AskFirst again. Until then Teams sends nothing"
    if ends is None:
        return True, ""
    if ends < now.date():
        return False, f"the {what} ended on {ends}. {instead}, and alerts go by e-mail"
    if ends - now.date() <= _WARNED:
        return True, f"the {what} ends on {ends}. Make a new one before that day (docs/teams.md, step 1)"
    return True, ""


def _text(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise TeamsError(
            f"{_NAME}: {file} cannot be read ({fault.strerror}). Name the PEM file with the key and its certificate"
        ) from None


def _key(file: Path, text: bytes) -> Any:
    try:
        return serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError, AttributeError):
        raise TeamsError(
            f"{_NAME}: there is no key without a password in {file}. Put the key and its certificate into one PEM file"
        ) from None


def _certificate(file: Path, text: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(text)[0]
    except (ValueError, IndexError):
        raise TeamsError(
            f"{_NAME}: there is no certificate in {file}. Put the key and its certificate into one PEM file"
        ) from None


def _fit(key: Any, certificate: x509.Certificate) -> bool:
    shape = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    own: bytes = key.public_key().public_bytes(*shape)
    return own == certificate.public_key().public_bytes(*shape)
