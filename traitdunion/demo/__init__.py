"""What stands in for the outside world: the fake remote services, and the fictitious territory.

The fakes are WSGI applications that speak the published protocols over real HTTP (`serving`), with their limits and,
on demand, their faults (`faults`). Tests and the demonstration use the real clients against them.
"""
