"""AskFirst in Microsoft Teams, tried against a stand-in for Teams on this machine."""
