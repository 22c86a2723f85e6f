"""Tests of the legal guard."""
