"""New accounts and tools: asked for, decided, registered, reviewed, handed over, closed."""

from bot.service.accounts.desk import AccountDesk, AccountFigures, NotInRegisterError, SeenAccount

__all__ = ["AccountDesk", "AccountFigures", "NotInRegisterError", "SeenAccount"]
