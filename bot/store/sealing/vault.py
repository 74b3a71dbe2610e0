"""Sealing what names or describes anyone, and tokens by which a sealed thing can be found or proved unchanged.

Sealing is Fernet (AES-128-CBC with HMAC-SHA256) of the library cryptography, with several keys for rotation. Tokens
are HMAC-SHA256 under a key of the database's own, which is itself sealed and so outlives every rotation.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import AskFirstError


class VaultError(AskFirstError):
    """The keys cannot be read, or do not fit the database."""


NOT_FOR_REAL_USE = (
    "The demo's key lies in a file beside the database. That is not for real use: set ASKFIRST_KEYS "
    "(make a key with: askfirst keys new)."
)
DO_NOT_FIT = (
    "the keys do not fit this database. Nothing was changed. Set ASKFIRST_KEYS to the key with which it was written "
    "(put a new key before the old one, then run: askfirst keys rotate)"
)


class Vault:
    """Seals and opens texts. Safe to share between threads."""

    def __init__(self, keys: Sequence[str], index_key: bytes) -> None:
        self._fernet = _fernet(keys)
        self._index_key = index_key

    def seal(self, text: str) -> bytes:
        """A text -> bytes that tell nobody anything, different each time."""
        # Fernet writes the second of sealing in front, for all to read: a question must not carry when it was asked.
        return self._fernet.encrypt_at_time(text.encode(), 0)

    def open(self, sealed: bytes) -> str:
        """The text again. Raises VaultError where no key fits."""
        try:
            return self._fernet.decrypt(bytes(sealed)).decode()
        except InvalidToken:
            raise VaultError(DO_NOT_FIT) from None

    def renewed(self, sealed: bytes) -> bytes:
        """What was sealed with any key -> its text sealed with the first one. Raises VaultError."""
        try:
            return self._fernet.encrypt_at_time(self._fernet.decrypt(bytes(sealed)), 0)
        except InvalidToken:
            raise VaultError(DO_NOT_FIT) from None

    def token(self, *parts: object) -> str:
        """64 hexadecimal digits that stand for these parts; nobody can make them without the keys."""
        message = b"".join(len(part := str(each).encode()).to_bytes(4) + part for each in parts)
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def open_vault(keys: Sequence[str], demo_key: Path, kept: bytes | None, keep: Callable[[bytes], None]) -> Vault:
    """keys (from the environment) or the demo's key file -> Vault.

    `kept` is the database's sealed index key, None where it has none yet: then `keep` stores one. A demo key is only
    made for a database without one. Raises VaultError; nothing is ever overwritten.
    """
    if kept is not None:
        chosen = keys or _read_demo_key(demo_key)
        return Vault(chosen, _index_key(chosen, kept))
    chosen = keys or _make_demo_key(demo_key)
    index_key = secrets.token_bytes(32)
    keep(_fernet(chosen).encrypt(index_key))
    return Vault(chosen, index_key)


def new_key() -> str:
    """A fresh key for ASKFIRST_KEYS."""
    return Fernet.generate_key().decode()


def _index_key(keys: Sequence[str], kept: bytes) -> bytes:
    try:
        return _fernet(keys).decrypt(bytes(kept))
    except InvalidToken:
        raise VaultError(DO_NOT_FIT) from None


def _fernet(keys: Sequence[str]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise VaultError("ASKFIRST_KEYS holds something that is not a key. Make one with: askfirst keys new") from None


def _read_demo_key(path: Path) -> tuple[str, ...]:
    try:
        return (path.read_text(encoding="ascii").strip(),)
    except (OSError, UnicodeDecodeError):
        raise VaultError(
            f"the database is sealed, and neither ASKFIRST_KEYS nor {path} holds its key. Put the key back; without "
            "it nobody can read what is stored"
        ) from None


def _make_demo_key(path: Path) -> tuple[str, ...]:
    """The key in `path`, made where there is none, readable by its owner only."""
    if path.exists():
        return _read_demo_key(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # made with mode 0600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(new_key() + "\n")
        try:
            os.link(aside, path)
        except FileExistsError:  # another process was quicker
            pass
        finally:
            Path(aside).unlink()
    except OSError as fault:
        raise VaultError(f"{path}: {fault.strerror}. Check ASKFIRST_DATA and who may write there") from fault
    return _read_demo_key(path)
