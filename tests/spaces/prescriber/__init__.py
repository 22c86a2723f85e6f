"""The space of a person."""
