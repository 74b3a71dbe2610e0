"""Where a sealed value belongs, and rows whose texts are sealed for the very place in which they stand.

A value is bound to its table, column, school and row: whoever can write the database and has no key can copy it
elsewhere, and there it does not open. A column type cannot do that, because it is given a value and never its row; so
rows are sealed as they are written and opened as they are read, by these functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from bot.store.sealing.vault import Cell, Vault

Stored = Mapping[str, Any] | sa.RowMapping
_ALSO = ("school", "concern")  # never change in a row: what is about one concern is not to be hung on another


def cell_of(column: sa.Column[Any], row: Stored) -> Cell:
    """A sealed column and a row with the school, the key and (where there is one) the concern -> the value's place."""
    table = column.table
    bound = [each.name for each in table.columns if each.name != "school" and _binds(each)]
    return Cell(table.name, column.name, row.get("school") or "", tuple(_text(row[name]) for name in bound))


def bound_columns(table: sa.Table) -> list[sa.Column[Any]]:
    """What must be read of a row to open its sealed values."""
    return [each for each in table.columns if _binds(each)]


def sealed_columns(table: sa.Table) -> list[sa.Column[Any]]:
    """Every column of a table that is sealed."""
    return [each for each in table.columns if isinstance(each.type, sa.LargeBinary)]


def sealed_row(vault: Vault, table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose sealed columns are texts still -> the row as it is stored."""
    sealed = {
        column.name: vault.seal(row[column.name], cell_of(column, row))
        for column in sealed_columns(table)
        if row.get(column.name) is not None
    }
    return {**row, **sealed}


def opened(vault: Vault, column: sa.Column[Any], row: sa.Row[*tuple[Any, ...]]) -> str:
    """The text in a column of a row that was read with `bound_columns`. Raises VaultError."""
    found = row._mapping
    sealed: bytes = found[column.name]
    return vault.open(sealed, cell_of(column, found))


def with_bound(*columns: sa.Column[Any]) -> Iterable[sa.Column[Any]]:
    """Sealed columns of one table, and what must be read beside them."""
    return (*bound_columns(columns[0].table), *columns)


def _binds(column: sa.Column[Any]) -> bool:
    return column.primary_key or column.name in _ALSO


def _text(value: object) -> str:
    return "" if value is None else str(value)
