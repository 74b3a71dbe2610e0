"""AskFirst in Microsoft Teams, on botbuilder-core. Nothing outside this package knows the SDK. Importing it raises
NotInstalledError without the extra `teams`."""

from bot.extras import needs

with needs("teams", "Microsoft Teams"):
    from adapters.teams.credentials import how_long
    from adapters.teams.start import MESSAGES, TeamsOut, TeamsService, refused_lately

__all__ = ["MESSAGES", "TeamsOut", "TeamsService", "how_long", "refused_lately"]
