"""What a page asks for while somebody uses it: the places of its map, suggestions for a field. Each page works without.

Answers are JSON, hold nothing personal, and may be kept by browsers and caches for some minutes.
"""
