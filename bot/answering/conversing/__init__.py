"""What makes of single messages a conversation: several questions in one, one without a subject, and what follows an
answer."""
