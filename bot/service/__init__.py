"""Carries out what the pure modules decide: one transaction of the store each. Synchronous; time is an argument."""
