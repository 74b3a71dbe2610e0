"""Text -> decision: what a message says, whether somebody is at risk, and which entry it asks for."""
