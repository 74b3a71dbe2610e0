"""The concern form on the page."""
