"""Prescriber organisations, the people they follow, and the immersions they propose to them."""
