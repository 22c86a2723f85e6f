"""The SMS provider, faked over real HTTP from its documentation, with its faults."""

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from traitdunion.clients.delivery import Deferred, Undeliverable
from traitdunion.clients.http import Unavailable
from traitdunion.clients.sms import Provider, Settings

_PATH = "/v3/transactionalSMS/send"
NUMBER = "+33639980001"


@pytest.fixture
def provider(httpserver: HTTPServer) -> Provider:
    """The client of the fake."""
    return Provider(Settings(url=httpserver.url_for("/v3/"), token="cle-d-essai", sender="TraitdUnion"))


class TestSend:
    def test_asks_as_the_documentation_says(self, provider: Provider, httpserver: HTTPServer) -> None:
        asked: list[Request] = []

        def take(request: Request) -> Response:
            asked.append(request)
            return Response('{"messageId": 1511882900176220}', 201, mimetype="application/json")

        httpserver.expect_request(_PATH, method="POST").respond_with_handler(take)

        assert provider.send(recipient=NUMBER, text="C’est mardi.") == "1511882900176220"

        assert asked[0].headers["api-key"] == "cle-d-essai"
        assert asked[0].get_json() == {
            "sender": "TraitdUnion",
            "recipient": "33639980001",
            "content": "C'est mardi.",
            "type": "transactional",
            "unicodeEnabled": False,
        }

    def test_says_when_the_words_need_unicode(self, provider: Provider, httpserver: HTTPServer) -> None:
        body = {"sender": "TraitdUnion", "recipient": "33639980001", "content": "Bonjour Олена"}
        httpserver.expect_request(
            _PATH, json={**body, "type": "transactional", "unicodeEnabled": True}
        ).respond_with_json({"messageId": 2}, status=201)

        assert provider.send(recipient=NUMBER, text="Bonjour Олена") == "2"

    def test_puts_off_what_may_be_our_mistake(self, provider: Provider, httpserver: HTTPServer) -> None:
        body = {"code": "invalid_parameter", "message": "sender is not valid"}
        httpserver.expect_request(_PATH).respond_with_json(body, status=400)

        with pytest.raises(Deferred):
            provider.send(recipient=NUMBER, text="Bonjour")

    def test_refuses_a_number_that_the_provider_refuses(self, provider: Provider, httpserver: HTTPServer) -> None:
        httpserver.expect_request(_PATH).respond_with_json(
            {"code": "invalid_parameter", "message": f"Invalid number {NUMBER}"}, status=400
        )

        with pytest.raises(Undeliverable) as told:
            provider.send(recipient=NUMBER, text="Bonjour")

        assert (told.value.answer, told.value.is_address) == ("400", True)
        assert "639980001" not in str(told.value)

    @pytest.mark.parametrize("status", [401, 402, 403, 404, 429, 500, 503])
    def test_takes_the_rest_for_an_outage(self, provider: Provider, httpserver: HTTPServer, status: int) -> None:
        httpserver.expect_request(_PATH).respond_with_json({"code": "x", "message": NUMBER}, status=status)

        with pytest.raises(Unavailable) as told:
            provider.send(recipient=NUMBER, text="Bonjour")

        assert "639980001" not in str(told.value)
        assert len(httpserver.log) == 1  # the message's job tries again, later

    def test_takes_an_answer_that_cannot_be_read_for_a_yes(self, provider: Provider, httpserver: HTTPServer) -> None:
        httpserver.expect_request(_PATH).respond_with_data("<html>", status=201)

        assert provider.send(recipient=NUMBER, text="Bonjour") == ""

    def test_hides_its_key(self, provider: Provider) -> None:
        assert "cle-d-essai" not in repr(Settings(url="u", token="cle-d-essai", sender="s"))
