"""What is served now: loaded at the start, replaced when its files change, kept when they have a fault."""
