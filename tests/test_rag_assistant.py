import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rag
from corpus import UnknownDocument, YinjuError
from embeddings import Encoder, IndexMismatch, IndexMissing, rebuild
from rag import Answer, Assistant, Filters, QuestionError, Settings, SettingsError, ask
from rag.question.followups import pairs_of

FIRST = "济南高新区聘任了多少名首席政策官？"
HIGH_TECH, ECONOMIC = "003_5e9ebf8f6c1b539e.txt", "000_0eb0c2514dd7671a.txt"


@pytest.fixture
def at_home(bundled_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINJU_HOME", str(bundled_home))


@pytest.mark.usefixtures("at_home")
class TestTheBundledArticles:
    def test_a_figure(self) -> None:
        answer = ask(FIRST)
        assert "39" in answer.text
        assert answer.citations[0].document_id == HIGH_TECH
        assert "39名“首席政策官”" in answer.citations[0].quote
        assert (answer.citations[0].source, answer.citations[0].published) == ("济南高新区", "2024-04-24")
        assert (answer.refused, answer.model) == (False, "extractive")

    def test_an_amount(self) -> None:
        answer = ask("2020年经开区发放了多少青年人才补贴？")
        assert "128000元" in answer.text
        assert answer.citations[0].document_id == ECONOMIC

    def test_a_question_in_english(self) -> None:
        answer = ask("How many chief policy officers did Jinan High-tech Zone appoint?")
        assert not answer.refused
        assert answer.citations[0].quote == ask(FIRST).citations[0].quote

    def test_a_question_in_traditional_script(self) -> None:
        assert ask("濟南高新區聘任了多少名首席政策官？").citations[0] == ask(FIRST).citations[0]

    @pytest.mark.parametrize(
        ("question", "words"),
        [
            ("北京市朝阳区人才公寓的租金是多少？", "文档中没有"),
            ("臺北101大樓有多高？", "文件中沒有"),
            ("What is the capital of Australia?", "do not answer"),
        ],
    )
    def test_what_the_documents_do_not_say_is_refused_in_the_questions_language(
        self, question: str, words: str
    ) -> None:
        answer = ask(question)
        assert answer.refused
        assert words in answer.text
        assert (answer.citations, bool(answer.hits)) == ((), True)
        assert answer.confidence < 0.5


def test_every_quote_is_the_documents_own(assistant: Assistant) -> None:
    for question in (FIRST, "济宁经开区有哪些平台？", "人才总量是多少？", "Which universities are named?"):
        answer = assistant.ask(question)
        for citation in answer.citations:
            assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote
            assert citation.passage_id in {hit.passage.id for hit in answer.hits}
        assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
        for sentence in answer.sentences:
            assert sentence.text in answer.text


def test_a_stream_ends_with_the_answer_it_spelled_out(assistant: Assistant) -> None:
    *pieces, answer = assistant.stream(FIRST)
    assert isinstance(answer, Answer)
    assert "".join(map(str, pieces)) == answer.text
    assert set(answer.timings_ms) == {"encode", "search", "answer"}


def test_an_answer_is_plain_json(assistant: Assistant) -> None:
    values = json.loads(json.dumps(assistant.ask(FIRST).to_dict(), ensure_ascii=False))
    assert values["citations"][0]["quote"] == values["sentences"][0]["text"]
    assert values["hits"][0]["rank"] == 1


def test_search(assistant: Assistant) -> None:
    hits = assistant.search("人才补贴", top_k=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert "128000元" in hits[0].passage.text


def test_questions_at_once_get_their_own_answers(assistant: Assistant) -> None:
    questions = [FIRST, "2020年经开区发放了多少青年人才补贴？", "红烧肉怎么做才不腻？"]
    alone = [assistant.ask(question).text for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda i: assistant.ask(questions[i % 3]).text, range(24)))
    assert together == alone * 8


def test_what_a_follow_up_was_found_to_mean_is_remembered(assistant: Assistant) -> None:
    history = [("user", FIRST), ("assistant", assistant.ask(FIRST).text)]
    answer = assistant.ask("他们解决了多少项诉求？", history=history)
    assert answer.certainty != "none"
    assert answer.search_question != "他们解决了多少项诉求？"
    assert assistant._understood.of("他们解决了多少项诉求？", pairs_of(history)) == answer.search_question


class TestBadInput:
    @pytest.mark.parametrize("question", ["", "  \n ", "问" * 100_000])
    def test_a_question_that_is_none(self, assistant: Assistant, question: str) -> None:
        with pytest.raises(QuestionError, match=r"empty|100,000 characters; at most 2,000"):
            assistant.ask(question)
        with pytest.raises(QuestionError):
            assistant.stream(question)
        with pytest.raises(QuestionError):
            assistant.search(question)

    @pytest.mark.parametrize("question", ["？！", "\x00", "�", "a", "👍" * 50, "' OR 1=1 --", "1"])
    def test_odd_questions_are_refused_not_broken(self, assistant: Assistant, question: str) -> None:
        assert isinstance(assistant.ask(question), Answer)

    @pytest.mark.parametrize("history", [[("system", "x")], [{"role": "user"}], [("user", 1)]])
    def test_a_history_that_is_none(self, assistant: Assistant, history: list[object]) -> None:
        with pytest.raises(QuestionError, match="turn"):
            assistant.ask(FIRST, history=history)  # type: ignore[arg-type]

    def test_no_index(self, home: Path) -> None:
        with pytest.raises(IndexMissing, match="yinju rebuild"):
            ask(FIRST)
        assert not home.exists()

    def test_an_index_of_another_model(self, bundled_home: Path) -> None:
        with pytest.raises(IndexMismatch, match="yinju rebuild"):
            Assistant.from_settings(Settings(home=bundled_home, embedding_model="some/model"))

    def test_an_unknown_document(self, assistant: Assistant) -> None:
        with pytest.raises(UnknownDocument, match="yinju list"):
            assistant.document("no.txt")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("llm", "gpt"),
            ("llm", "openai:"),
            ("top_k", 0),
            ("index", "qdrant"),
            ("passage_chars", "many"),
            ("hme", "/"),
        ],
    )
    def test_a_wrong_setting_is_named(self, name: str, value: object) -> None:
        with pytest.raises(SettingsError, match=f"YINJU_{name.upper()}"):
            Settings(**{name: value})

    def test_a_wrong_variable_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YINJU_TOP_K", "many")
        with pytest.raises(SettingsError, match="YINJU_TOP_K"):
            Settings()


