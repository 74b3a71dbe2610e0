"""Decision -> reply: the turns of a conversation, answers, handovers, and how well they do."""
