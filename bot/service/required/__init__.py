"""What staff must read, carried out: what can be set, the list of staff, reading and answering, reminders, results."""
