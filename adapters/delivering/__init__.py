"""What goes out by itself: alerts, tips, and the calendars that are fetched for them."""
