"""The text part of a letter."""

import pytest

from traitdunion.notifications import plain


class TestFromHtml:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<p>Un\n  deux</p><p>trois</p>", "Un deux\n\ntrois\n"),
            ("<ul><li>un</li><li><b>deux</b></li></ul>", "- un\n- deux\n"),
            ("<p>un<br>deux</p>", "un\ndeux\n"),
            ('<p><a href="https://x.fr/?a=1&amp;b=2">Voir</a></p>', "Voir\u00a0: https://x.fr/?a=1&b=2\n"),
            ('<p><a href=" https://x.fr "> https://x.fr </a></p>', "https://x.fr\n"),
            ('<p><a href="mailto:a@x.fr">a@x.fr</a></p>', "a@x.fr\n"),
            ("<head><title>non</title><style>p {}</style></head><p>Ça &lt;oui&gt;</p>", "Ça <oui>\n"),
            ("<h1>Sujet</h1><p>Texte</p>", "Texte\n"),
            ("<dl><dt>Quand</dt><dd>mardi</dd></dl>", "Quand\nmardi\n"),
            ("<p>Prix\u00a0: 5\u202f€</p>", "Prix\u00a0: 5\u202f€\n"),
        ],
    )
    def test_keeps_words_in_their_order(self, html: str, text: str) -> None:
        assert plain.from_html(html) == text
