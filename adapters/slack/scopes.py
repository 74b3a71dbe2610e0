"""What Slack is asked to allow."""

from __future__ import annotations

# Each permission with the reason for which a school's technician may grant it.
SCOPES: dict[str, str] = {
    "app_mentions:read": "to answer in a channel where the app is mentioned",
    "channels:history": "to find an answer or a tip that was posted already, so that none is posted twice",
    "chat:write": "to answer, to send alerts and receipts, to post tips",
    "commands": "for /ask, /concern and the shortcuts",
    "groups:history": "the same in private channels that the app was added to",
    "im:history": "to read what is asked in direct messages",
    "im:write": "to answer in a direct message what was asked on the Home tab",
    "users:read": "to know who is a guest, and the name of whoever logs a concern",
    "users:read.email": "to match people with those in school.yaml",
}
# Slack takes it only together with the agent feature, and gives it to every app that has the feature.
AGENT_SCOPE = "assistant:write"
AGENT_SCOPES: dict[str, str] = {
    **SCOPES,
    AGENT_SCOPE: "to suggest questions, and to say that an answer is being looked up",
}
