"""Tests of messages and their delivery."""
