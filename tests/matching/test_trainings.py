"""Offers meet the trainings that lead to their work, for reasons that can be told."""

from dataclasses import replace

import pytest

from tests.matching.facts import (
    BAKING,
    CATALOGUE,
    CODING,
    GUARDING,
    PASTRY,
    REFERENCE,
    UNIVERSITY,
    WAITING,
    offer,
)
from traitdunion.matching.prediction import Prediction
from traitdunion.matching.reasons import Reason, ReasonKind, score
from traitdunion.matching.trainings import Catalogue, Match, OfferFacts, TrainingFacts, rank


def matches(asked: OfferFacts, *trainings: TrainingFacts) -> list[Match]:
    return rank([asked], trainings or CATALOGUE, REFERENCE)[0]


def reason(match: Match, kind: ReasonKind) -> Reason:
    return next(found for found in match.reasons if found.kind is kind)


def kinds(match: Match) -> set[ReasonKind]:
    return {found.kind for found in match.reasons}


class TestSameOccupation:
    def test_a_baker_s_offer_meets_the_baker_s_training_first(self) -> None:
        found = matches(offer("Boulanger H/F", "D1102"))

        assert found[0].training_id == BAKING.id
        assert reason(found[0], ReasonKind.SAME_OCCUPATION) == Reason(ReasonKind.SAME_OCCUPATION, 1.0, codes=("D1102",))

    def test_a_new_code_is_read_through_its_parent(self) -> None:
        found = matches(offer("Employé de fournil", "D1111"), BAKING)

        assert reason(found[0], ReasonKind.SAME_OCCUPATION).codes == ("D1102",)

    def test_a_training_for_one_trade_comes_before_a_training_for_many(self) -> None:
        broad = replace(BAKING, id="a-broad", rome_codes=("D1102", "D1104", "G1803"))

        found = matches(offer("Employé de fournil", "D1102"), broad, BAKING)

        assert [each.training_id for each in found] == [BAKING.id, "a-broad"]

    def test_a_code_that_the_training_s_own_title_tells_weighs_more(self) -> None:
        both = ("D1102", "G1803")
        told = TrainingFacts("z-told", "Fournil", both, predicted=(Prediction("D1102", 0.8),))
        other = TrainingFacts("a-other", "Salle", both, predicted=(Prediction("G1803", 0.8),))

        found = matches(offer("Pétrin", "D1102"), told, other)

        assert [each.training_id for each in found] == ["z-told", "a-other"]

    def test_one_code_among_many_says_less_when_no_word_speaks_of_the_trade(self) -> None:
        codes = ("D1102", "D1104", "G1803")
        spoken = TrainingFacts("a-spoken", "Fournil", codes)
        silent = TrainingFacts("b-silent", "Urbanisme", codes)

        found = matches(offer("Employé de fournil", "D1102"), spoken, silent)

        strengths = [reason(each, ReasonKind.SAME_OCCUPATION).strength for each in found]
        assert [each.training_id for each in found] == ["a-spoken", "b-silent"]
        assert strengths[1] < 0.8 * strengths[0]

    def test_one_code_among_five_is_no_match_when_no_word_speaks_of_the_trade(self) -> None:
        planning = TrainingFacts("t-planning", "Urbanisme", ("D1102", "D1104", "G1803", "K2204", "M1805"))

        assert matches(offer("Employé de fournil", "D1102"), planning) == []


