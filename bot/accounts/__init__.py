"""A new account or tool: what is asked, what is forbidden, who decides, and how one stands in the register. Pure.

An account here is one of the school's own (a page, a group, a channel, a class tool), never that of a person in a chat.
"""

from bot.accounts.form import AccountForm, account_form
from bot.accounts.model import Asking, Decision, Holder, Registered, RegisterState

__all__ = ["AccountForm", "Asking", "Decision", "Holder", "RegisterState", "Registered", "account_form"]
