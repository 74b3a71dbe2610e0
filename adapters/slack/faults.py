"""What can go wrong between here and Slack, in words that hold nothing that anybody wrote."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.chat.faults import ChatFaults
from bot.errors import AskFirstError

# Slack refused, answered with what it should not, or did not answer at all (a time-out is an OSError).
UNANSWERED = (SlackClientError, aiohttp.ClientError, OSError)
_WAIT = 20.0  # seconds, where Slack says "later" and not when

# What trying again does not mend.
FOR_GOOD = frozenset(
    "users_not_found user_not_found channel_not_found cannot_dm_bot user_disabled is_archived token_revoked "
    "account_inactive invalid_auth not_authed token_expired missing_scope org_login_required ekm_access_denied "
    "restricted_action messages_tab_disabled not_in_channel user_not_in_channel thread_not_found message_not_found "
    "expired_url org_wide_install".split()
)
# After these Slack itself does not know how far it came.
_UNSURE = frozenset({"", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_SAID = {
    "token_revoked": "Slack has withdrawn the app's token. Install the app again",
    "account_inactive": "the app was removed from Slack. Install it again",
    "invalid_auth": "Slack does not accept the app's token. Check SLACK_BOT_TOKEN",
    "users_not_found": "Slack knows nobody with this e-mail address",
    "user_not_found": "Slack does not know this person",
    "user_disabled": "this person's Slack account is closed",
    "missing_scope": "the app lacks a permission. Install it again with the manifest of this version",
    "ratelimited": "Slack asks to wait",
}


class SlackError(AskFirstError):
    """Slack cannot be used as it is set up, or did not take something; `error` is Slack's own word for it."""

    def __init__(self, text: str, error: str = "") -> None:
        super().__init__(text)
        self.error = error


def error_of(fault: Exception) -> str:
    """Slack's own word for what went wrong; empty where it gave none."""
    if isinstance(fault, SlackError):
        return fault.error
    response = fault.response if isinstance(fault, SlackApiError) else None
    data = response if isinstance(response, Mapping) else getattr(response, "data", None)
    return str(data.get("error", "")) if isinstance(data, Mapping) else ""


def wait_of(fault: Exception) -> float | None:
    """How many seconds Slack asks to wait; None where it does not."""
    response = fault.response if isinstance(fault, SlackApiError) else None
    headers = getattr(response, "headers", None) or {}
    asked = str(headers.get("Retry-After") or headers.get("retry-after") or "")
    if asked.isdigit():
        return float(asked)
    return _WAIT if error_of(fault) == "ratelimited" else None


def may_be_there(fault: Exception) -> bool:
    """Whether what was to be posted may have been posted all the same."""
    if isinstance(fault, SlackError | aiohttp.ClientConnectorError):
        return False
    return wait_of(fault) is None and error_of(fault) in _UNSURE


def plainly(fault: Exception) -> str:
    """An error in plain words. Of those that are not ours only the kind is known to hold nothing that people wrote."""
    if isinstance(fault, AskFirstError):
        return str(fault)
    error = error_of(fault)
    if error in _SAID:
        return _SAID[error]
    if error and error.replace("_", "").isalnum():
        return f"Slack answered: {error}"
    return "Slack refused" if isinstance(fault, SlackClientError) else f"Slack cannot be reached ({_kind(fault)})"


def _kind(fault: Exception) -> str:
    return type(fault).__name__


def _for_good(fault: Exception) -> bool:
    return error_of(fault) in FOR_GOOD


FAULTS = ChatFaults((AskFirstError, *UNANSWERED), _for_good, plainly)
