"""The chat page: server-rendered, usable without JavaScript, its state in the store and in one cookie."""
