"""What is let in over HTTP: only what Slack signed within the last five minutes, and what can be read at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qs

from slack_sdk.signature import SignatureVerifier


def is_from_slack(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether Slack signed this, a moment ago. Never raises, whatever the headers hold."""
    try:
        return verifier.is_valid_request(body, dict(headers))
    except (ValueError, TypeError, OverflowError):
        return False


def is_readable(body: bytes, content_type: str) -> bool:
    """Whether this is of a shape that Slack sends: a JSON object, a form with one as its payload, or a command."""
    try:
        text = body.decode()
        if content_type == "application/json":
            return _is_whole(json.loads(text))
        form = parse_qs(text, keep_blank_values=True)
        if "payload" in form:
            return len(form["payload"]) == 1 and _is_whole(json.loads(form["payload"][0]))
    except (ValueError, RecursionError):
        return False
    return content_type == "application/x-www-form-urlencoded" and {"command", "user_id", "trigger_id"} <= set(form)


def _is_whole(payload: object) -> bool:
    """Whether a payload holds what everything else is read from, each of its kind."""
    if not isinstance(payload, dict) or not isinstance(payload.get("type"), str):
        return False
    parts = [
        payload[name] for name in ("event", "view", "channel", "message", "container", "team") if payload.get(name)
    ]
    if not all(isinstance(part, dict) for part in parts):
        return False
    if payload["type"] == "event_callback":
        return isinstance((payload.get("event") or {}).get("type"), str)
    user = payload.get("user")
    return payload["type"] == "url_verification" or (isinstance(user, dict) and isinstance(user.get("id"), str))
