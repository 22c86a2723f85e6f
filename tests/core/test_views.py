"""`/sante`, and what every answer carries."""

from flask import Flask

from tests.pages import PageClient


class TestSante:
    def test_tells_the_database_and_the_queue(self, app: Flask) -> None:
        response = app.test_client().get("/sante")

        assert response.status_code == 200
        assert response.json is not None
        assert response.json["database"]["is_well"]
        assert response.json["queue"] == {"failed": 0, "is_well": True, "late": 0, "waiting": 0}


class TestMissingPage:
    def test_is_a_page_of_ours(self, pages: PageClient) -> None:
        page = pages.get("/nulle-part", status=404)

        assert page.find("a", href="/", string="Chercher un métier")


class TestHeaders:
    def test_forbid_inline_code_and_other_hosts(self, pages: PageClient) -> None:
        headers = pages.get("/nulle-part", status=404).response.headers

        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in headers
        assert "Permissions-Policy" in headers

    def test_ask_for_https_only_over_https(self, app: Flask) -> None:
        client = app.test_client()

        assert "Strict-Transport-Security" not in client.get("/sante").headers
        assert "Strict-Transport-Security" in client.get("/sante", base_url="https://localhost").headers
