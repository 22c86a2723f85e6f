"""The contact form bears whatever is sent to it."""

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from traitdunion.about.forms import LONGEST_BODY, LONGEST_REPLY_TO, ContactForm

NAMES = st.sampled_from(["sujet", "message", "reponse", "website", "autre"])
SUBJECT = ("sujet", "question")


class TestContactForm:
    @given(st.lists(st.tuples(NAMES, st.text(max_size=300))))
    def test_lets_through_only_what_can_be_kept(self, fields: list[tuple[str, str]]) -> None:
        form = ContactForm(MultiDict([SUBJECT, *fields]))

        if form.validate():
            body, reply_to = form.message.data or "", form.reponse.data or ""
            assert 0 < len(body) <= LONGEST_BODY
            assert len(reply_to) <= LONGEST_REPLY_TO
            assert all(sign.isprintable() or sign == "\n" for sign in body + reply_to)

    @given(st.from_regex(r"(\+33|0)[1-9]([ .-]?[0-9]{2}){4}", fullmatch=True))
    def test_takes_every_french_number(self, number: str) -> None:
        assert ContactForm(MultiDict([SUBJECT, ("message", "Bonjour."), ("reponse", number)])).validate()

    def test_measures_a_message_as_it_will_be_kept(self) -> None:
        form = ContactForm(MultiDict([SUBJECT, ("message", "x" * LONGEST_BODY + "\r\n" * 10)]))

        assert form.validate()
