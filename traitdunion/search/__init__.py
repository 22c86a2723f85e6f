"""The search, and the public pages of offers, trainings and occupations.

Words: a *query* is what a person typed; *wanted* is what was understood of it (stems, a typing error put right);
a *circle* is a place and a radius; *results* are one page of what was found, with its count; an *entry* is the narrow
row of an offer that is read, a *choice* one value of a filter, and *facets* the number of offers each would give.

Decisions: addresses are plain GETs that can be kept and sent; a value that cannot be understood is replaced by a
sane one and said beside its field, never refused as a whole; all the words must be there, in any part of the offer,
and offers whose title says them come first; offers of which only the département is known come last, marked;
counts, those of each choice too, are exact up to a bound, beyond which nobody reads; a withdrawn offer answers 410
with living ones.
"""