def test_an_empty_library_answers_nothing(home: Path, encoder: Encoder) -> None:
    settings = Settings()
    settings.library.folder.mkdir(parents=True)
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    answer = Assistant.from_settings(settings).ask(FIRST)
    assert (answer.refused, answer.hits) == (True, ())


def test_one_root_for_all_errors() -> None:
    errors = [value for value in vars(rag).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert errors
    assert all(issubclass(error, YinjuError) for error in errors)


def test_settings_keep_the_key_to_themselves() -> None:
    settings = Settings(llm="openai:x", llm_api_key="sk-secret")
    assert "sk-secret" not in repr(settings) + str(settings.model_dump())


class TestFilters:
    @pytest.mark.parametrize(
        "filters",
        [
            {"documents": ECONOMIC},
            {"documents": [ECONOMIC], "languages": "zh"},
            {"sources": ["齐鲁晚报·齐鲁壹点"]},
            Filters(languages=("zh-Hans",), documents=(ECONOMIC,)),
        ],
    )
    def test_only_the_chosen_documents_are_asked(self, assistant: Assistant, filters: object) -> None:
        hits = assistant.search(FIRST, 20, filters=filters)  # type: ignore[arg-type]
        assert {hit.passage.document_id for hit in hits} == {ECONOMIC}
        answer = assistant.ask(FIRST, filters=filters)  # type: ignore[arg-type]
        assert {citation.document_id for citation in answer.citations} <= {ECONOMIC}

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"published_from": "2024"}, True),
            ({"published_from": "2024-04-24", "published_to": "2024-04"}, True),
            ({"published_to": "2024-04-23"}, False),
            ({"published_from": "2024-05"}, False),
            ({"folders": "policies"}, False),
            ({"languages": "en"}, False),
            ({"documents": "no.txt"}, False),
        ],
    )
    def test_dates_and_folders(self, assistant: Assistant, filters: dict[str, str], found: bool) -> None:
        ids = {hit.passage.document_id for hit in assistant.search(FIRST, 20, filters=filters)}
        assert ids == ({HIGH_TECH} if found else set())
        assert assistant.ask(FIRST, filters=filters).refused is not found

    @pytest.mark.parametrize("filters", [{"colour": "red"}, {"documents": [1]}, {"published_from": ["2023", "2024"]}])
    def test_a_filter_that_is_none(self, assistant: Assistant, filters: dict[str, object]) -> None:
        with pytest.raises(QuestionError, match="filter"):
            assistant.ask(FIRST, filters=filters)


@pytest.mark.parametrize(
    "question",
    [
        "济南高新区2019年聘任了多少名首席政策官？",
        "2031年经开区发放了多少青年人才补贴？",
        "青岛高新区2023年新认定了多少家专精特新“小巨人”企业？",
        "濟寧市第九屆創業創新大賽由誰承辦？",
    ],
)
def test_another_year_place_or_edition_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.refused, answer.confidence) == (True, 0.0)
    assert answer.hits


def test_a_sentence_without_the_figure_asked_for_is_no_answer(home: Path, encoder: Encoder) -> None:
    settings = Settings()
    settings.library.folder.mkdir(parents=True)
    text = "停车场管理办法\n公共停车场的停车费由价格主管部门核定。公共停车场应当公示停车费。2024年起施行。\n"
    (settings.library.folder / "parking.txt").write_text(text, encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    assistant = Assistant.from_settings(settings)
    asked, other = assistant.ask("公共停车场收多少停车费？"), assistant.ask("公共停车场的停车费由谁核定？")
    assert (asked.refused, other.refused) == (True, False)
    assert asked.hits


def test_a_note_of_one_line_answers(home: Path, encoder: Encoder) -> None:
    settings = Settings()
    settings.library.folder.mkdir(parents=True)
    (settings.library.folder / "note.txt").write_text("会议室WiFi密码是12345678\n", encoding="utf-8")
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    answer = Assistant.from_settings(settings).ask("会议室的WiFi密码是多少？")
    assert [citation.quote for citation in answer.citations] == ["会议室WiFi密码是12345678"]
