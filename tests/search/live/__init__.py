"""Tests of what pages ask for while somebody uses them."""
