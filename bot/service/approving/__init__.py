"""Approving answers, and a school of its own out of the shipped folder."""
