"""The terminal as a channel: the installed command in a process of its own, on a real database."""
