"""The people of the demonstration: companies that welcome, slots, and job seekers at every step.

`cast` names those whom a visitor may be; `hosts` and `dates` invent companies and slots; `story` makes everybody book,
answer, cancel and come through the real actions, each at its own instant before today, so that states, waiting lists
and messages are what the service would have made of them; `organisations` and `caseloads` invent those who prescribe,
whom they follow and what they proposed. Addresses are under one domain that nobody has, by which
`clearing` knows them again.
"""