class TestNearOccupation:
    def test_a_mobility_of_rome_makes_a_weak_match_where_the_title_speaks_of_the_trade_too(self) -> None:
        found = matches(offer("Boulanger pâtissier", "D1102"), BAKING, PASTRY)

        assert [each.training_id for each in found] == [BAKING.id, PASTRY.id]
        assert reason(found[1], ReasonKind.NEAR_OCCUPATION).codes == ("D1102", "D1104")
        assert found[1].score < found[0].score * 2 / 3

    def test_a_mobility_of_rome_alone_is_no_match(self) -> None:
        assert matches(offer("Boulanger", "D1102"), PASTRY) == []

    def test_what_the_model_reads_in_the_title_confirms_a_mobility(self) -> None:
        asked = offer("Tourier", "D1102", predicted=(Prediction("D1102", 0.5), Prediction("D1104", 0.4)))

        found = matches(asked, PASTRY)

        assert ReasonKind.NEAR_OCCUPATION in kinds(found[0])

    def test_a_training_for_many_trades_is_near_to_fewer(self) -> None:
        broad = replace(PASTRY, id="a-broad", rome_codes=("D1104", "G1803", "K2204", "M1805"))

        found = matches(offer("Boulanger pâtissier", "D1102"), PASTRY, broad)

        assert [each.training_id for each in found] == [PASTRY.id, "a-broad"]

    def test_fills_no_list(self) -> None:
        many = [replace(PASTRY, id=f"t-{number}", title=f"CAP pâtissier {'x' * number}") for number in range(3, 13)]
        told = (Prediction("D1102", 0.5), Prediction("D1104", 0.3))

        found = matches(offer("Tourier", "D1102", predicted=told), *many)

        assert len(found) == 3


class TestTitle:
    def test_words_in_common_are_told_as_the_training_writes_them(self) -> None:
        found = matches(offer("DEVELOPPEUSE WEB (H/F)"), CODING)

        assert reason(found[0], ReasonKind.TITLE).words == ("développeur", "web")

    @pytest.mark.parametrize("title", ["Agent d'entretien", "Agent polyvalent", "Technicien", "Responsable de service"])
    def test_two_agents_are_no_match_for_that_word_alone(self, title: str) -> None:
        assert matches(offer(title), GUARDING, WAITING, CODING) == []

    def test_skills_that_the_offer_asks_for_are_a_reason_too(self) -> None:
        asked = offer("Informaticien", "M1805", skills=("Être développeur web",))

        found = matches(asked, CODING)

        assert reason(found[0], ReasonKind.SKILLS).words == ("développeur", "web")


class TestLikelyOccupation:
    def test_an_offer_without_code_is_read_by_its_title(self) -> None:
        asked = offer("Tourier H/F", predicted=(Prediction("D1102", 0.8), Prediction("D1104", 0.1)))

        found = matches(asked, BAKING, WAITING)

        assert [each.training_id for each in found] == [BAKING.id]
        assert reason(found[0], ReasonKind.LIKELY_OCCUPATION) == Reason(
            ReasonKind.LIKELY_OCCUPATION, 0.8, codes=("D1102",)
        )

    def test_a_training_without_code_is_read_by_its_title(self) -> None:
        bare = TrainingFacts("t-bare", "Fournil et viennoiserie", predicted=(Prediction("D1102", 0.7),))

        found = matches(offer("Employé de fournil", "D1102"), bare)

        assert reason(found[0], ReasonKind.LIKELY_OCCUPATION).codes == ("D1102",)


class TestTitleOverCode:
    def test_the_title_wins_over_a_code_that_contradicts_it_and_says_so(self) -> None:
        asked = offer("Boulanger", "M1805", predicted=(Prediction("D1102", 0.95), Prediction("D1104", 0.02)))

        found = matches(asked)

        assert found[0].training_id == BAKING.id
        assert reason(found[0], ReasonKind.TITLE_OVER_CODE).codes == ("M1805", "D1102")
        assert CODING.id not in {each.training_id for each in found}

    def test_a_near_code_is_no_contradiction(self) -> None:
        asked = offer("Boulanger", "D1104", predicted=(Prediction("D1102", 0.95),))

        found = matches(asked, PASTRY)

        assert ReasonKind.TITLE_OVER_CODE not in kinds(found[0])

    def test_an_unsure_title_leaves_the_code_alone(self) -> None:
        asked = offer("Polyvalent", "M1805", predicted=(Prediction("D1102", 0.4),))

        found = matches(asked)

        assert found[0].training_id == CODING.id


class TestLevel:
    def test_of_two_trainings_the_one_at_the_offer_s_level_comes_first(self) -> None:
        higher = replace(CODING, id="a-master", title="Master développeur web", entry_level=6, level=7)

        found = matches(offer("Développeur web", "M1805", level=5), higher, CODING)

        assert [each.training_id for each in found] == [CODING.id, "a-master"]
        assert reason(found[0], ReasonKind.LEVEL).strength > reason(found[1], ReasonKind.LEVEL).strength


