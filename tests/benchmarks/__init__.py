"""Measures: run by `make bench`, never by the tests. Each module's `rows(full=False)` gives lines of the table."""
