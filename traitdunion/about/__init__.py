"""What the service says of itself: declarations, help, figures, what machines are told, and how to write to us.

Words: a *contact message* is what a person sends by the contact page; an operator reads it with `flask about messages`.

Decisions: the layer is above the features, since these pages gather from them (figures of the search, register of
`privacy`, later the outcomes of `impact`); an e-mail tells the territory's contact that somebody wrote, and a command
shows what; only the form's page sets a cookie (its token); what the operator has not said (publisher, hosting) is told
as unknown instead of being left out.
"""