class TestGeneralTraining:
    @pytest.mark.parametrize(
        ("title", "code"), [("Serveur", "G1803"), ("Boulanger", "D1102"), ("Développeur", "M1805")]
    )
    def test_is_not_matched_to_everything(self, title: str, code: str) -> None:
        assert matches(offer(title, code), UNIVERSITY) == []


class TestRank:
    def test_gives_at_most_the_number_asked(self) -> None:
        many = [replace(BAKING, id=f"t-{number}", title=f"CAP boulanger variante{number}") for number in range(30)]

        found = rank([offer("Boulanger", "D1102")], many, REFERENCE, top=10)

        assert len(found[0]) == 10

    def test_shows_one_title_twice_at_most(self) -> None:
        same = [replace(BAKING, id=f"t-{number}") for number in range(12)]

        found = rank([offer("Boulanger pâtissier", "D1102")], [*same, PASTRY], REFERENCE)[0]

        assert [each.training_id for each in found] == ["t-0", "t-1", PASTRY.id]

    def test_counts_each_region_apart(self) -> None:
        here = [
            replace(BAKING, id=f"h-{number}", title=f"CAP boulanger {'x' * number}", region="R1") for number in range(5)
        ]
        there = [replace(BAKING, id=f"t-{number}", region="R2") for number in range(1)]

        found = rank([offer("Boulanger", "D1102")], [*here, *there], REFERENCE, top=3)[0]

        assert sorted(each.training_id[0] for each in found) == ["h", "h", "h", "t"]

    def test_answers_the_same_alone_and_in_a_batch(self) -> None:
        asked = [offer("Boulanger", "D1102"), offer("Serveuse", None), offer("Développeur", "M1855", level=5)]

        together = rank(asked, CATALOGUE, REFERENCE)

        assert together == [matches(each) for each in asked]

    def test_does_not_depend_on_the_order_of_the_trainings(self) -> None:
        asked = offer("Boulanger pâtissier", "D1102")

        assert rank([asked], CATALOGUE, REFERENCE) == rank([asked], CATALOGUE[::-1], REFERENCE)

    def test_computes_the_score_from_the_reasons_alone(self) -> None:
        for each in matches(offer("Boulanger pâtissier", "D1102", level=3)):
            assert each.score == score(each.reasons)

    def test_ranks_the_candidates_that_it_is_given_whatever_their_score(self) -> None:
        asked = offer("Boulanger", "D1102", candidates=frozenset({CODING.id, BAKING.id, "unknown"}))

        found = matches(asked)

        assert [each.training_id for each in found] == [BAKING.id, CODING.id]

    def test_knows_nothing_where_there_is_no_training(self) -> None:
        assert Catalogue([], REFERENCE).rank([offer("Boulanger", "D1102")]) == [[]]

    @pytest.mark.parametrize("title", ["", "H/F", "🥖", "x" * 10_000, "повар", "1234"])
    def test_reads_any_title(self, title: str) -> None:
        assert matches(offer(title)) == []

    def test_does_not_mind_an_unknown_code(self) -> None:
        found = matches(offer("Boulanger", "Z9999"))

        assert [each.training_id for each in found] == [BAKING.id]


class TestScore:
    def test_is_nothing_without_reasons(self) -> None:
        assert score([]) == 0

    def test_rises_with_each_reason_and_never_reaches_certainty(self) -> None:
        same = Reason(ReasonKind.SAME_OCCUPATION, 1.0)
        title = Reason(ReasonKind.TITLE, 1.0)

        assert score([same]) < score([same, title]) < 1

    def test_does_not_count_what_only_explains(self) -> None:
        same = Reason(ReasonKind.SAME_OCCUPATION, 1.0)

        assert score([same]) == score([same, Reason(ReasonKind.TITLE_OVER_CODE, 0.9, codes=("M1805", "D1102"))])
