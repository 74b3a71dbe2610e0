"""The environment while it is read: values, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import AskFirstError


@dataclass(frozen=True)
class SettingFault:
    """What is wrong with a variable and what to do. `stops` says whether whoever uses it must not start: a channel that
    was begun and left is only off."""

    name: str
    said: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.name}: {self.said}"


class SettingsError(AskFirstError):
    """Environment variables hold something that cannot be used; the text names each of them."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        first, *more = (str(fault) for fault in faults)
        many = "\n  ".join((f"{len(faults)} settings cannot be used:", first, *more))
        super().__init__(many if more else first)


class Variables:
    """The environment (as os.environ). `faults` are those found so far, in the order in which they were found."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[SettingFault] = []

    def get(self, name: str, usual: str = "") -> str:
        """As it stands there; `usual` where it is not set or empty."""
        return self._environment.get(name) or usual

    def meant(self, name: str) -> str:
        """As it was meant: blanks around it, and the quotes of a file of settings, belong to no secret."""
        value = self.get(name).strip()
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        return value[1:-1].strip() if quoted else value

    def is_set(self, name: str) -> bool:
        """Whether it is there, be it empty."""
        return name in self._environment

    def wrong(self, name: str, said: str, *, stops: bool = True) -> None:
        """Note a fault; the secret itself must not stand in what is said."""
        self.faults.append(SettingFault(name, said, stops))

    def half(self, what: str, missing: str, others: Sequence[str]) -> None:
        """Note that a channel is half set up where one of the other variables is set without this one."""
        if left := [name for name in others if self.meant(name)]:
            there = f"{' and '.join(left)} {'is' if len(left) == 1 else 'are'}"
            said = f"it is not set, and {there}: {what} is half set up, and not in use. Set it, or unset the rest"
            self.wrong(missing, said, stops=False)
