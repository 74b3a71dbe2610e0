"""What kind of account somebody has, and what Slack would do with a letter to it. Pure.

Where nobody can say that Slack delivers, an alert does not count on it: the next way goes at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Standing = Literal["member", "elsewhere", "guest", "stranger", "bot", "closed"]

_TROUBLES: dict[Standing, str] = {
    "stranger": "this account is of another organisation, and no alert is sent to it",
    "bot": "this account is an app's, which reads nothing",
    "closed": "this person's Slack account is closed",
}
_GUEST_SHUT_OUT = "this is a guest's account, and Slack lets no guest use an app with the agent feature"
_GUEST_MAYBE_SHUT_OUT = (
    "this is a guest's account, and Slack does not say whether the app has the agent feature, which shuts guests out. "
    "Set SLACK_AGENT=0 if it has not"
)
_REMARKS: dict[Standing, str] = {
    "guest": "a guest's account: alerted in Slack, and reads in the inbox on the page",
    "elsewhere": "at home in another workspace of the organisation: alerted in Slack, and reads there",
}


def standing_of(user: Mapping[str, Any], team: str) -> Standing:
    """Slack's word about a user -> their standing in the workspace `team`. In an organisation everybody has one home
    workspace, and belongs to each that enterprise_user names."""
    if user.get("deleted"):
        return "closed"
    if user.get("is_bot"):
        return "bot"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "guest"
    home, belongs = str(user.get("team_id") or team), (user.get("enterprise_user") or {}).get("teams") or ()
    if user.get("is_stranger") or (home != team and team not in belongs):
        return "stranger"
    return "member" if home == team else "elsewhere"


def is_outside(standing: Standing) -> bool:
    """Whether this is nobody of the school."""
    return standing not in ("member", "elsewhere")


def why_not_alerted(standing: Standing, agent: bool | None) -> str:
    """Why no alert is sent to such an account; empty where it is. `agent` says whether the app has the agent feature,
    None where nobody can say."""
    if standing == "guest" and agent is not False:
        return _GUEST_SHUT_OUT if agent else _GUEST_MAYBE_SHUT_OUT
    return _TROUBLES.get(standing, "")


def why_not_told(standing: Standing) -> str:
    """Why whoever logged a concern from such an account hears nothing there; empty where they do. They used the app:
    guests and people of other organisations hear of their own concern too."""
    return _TROUBLES[standing] if standing in ("closed", "bot") else ""


def remark_on(standing: Standing) -> str:
    """What is to be known of an account that is alerted; empty for most."""
    return _REMARKS.get(standing, "")
