"""`/prescripteur`: whom an organisation follows, what waits for its members, what they propose, and who they are.

Every page is of one organisation: its address says which, and whoever is no active member of it gets a 404.
"""
