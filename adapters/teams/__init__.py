"""AskFirst in Microsoft Teams."""
