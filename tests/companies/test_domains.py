"""Which e-mail addresses speak for which companies."""

import pytest

from traitdunion.companies import domains


class TestVouches:
    @pytest.mark.parametrize(
        ("email", "legal_name"),
        [
            ("contact@boulangerie-martin.fr", "SARL BOULANGERIE MARTIN"),
            ("ada@boulangeriemartin.com", "Boulangerie Martin"),
            ("ada@mail.boulangerie-martin.fr", "BOULANGERIE MARTIN SAS"),
            ("ada@BOULANGERIE-MARTIN.FR", "S.A.S. BOULANGERIE MARTIN"),
            ("ada@menuiserie-erable.asso.fr", "MENUISERIE ÉRABLE"),
        ],
    )
    def test_believes_a_domain_that_bears_the_whole_name(self, email: str, legal_name: str) -> None:
        assert domains.vouches(email, legal_name)

    @pytest.mark.parametrize(
        ("email", "legal_name"),
        [
            (None, "BOULANGERIE MARTIN"),
            ("ada@boulangerie-martin.fr", None),
            ("ada@gmail.com", "GMAIL"),
            ("ada@numericable.fr", "NUMERICABLE"),  # anybody may have an address there
            ("ada@perso.numericable.fr", "NUMERICABLE"),
            ("ada@martin.fr", "MARTIN"),  # too many bear it
            ("ada@boulangerie-martin.fr", "BOULANGERIE MARTINEZ"),
            ("ada@boulangerie.fr", "BOULANGERIE MARTIN"),
            ("ada@boulangerie-martin.exemple.fr", "BOULANGERIE MARTIN"),
            ("ada@localhost", "LOCALHOST SARL"),
            ("boulangerie-martin.fr", ""),
        ],
    )
    def test_believes_nobody_else(self, email: str | None, legal_name: str | None) -> None:
        assert not domains.vouches(email, legal_name)
