"""What stands in for the outside world: the fake remote services, and the fictitious territory.

The fakes are WSGI applications that speak the published protocols over real HTTP (`serving`), with their limits and,
on demand, their faults (`faults`). Tests and the demonstration use the real clients against them.

The demonstration is invented from `facts/` (`inventory`): offers and trainings read like real ones, faults included,
and name nobody. Chance has a fixed seed and days count from today, so that it is the same for the same day; its places
are drawn from the communes around the default territory, whichever it is. It goes in through the real client, crawl,
LHEO importer and matching (`loading`), under the source "demonstration", which is marked as fictitious.
"""
