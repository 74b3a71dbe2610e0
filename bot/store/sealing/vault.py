"""Sealing what names or describes anyone, and tokens by which a sealed thing can be found or proved unchanged.

Sealing is AES-256-GCM of the library cryptography, with several keys for rotation. What is sealed is bound to its cell
(table, column, school and row) as authenticated data, and carries no time. Tokens are HMAC-SHA256 under keys of the
database's own, which are themselves sealed: they outlive a rotation, and are followed by a new one after a leak.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import AskFirstError

_VERSION = b"\x01"  # in front of every sealed value
_NONCE = 12  # bytes: random ones are safe for four thousand million values under one key
SEALED_NOTHING = 1 + _NONCE + 16  # bytes of an empty text once it is sealed; every other one has more
_SEALING = b"askfirst: sealing, 1"  # what a key of ASKFIRST_KEYS is used for


class VaultError(AskFirstError):
    """The keys cannot be read, or do not fit the database, or a sealed value is not where it was put."""


NOT_FOR_REAL_USE = (
    "The demo's key lies in a file beside the database. That is not for real use: set ASKFIRST_KEYS "
    "(make a key with: askfirst keys new)."
)
DO_NOT_FIT = (
    "the keys do not fit this database. Nothing was changed. Set ASKFIRST_KEYS to the key with which it was written "
    "(put a new key before the old one, then run: askfirst keys rotate). If it is lost, run: askfirst keys lost"
)


@dataclass(frozen=True)
class Cell:
    """Where a sealed value belongs. `row` is what tells the row from every other of its school."""

    table: str
    column: str
    school: str
    row: tuple[str, ...]

    def __bytes__(self) -> bytes:
        return _VERSION + _packed((self.table, self.column, self.school, *self.row))


class Vault:
    """Seals and opens texts. Safe to share between threads. `index_keys` are the keys behind the tokens, the first one
    first: each later one covers what was leaked with those before it."""

    def __init__(self, keys: Sequence[str], index_keys: Sequence[bytes]) -> None:
        self._keys, self._ciphers = tuple(keys), _ciphers(keys)
        self.index_keys = tuple(index_keys)

    def with_index(self, index_keys: Sequence[bytes]) -> Vault:
        """A vault with the same keys and other index keys."""
        return Vault(self._keys, index_keys)

    def own_index(self) -> bytes:
        """The index keys, sealed with the first key."""
        return sealed_index(self._keys, self.index_keys)

    def seal(self, text: str, cell: Cell) -> bytes:
        """A text -> bytes that tell nobody anything, different each time, and that open in this cell alone."""
        return _seal(self._ciphers, text, cell)

    def open(self, sealed: bytes, cell: Cell) -> str:
        """The text again. Raises VaultError where no key fits, or the value comes from another place."""
        text = _open(self._ciphers, sealed, cell)
        if text is None:
            raise VaultError(
                f"a value in {cell.table}.{cell.column} cannot be opened: somebody changed it or put it there from "
                "another place, or its key is not in ASKFIRST_KEYS. Keep the database as it is, and run: askfirst "
                "audit verify"
            )
        return text

    def has_index(self, kept: bytes) -> bool:
        """Whether these are the sealed index keys of this very vault. Raises VaultError where no key fits."""
        return _opened_index(self._ciphers, kept) == self.index_keys

    def token(self, *parts: object) -> str:
        """64 hexadecimal digits that stand for these parts; nobody can make them without the keys."""
        return self.of_lasting(self.lasting(*parts))

    def of_lasting(self, token: str) -> str:
        """What `lasting` gave -> what `token` gives for the same parts now."""
        for key in self.index_keys[1:]:
            token = _covered(token, key)
        return token

    def lasting(self, *parts: object) -> str:
        """A token that a new index key leaves as it is. For what is made out of a secret that only its bearer has, and
        must come out the same for ever: never for what decides who may read."""
        return hmac.new(self.index_keys[0], _packed(str(each) for each in parts), hashlib.sha256).hexdigest()

    def renewed(self, token: str) -> str:
        """A token as it was before the newest index key -> as it is with it."""
        return _covered(token, self.index_keys[-1])


def open_vault(keys: Sequence[str], demo_key: Path, kept: bytes | None, keep: Callable[[bytes], None]) -> Vault:
    """keys (from the environment) or the demo's key file -> Vault.

    `kept` is the database's sealed index keys, None where it has none yet: then `keep` stores some. A demo key is only
    made for a database without any. Raises VaultError; nothing is ever overwritten.
    """
    if kept is not None:
        chosen = chosen_keys(keys, demo_key)
        return Vault(chosen, open_index(chosen, kept))
    chosen = keys or _make_demo_key(demo_key)
    index_keys = (secrets.token_bytes(32),)
    keep(sealed_index(chosen, index_keys))
    return Vault(chosen, index_keys)


def chosen_keys(keys: Sequence[str], demo_key: Path) -> Sequence[str]:
    """The keys for a database that has been written already. Raises VaultError."""
    return keys or _read_demo_key(demo_key)


def new_key() -> str:
    """A fresh key for ASKFIRST_KEYS."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def sealed_index(keys: Sequence[str], index_keys: Sequence[bytes]) -> bytes:
    """The keys behind the tokens, as the table `vault` keeps them."""
    return _seal(_ciphers(keys), ",".join(key.hex() for key in index_keys), _INDEX)


