"""AskFirst in Microsoft Teams, on botbuilder-core. Nothing outside this package knows the SDK. Importing it raises
NotInstalledError without the extra `teams`."""

from bot.extras import needs

with needs("teams", "Microsoft Teams"):
    from adapters.teams.start import MESSAGES, TeamsOut, TeamsService

__all__ = ["MESSAGES", "TeamsOut", "TeamsService"]
