"""The settings: read from the environment, refused at start when they cannot be."""

from pathlib import Path

import pytest

import config


class TestFromEnvironment:
    def test_needs_nothing_on_a_developers_machine(self) -> None:
        found = config.from_environment({})

        assert found.database_url is None
        assert found.port == 5000
        assert found.demonstration

    def test_reads_each_kind(self) -> None:
        found = config.from_environment(
            {"PORT": "8080", "VAR_DIR": "/srv/tu", "DEMONSTRATION": "no", "TERRITORY": "ailleurs"}
        )

        assert (found.port, found.var_dir, found.demonstration) == (8080, Path("/srv/tu"), False)
        assert found.territory == "ailleurs"

    @pytest.mark.parametrize("url", ["postgres://u@h/b", "postgresql://u@h/b", "postgresql+psycopg://u@h/b"])
    def test_gives_the_database_its_driver(self, url: str) -> None:
        found = config.from_environment({"DATABASE_URL": url, "SECRET_KEY": "x"})

        assert found.database_url == "postgresql+psycopg://u@h/b"

    @pytest.mark.parametrize(
        ("environ", "told"),
        [
            ({"PORT": "http"}, "PORT doit être un nombre entier"),
            ({"DATABASE_URL": "mysql://h/b", "SECRET_KEY": "x"}, "DATABASE_URL doit commencer par postgresql://"),
            ({"DATABASE_URL": "postgresql://h/b"}, "SECRET_KEY manque"),
            ({"SMTP_URL": "smtps://h", "MAIL_FROM": "a@exemple.fr"}, "PUBLIC_URL manque"),
            ({"SMTP_URL": "smtps://h", "PUBLIC_URL": "https://exemple.fr"}, "MAIL_FROM manque"),
        ],
    )
    def test_refuses_in_one_line(self, environ: dict[str, str], told: str) -> None:
        with pytest.raises(config.SettingsRefused, match=told):
            config.from_environment(environ)
