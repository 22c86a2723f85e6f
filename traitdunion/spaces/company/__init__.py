"""`/entreprise`: what a company offers, whom it expects, what it has to answer, and who speaks for it.

Every page is of one establishment: the address says which, and whoever is no member of it gets a 404.
"""