def open_index(keys: Sequence[str], kept: bytes) -> tuple[bytes, ...]:
    """The same, opened. Raises VaultError."""
    return _opened_index(_ciphers(keys), kept)


def opens_index(keys: Sequence[str], kept: bytes) -> bool:
    """Whether one of the keys opens the sealed index keys: also those of a database that was not migrated yet, which
    AskFirst 0.2 and before sealed in another form."""
    try:
        if kept.startswith(_VERSION):
            open_index(keys, kept)
        else:
            MultiFernet([Fernet(key) for key in keys]).decrypt(kept)
    except (VaultError, InvalidToken, ValueError):  # ValueError: something that is not a key
        return False
    return True


def _opened_index(ciphers: Sequence[AESGCM], kept: bytes) -> tuple[bytes, ...]:
    text = _open(ciphers, kept, _INDEX)
    if text is None:
        raise VaultError(DO_NOT_FIT)
    return tuple(map(bytes.fromhex, text.split(",")))


_INDEX = Cell("vault", "value", "", ("index",))


def _seal(ciphers: Sequence[AESGCM], text: str, cell: Cell) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + ciphers[0].encrypt(nonce, text.encode(), bytes(cell))


def _open(ciphers: Sequence[AESGCM], sealed: bytes, cell: Cell) -> str | None:
    if not isinstance(sealed, bytes | memoryview):  # SQLite gives back whatever somebody has put there
        return None
    kept = bytes(sealed)
    if not kept.startswith(_VERSION) or len(kept) < SEALED_NOTHING:
        return None
    for cipher in ciphers:
        try:
            return cipher.decrypt(kept[1 : 1 + _NONCE], kept[1 + _NONCE :], bytes(cell)).decode()
        except InvalidTag:
            continue
    return None


def _covered(token: str, key: bytes) -> str:
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()


def _packed(parts: Iterable[str]) -> bytes:
    """Parts -> bytes from which they could be read again: no two lists of parts give the same."""
    return b"".join(len(part := each.encode()).to_bytes(4) + part for each in parts)


def _ciphers(keys: Sequence[str]) -> tuple[AESGCM, ...]:
    try:
        return tuple(AESGCM(HKDF(SHA256(), 32, None, _SEALING).derive(_key_bytes(key))) for key in keys)
    except ValueError:
        raise VaultError("ASKFIRST_KEYS holds something that is not a key. Make one with: askfirst keys new") from None


def _key_bytes(key: str) -> bytes:
    found = base64.urlsafe_b64decode(key.encode("ascii"))
    if len(found) != 32:
        raise ValueError
    return found


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
