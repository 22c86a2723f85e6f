"""Journeys of people across features."""
