"""Slack, on slack-bolt: every rule stays in the core. Importing it raises NotInstalledError without the extra."""

from bot.extras import needs

with needs("slack", "Slack"):
    from adapters.slack.alerts import SlackWay
    from adapters.slack.manifest import manifest
    from adapters.slack.scopes import SCOPES
    from adapters.slack.start import SlackService
    from adapters.slack.tips import SlackTips
    from adapters.slack.workspaces import Workspaces

__all__ = ["SCOPES", "SlackService", "SlackTips", "SlackWay", "Workspaces", "manifest"]
