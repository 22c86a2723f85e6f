"""Tests of the ROME reference."""
