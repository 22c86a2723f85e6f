"""Tests of the document of an agreement."""
