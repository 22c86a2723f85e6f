"""What templates are given, whatever the state of the database."""

import pytest
from bs4 import BeautifulSoup

from tests.pages import check
from traitdunion import create_app


class TestErrorPages:
    @pytest.mark.parametrize(("path", "status"), [("/offres", 500), ("/nulle-part", 404)])
    def test_are_whole_while_the_database_is_away(self, path: str, status: int) -> None:
        app = create_app({"DATABASE_URL": "postgresql://127.0.0.1:1/away", "SECRET_KEY": "only-for-tests"})

        response = app.test_client().get(path)

        assert response.status_code == status
        check(BeautifulSoup(response.text, "lxml"), path)
