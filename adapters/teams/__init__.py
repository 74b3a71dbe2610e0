"""AskFirst in Microsoft Teams, on botbuilder-core. Nothing outside this package knows the SDK."""

from adapters.teams.start import MESSAGES, TeamsOut, TeamsService

__all__ = ["MESSAGES", "TeamsOut", "TeamsService"]
