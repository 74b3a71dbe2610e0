"""Naming who stands in for somebody on leave. How the school then is, says bot/concerns/standing_in.py."""
