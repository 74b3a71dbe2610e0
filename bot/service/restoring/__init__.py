"""After a database was put back from a backup: who is told, what a person says, and what is said of a receipt that is
not in it."""

from bot.service.restoring.deciding import LOOK, hold, let_run, may_decide, standing
from bot.service.restoring.telling import tell_restored

__all__ = ["LOOK", "hold", "let_run", "may_decide", "standing", "tell_restored"]
