"""A database as one file, while it is in use, and back again.

One way for both kinds: the file holds an SQLite database with the rows as they were at one moment, beside a manifest.
SQLite is copied by its own online backup. PostgreSQL is read in one REPEATABLE READ transaction, by the driver that is
there anyway: pg_dump is not on every machine, refuses servers newer than itself, and its output is read by PostgreSQL
alone, so that a backup could be neither looked at nor migrated before it takes a database's place.
"""
