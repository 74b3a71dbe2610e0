"""New accounts and tools: asked for, decided, registered, reviewed, handed over, closed."""

from bot.service.accounts.desk import AccountDesk, NotInRegisterError, Seen

__all__ = ["AccountDesk", "NotInRegisterError", "Seen"]
