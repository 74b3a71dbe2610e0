"""Who is to be told, when, and what has become of it: rows that wait, are taken, and are answered for."""
