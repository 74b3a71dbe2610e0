"""Slack, on slack-bolt: every rule stays in the core."""

from adapters.slack.manifest import SCOPES, manifest
from adapters.slack.start import SlackService

__all__ = ["SCOPES", "SlackService", "manifest"]
