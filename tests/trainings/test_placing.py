"""Where an action is: what a catalogue writes, and the commune it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainings.samples import COMMUNES
from traitdunion.trainings.drafts import Address
from traitdunion.trainings.placing import Placer


def placer(*homes: str) -> Placer:
    """A placer that saw a catalogue with trainings in these places."""
    made = Placer(COMMUNES)
    made.learn(Address(city=home) for home in homes)
    return made


class TestLocate:
    @pytest.mark.parametrize(
        "address",
        [
            Address(commune_code="57463"),
            Address(postcode="57050", city="METZ"),
            Address(postcode="57045", city="METZ CEDEX 1"),
            Address(city="metz"),
            Address(commune_code="99999", city="Metz"),
            Address(latitude=49.12, longitude=6.19),
        ],
    )
    def test_finds_the_commune(self, address: Address) -> None:
        found = placer().locate(address)

        assert (found.commune_code, found.city, found.department, found.region_code) == ("57463", "Metz", "57", "44")

    def test_takes_a_postcode_written_as_commune_code_for_a_postcode(self) -> None:
        found = placer().locate(Address(commune_code="57100", postcode="57100", city="Thionville"))

        assert found.commune_code == "57672"

    def test_reads_the_first_of_two_communes(self) -> None:
        assert placer().locate(Address(city="Yutz – Thionville", postcode="57970")).city == "Yutz"

    def test_tells_homonyms_apart_by_where_the_catalogue_is_at_home(self) -> None:
        unsure, at_home = placer(), placer("Metz", "Sarreguemines")
        at_home.learn([Address(postcode="55100", city="Verdun")])

        assert unsure.locate(Address(city="VERDUN")).commune_code is None
        assert at_home.locate(Address(city="VERDUN")).commune_code == "55545"

    def test_keeps_the_coordinates_of_the_place(self) -> None:
        found = placer().locate(Address(city="Metz", latitude=49.12, longitude=6.2))

        assert (found.latitude, found.longitude, found.is_approximate) == (49.12, 6.2, False)

    def test_puts_swapped_coordinates_back(self) -> None:
        found = placer().locate(Address(city="Metz", latitude=6.2, longitude=49.12))

        assert (found.latitude, found.longitude, found.is_approximate) == (49.12, 6.2, False)

    @pytest.mark.parametrize("coordinates", [{}, {"latitude": 47.0, "longitude": 0.0}])
    def test_takes_the_centre_where_coordinates_are_missing_or_elsewhere(self, coordinates: dict[str, float]) -> None:
        found = placer().locate(Address(city="Sarreguemines", **coordinates))  # type: ignore[arg-type]

        assert (found.latitude, found.longitude, found.is_approximate) == (49.1090, 7.0702, True)

    def test_keeps_what_is_written_of_a_place_it_does_not_know(self) -> None:
        found = placer().locate(Address(city="Nulle-Part"))

        assert (found.city, found.commune_code, found.latitude) == ("Nulle-Part", None, None)

    @given(
        city=st.none() | st.text(max_size=30),
        postcode=st.none() | st.from_regex(r"[0-9]{5}", fullmatch=True),
        point=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    )
    def test_never_fails(self, city: str | None, postcode: str | None, point: tuple[float, float] | None) -> None:
        latitude, longitude = point or (None, None)

        found = placer().locate(Address(city=city, postcode=postcode, latitude=latitude, longitude=longitude))

        assert (found.latitude is None) == (found.longitude is None)
