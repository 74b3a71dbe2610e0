"""What people do with concerns: log one, follow it, read it, work on it. Each is one transaction of the store.

Pure modules decide (bot.concerns); this package carries out. Synchronous: a channel calls
it with `asyncio.to_thread`.
"""

from bot.service.casework.action_table import ACTIONS
from bot.service.casework.actions import Ability, ActionDone, ConcernAction, ConcernActions
from bot.service.casework.reporting import RefusedError, begin_round, routing_now
from bot.service.casework.work import Casework, Export

__all__ = [
    "ACTIONS",
    "Ability",
    "ActionDone",
    "Casework",
    "ConcernAction",
    "ConcernActions",
    "Export",
    "RefusedError",
    "begin_round",
    "routing_now",
]
