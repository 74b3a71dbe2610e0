"""The channels: each is to_message, render and a thin start."""
