"""The front door: the command `askfirst`, one module a verb."""
