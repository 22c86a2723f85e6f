"""The search of slots and their pages."""
