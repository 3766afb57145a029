"""The books in PostgreSQL: one schema a book, on the persistence layer of `eventsourcing`."""
