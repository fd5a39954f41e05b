"""A column whose values are sealed: sealed when they are written, opened by whoever may read the row."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.journal.vault import Place, Vault, VaultCode, VaultError, is_sealed, key_name


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """The values of one column of a table; without a vault they lie in clear (for tests and tools)."""

    vault: Vault | None
    schema: str
    table: str

    def seal(self, content: bytes, *key: str) -> bytes:
        """Return what to store in the row with this unique key; raises `VaultError`."""
        return content if self.vault is None else self.vault.seal(content, self._place(key))

    def open(self, stored: bytes, *key: str) -> bytes:
        """Return the content; with a vault nothing that lies in clear is believed. Raises `VaultError`."""
        if self.vault is not None:
            if not is_sealed(stored):
                raise VaultError(VaultCode.NOT_SEALED, table=self.table)
            return self.vault.open(stored, self._place(key))
        if is_sealed(stored):
            raise VaultError(VaultCode.KEY_UNKNOWN, key=key_name(stored), table=self.table)
        return stored

    def open_any(self, stored: bytes, *key: str) -> bytes:
        """Return the content whether it is sealed or in clear: to remove it, not to act by it. Raises `VaultError`."""
        return self.open(stored, *key) if is_sealed(stored) else stored

    def renew(self, stored: bytes, *key: str) -> bytes:
        """Return the same content under the newest key; raises `VaultError`."""
        return self.seal(self.open(stored, *key), *key)

    def _place(self, key: tuple[str, ...]) -> Place:
        return Place(self.schema, self.table, key)
