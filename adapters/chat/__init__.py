"""What Slack and Teams say and do alike: the values of buttons, the words around the concern form, the tasks on a
concern. No chat's own types are here."""
