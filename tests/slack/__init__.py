"""A local Slack that a test drives as a person would; README.md says how."""
