"""How the tables came about, one step a file; run by bot.store.database when a store is opened."""
