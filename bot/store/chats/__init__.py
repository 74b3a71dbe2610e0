"""What the chats need of the store: whose account is whose, where people are reached, what arrived."""
