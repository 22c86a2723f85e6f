"""Tests of the folder."""
