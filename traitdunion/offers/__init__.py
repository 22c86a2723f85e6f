"""Job offers: fetched or imported, read, stored once, withdrawn when their source withdraws them.

Words: a *source* publishes offers (France Travail, a file); a *slice* is the part of a source that one crawl covers
(a département); a *run* is one crawl or import and its counts; a *sighting* is the last time a source showed an offer;
a *rejected record* is what could not be read, kept raw; a *profile* is what offers share that are matched alike
(normalised title, ROME code, level).

Decisions: an unchanged offer is not rewritten, only its sighting is; an offer unseen in a complete crawl of its slice
is withdrawn, never deleted; a slice that falls by more than half is held until somebody confirms; offers with the
same employer, commune and (nearly) title are shown once, and an offer without employer is never grouped.
"""
