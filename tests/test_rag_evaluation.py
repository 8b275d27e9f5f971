"""`yinju eval`: what is read, what is measured, and what is told of it. Expected figures are worked out by hand."""

import gzip
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from openai_server import Reply, ScriptedServer
from test_ui_cli import one_line, yinju

from embeddings import Encoder, IndexMissing
from rag import LanguageModelError, Settings
from rag.errors import EvaluationError
from rag.evaluation.comparison import compare, read_run
from rag.evaluation.examiner import holds
from rag.evaluation.measures import ranking_measures
from rag.evaluation.questionnaire import Item, read_questionnaire
from rag.evaluation.results import Evaluation
from rag.evaluation.run import Progress, evaluate
from ui.report.html import report_html
from ui.report.text import evaluation_text

pytestmark = pytest.mark.long

HIGH_TECH, ECONOMIC = "003_5e9ebf8f6c1b539e.txt", "000_0eb0c2514dd7671a.txt"

OVER_THE_ARTICLES = [
    {
        "id": "39",
        "text": "济南高新区聘任了多少名首席政策官？",
        "answers": ["39名"],
        "doc_ids": [HIGH_TECH],
        "lang": "zh",
    },
    # The id without the file's suffix, the evidence with other white space, and an answer in two parts.
    {
        "id": "subsidy",
        "text": "2020年经开区发放了多少青年人才补贴？",
        "answer_groups": [["128000元", "12.8万元"], ["青年人才", "青年"]],
        "evidence": ["128000 元"],
        "doc_ids": [ECONOMIC.removesuffix(".txt")],
        "lang": "zh",
        "kind": "number",
    },
    # 39 is not 9: the answer that was found must not count.
    {
        "id": "9",
        "text": "濟南高新區聘任了多少名首席政策官？",
        "answers": ["9名"],
        "doc_ids": [HIGH_TECH],
        "lang": "zh-Hant",
    },
    {"id": "101", "text": "臺北101大樓有多高？", "answers": [], "doc_ids": [], "lang": "zh-Hant"},
    {"id": "canberra", "text": "What is the capital of Australia?", "doc_ids": [], "lang": "en"},
]
NASTY = "<script>alert(1)</script>"
OWN_DOCUMENTS = [
    {
        "type": "doc",
        "id": "馆/开放",
        "title": f"图书馆开放时间{NASTY}",
        "text": f"图书馆每周一闭馆{NASTY}，周二至周日九点开馆。",
    },
    {
        "type": "doc",
        "id": "rules",
        "title": "停车规定",
        "text": "# 停车\n\n## 收费\n\n停车场每小时收费5元，最多收30元。",
    },
    {
        "type": "doc",
        "id": "old",
        "title": "放假办法（2013）",
        "text": "劳动节放假一天，即5月1日当日。",
        "published": "2013-12-11",
    },
    {
        "type": "doc",
        "id": "new",
        "title": "放假办法（2024）",
        "text": "劳动节放假两天，即5月1日和2日。",
        "published": "2024-11-10",
    },
    {"type": "doc", "id": "empty", "title": "空", "text": "\u200b"},
]
OVER_OWN_DOCUMENTS = [
    {"type": "question", "id": "closed", "text": "图书馆星期几闭馆？", "answers": ["周一"], "doc_ids": ["馆/开放"]},
    {"type": "question", "id": "fee", "text": "停车场每小时收费多少元？", "answers": ["5元"], "doc_ids": ["rules"]},
    {
        "type": "question",
        "id": "holiday",
        "text": "劳动节放假几天？",
        "answers": ["两天"],
        "doc_ids": ["new"],
        "superseded_doc_ids": ["old"],
        "history": [{"role": "user", "content": "节假日怎么安排？"}],
    },
    {"type": "question", "id": "tower", "text": "埃菲尔铁塔有多高？", "doc_ids": []},
]


def lines(path: Path, values: list[dict]) -> Path:
    text = "\n".join(json.dumps(value, ensure_ascii=False) for value in values) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Evaluation:
    """The evaluation of the questions that bring their documents."""
    file = lines(tmp_path_factory.mktemp("own") / "own.jsonl.gz", OWN_DOCUMENTS + OVER_OWN_DOCUMENTS)
    return evaluate(read_questionnaire(file), Settings(llm="extractive"), encoder=encoder)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory, bundled_home: Path, encoder: Encoder) -> Evaluation:
    """The evaluation of the questions over the bundled articles."""
    file = lines(tmp_path_factory.mktemp("articles") / "q.jsonl", OVER_THE_ARTICLES)
    return evaluate(read_questionnaire(file), Settings(home=bundled_home), encoder=encoder)


class TestRankings:
    def test_by_hand(self) -> None:
        both, late, half, missed = ranking_measures([(2, 3), (11,), (None, 1), (None,)])
        ideal = 1 + 1 / math.log2(3)
        assert both["nDCG@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(4)) / ideal)
        assert (both["MRR@10"], both["recall@1"], both["recall@5"]) == (0.5, 0.0, 1.0)
        assert set(late.values()) == {0.0}
        assert half["nDCG@10"] == pytest.approx(1 / ideal)
        assert (half["MRR@10"], half["recall@1"], half["recall@10"]) == (1.0, 0.5, 0.5)
        assert set(missed.values()) == {0.0}

    @pytest.mark.parametrize(
        ("text", "words", "there"),
        [
            ("共39名", "39", True),
            ("共39名", "9名", False),
            ("共3 9名", "39名", True),
            ("共390名", "39", False),
            ("首席\n政策官", "首席政策官", True),
            ("１２８，０００元", "128,000元", True),
            ("聘任首席政策官", "聘任首席政策官", True),
            ("1.9万", "1x9万", False),
        ],
    )
    def test_words_in_a_text(self, text: str, words: str, there: bool) -> None:
        assert holds(text, words) is there


class TestOverTheUsersIndex:
    def test_answers(self, articles: Evaluation) -> None:
        by_id = {result.id: result for result in articles.results}
        assert by_id["39"].measures["answer.first"] == 1.0
        assert by_id["subsidy"].measures["answer.first_three"] == 1.0
        assert by_id["9"].measures["answer.first_three"] == 0.0
        assert by_id["subsidy"].expected_documents == (ECONOMIC,)
        assert articles.overall.answers.first_three == pytest.approx(2 / 3, abs=1e-6)
        assert articles.overall.answers.questions == 3
        assert articles.overall.answers.exact == 1.0
        assert articles.overall.answers.citations == sum(len(result.quotes) for result in articles.results) > 0

    def test_rankings(self, articles: Evaluation) -> None:
        documents, passages = articles.overall.documents, articles.overall.passages
        assert documents is not None
        assert passages is not None
        assert (documents.questions, documents.ndcg_at_10, documents.recall_at_1) == (3, 1.0, 1.0)
        # No passage holds "9名" for itself, and only the others can be judged.
        assert passages.questions == 2
        assert documents.recall_curve[0] == (1, 1.0)
        assert documents.recall_curve[-1] == (50, 1.0)
        assert any("1 questions have neither evidence nor answer" in warning for warning in articles.warnings)

    def test_refusals(self, articles: Evaluation) -> None:
        refusal = articles.overall.refusal
        assert (refusal.answerable, refusal.unanswerable) == (3, 2)
        assert (refusal.auroc, refusal.answered_when_answerable, refusal.refused_when_not) == (1.0, 1.0, 1.0)
        assert (refusal.roc[0], refusal.roc[-1]) == ((0.0, 0.0), (1.0, 1.0))

    def test_slices_times_and_the_worst(self, articles: Evaluation) -> None:
        assert {name: figures.questions for name, figures in articles.by_lang.items()} == {
            "en": 1,
            "zh": 2,
            "zh-Hant": 2,
        }
        assert list(articles.by_kind) == ["number"]
        assert articles.by_lang["en"].documents is None
        latency = articles.overall.latency_ms
        assert list(latency)[-1] == "total"
        assert 0 < latency["total"].p50 <= latency["total"].p95 <= latency["total"].p99
        assert [result.id for result in articles.worst(9)] == ["9"]
        assert articles.worst(9)[0].problems == ("the answer is not in the first three quotes",)

    def test_documents_that_the_index_lacks(self, tmp_path: Path, bundled_home: Path, encoder: Encoder) -> None:
        one = {"text": "闭馆是星期几？", "doc_ids": ["library.txt"]}
        settings = Settings(home=bundled_home)
        with pytest.raises(EvaluationError, match=r"none of the documents.*'library\.txt'"):
            evaluate(read_questionnaire(lines(tmp_path / "a.jsonl", [one])), settings, encoder=encoder)
        known = {"text": "聘任了多少名首席政策官？", "doc_ids": [HIGH_TECH]}
        both = evaluate(read_questionnaire(lines(tmp_path / "b.jsonl", [one, known])), settings, encoder=encoder)
        assert both.about.unknown_documents == ("library.txt",)
        assert "'library.txt'" in both.warnings[0]
        assert both.overall.documents is not None
        assert both.overall.documents.recall_at_10 == 0.5

    def test_no_index(self, tmp_path: Path) -> None:
        with pytest.raises(IndexMissing):
            evaluate(read_questionnaire(lines(tmp_path / "q.jsonl", OVER_THE_ARTICLES)))

    def test_a_language_model_that_fails(
        self, tmp_path: Path, bundled_home: Path, encoder: Encoder, llm_server: ScriptedServer
    ) -> None:
        settings = Settings(home=bundled_home, llm="openai:x", llm_base_url=llm_server.url, llm_api_key="x")
        fails = Reply(status=401, error="no such key")
        llm_server.script = [fails, Reply(("发放了青年人才补贴128000元[1]。",))]
        two = read_questionnaire(lines(tmp_path / "2.jsonl", OVER_THE_ARTICLES[:2]))
        evaluation = evaluate(two, settings, encoder=encoder)
        failed, answered = evaluation.results
        assert (evaluation.overall.failed, evaluation.overall.answers.first) == (1, 0.5)
        assert failed.problems == ("failed",)
        assert "no such key" in (failed.error or "")
        assert (failed.refused, failed.confidence, failed.document_ranks) == (True, None, (1,))
        assert (answered.confidence, answered.measures["decision"]) == (1.0, 1.0)
        assert "no such key" in report_html(evaluation)
        llm_server.script = [fails]
        three = read_questionnaire(lines(tmp_path / "3.jsonl", OVER_THE_ARTICLES[:3]))
        with pytest.raises(LanguageModelError):
            evaluate(three, settings, encoder=encoder)


class TestOverDocumentsInTheFile:
    def test_ids_and_titles_are_kept(self, own: Evaluation) -> None:
        assert (own.about.documents, own.overall.questions) == (4, 4)
        assert [skipped.id for skipped in own.about.skipped] == ["empty"]
        titles = {hit.document_id: hit.title for result in own.results for hit in result.found}
        assert titles["rules"] == "停车规定"
        assert titles["馆/开放"].startswith("图书馆开放时间")
        assert set(titles) == {"馆/开放", "rules", "old", "new"}

    def test_figures(self, own: Evaluation) -> None:
        by_id = {result.id: result for result in own.results}
        assert by_id["closed"].measures["answer.first"] == 1.0
        assert by_id["fee"].measures["answer.first"] == 1.0
        assert by_id["closed"].document_ranks == by_id["fee"].document_ranks == (1,)
        assert by_id["tower"].refused
        outdated = {"old"} <= {quote.document_id for quote in by_id["holiday"].quotes}
        assert own.overall.answers.outdated == float(outdated)
        assert own.overall.answers.exact == 1.0

    def test_a_file_of_documents_and_one_of_questions(self, tmp_path: Path) -> None:
        documents = lines(tmp_path / "d.jsonl", OWN_DOCUMENTS)
        questions = lines(tmp_path / "q.jsonl", OVER_OWN_DOCUMENTS)
        read = read_questionnaire(documents, questions, documents)
        assert (len(read.documents), len(read.questions)) == (5, 4)
        assert read.questions[2].history == (("user", "节假日怎么安排？"),)

    def test_names_of_files_never_collide(self, tmp_path: Path) -> None:
        ids = ["A", "a", "../x", ".hidden", "document-3", "长" * 200]
        values = [{"type": "doc", "id": name, "text": "有字。"} for name in ids]
        file = lines(tmp_path / "d.jsonl", [*values, {"text": "？", "doc_ids": []}])
        names = read_questionnaire(file).write_documents(tmp_path / "documents")
        assert sorted(names.values()) == sorted(ids)
        assert {path.name for path in (tmp_path / "documents").iterdir()} == set(names)
        assert len({name.lower() for name in names}) == len(ids)

    def test_progress(self, tmp_path: Path, encoder: Encoder) -> None:
        file = lines(tmp_path / "q.jsonl", [OWN_DOCUMENTS[0], OVER_OWN_DOCUMENTS[0]])
        steps: list[Progress] = []
        evaluate(read_questionnaire(file), Settings(), encoder=encoder, progress=steps.append)
        assert list(dict.fromkeys(step.stage for step in steps)) == ["reading", "encoding", "writing", "asking"]
        assert (steps[-1].done, steps[-1].total) == (1, 1)


class TestMalformedFiles:
    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("{", "it is not JSON"),
            ("[1]", "it must be a JSON object"),
            ('{"type":"answer"}', "\"type\" is 'answer'"),
            ('{"text":"问"}', 'needs "doc_ids"'),
            ('{"text":" ","doc_ids":[]}', '"text" is missing or empty'),
            ('{"text":7,"doc_ids":[]}', '"text" must be text, not 7'),
            ('{"text":"问","doc_ids":"a.txt"}', '"doc_ids" must be a list'),
            ('{"text":"问","doc_ids":[1]}', '"doc_ids" must hold texts'),
            ('{"text":"问","doc_ids":[],"answer_groups":["5元"]}', '"answer_groups" must hold texts'),
            ('{"text":"问","doc_ids":[],"history":[{"role":"system","content":""}]}', '"history" has a turn'),
            ('{"text":"问","doc_ids":[],"id":"good"}', "another question has the id 'good'"),
            ('{"type":"doc","id":"d"}', '"text" is missing'),
            ('{"type":"doc","id":"good","text":"另"}', "another document has the id 'good'"),
        ],
    )
    def test_a_line(self, line: str, problem: str, tmp_path: Path) -> None:
        good = '{"type":"doc","id":"good","text":"一"}\n\n{"text":"问","doc_ids":[],"id":"good"}'
        file = tmp_path / "q.jsonl"
        file.write_text(f"\ufeff{good}\n{line}\n", encoding="utf-8")
        with pytest.raises(EvaluationError) as caught:
            read_questionnaire(file)
        assert str(caught.value).startswith(f"{file}, line 4 can't be used: ")
        assert problem in str(caught.value)

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (b"", "has no question"),
            ("问".encode("gb18030"), "line 1 can't be used: it is not UTF-8"),
            (gzip.compress(b'{"text":"a","doc_ids":[]}\n' * 99, mtime=0)[:-9], "damaged gzip"),
            (b"\x1f\x8b\x08\x00garbage", "damaged gzip"),
        ],
    )
    def test_a_file(self, data: bytes, problem: str, tmp_path: Path) -> None:
        (tmp_path / "q").write_bytes(data)
        with pytest.raises(EvaluationError, match=problem):
            read_questionnaire(tmp_path / "q")

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(EvaluationError, match="can't be read: No such file"):
            read_questionnaire(tmp_path / "none.jsonl")

    def test_a_question_without_groups_is_met_by_any_answer(self) -> None:
        assert Item("q", "问", ("d",), answers=("a", "b")).groups == (("a", "b"),)
        assert Item("q", "问", ("d",), answers=("a",), answer_groups=(("b",), ("c",))).groups == (("b",), ("c",))


def run_file(path: Path, first: list[float]) -> Path:
    results = [
        {"id": f"q{i}", "question": f"问题{i}", "measures": {"answer.first": value, "decision": 1.0}}
        for i, value in enumerate(first)
    ]
    path.write_text(json.dumps({"results": results}), encoding="utf-8")
    return path


class TestComparison:
    def test_by_hand(self, tmp_path: Path) -> None:
        before = read_run(run_file(tmp_path / "a.json", [0, 0, 0, 0, 0, 1, 1, 0]))
        after = read_run(run_file(tmp_path / "b.json", [1, 1, 1, 1, 1, 1, 1, 0]))
        comparison = compare(before, after)
        first, decision = comparison.measures
        assert first.measure == "answer in the first quote"
        assert (first.before, first.after, first.difference) == (0.25, 0.875, 0.625)
        assert first.p == pytest.approx(2 / 2**5)  # of the 32 ways to sign five differences, two are as far from 0
        assert first.low is not None
        assert first.high is not None
        assert 0 < first.low < 0.625 < first.high <= 1
        assert (first.better, first.worse) == (5, 0)
        assert (decision.difference, decision.p, decision.low, decision.high) == (0.0, 1.0, 0.0, 0.0)
        assert {change.id for change in comparison.better} == {"q0", "q1", "q2", "q3", "q4"}
        assert comparison.worse == ()
        assert comparison.better[0].measures == {"answer in the first quote": (0.0, 1.0)}
        assert json.loads(json.dumps(comparison.to_dict()))["questions"] == 8
        back = compare(after, before)
        assert [change.total for change in back.worse] == [-1.0] * 5
        assert back.measures[0].p == first.p

    def test_questions_that_one_run_lacks(self, tmp_path: Path) -> None:
        comparison = compare(
            read_run(run_file(tmp_path / "a.json", [1, 1, 1])), read_run(run_file(tmp_path / "b.json", [1]))
        )
        assert (comparison.questions, comparison.only_before, comparison.only_after) == (1, ("q1", "q2"), ())
        assert comparison.measures[0].low is None

    def test_files_that_are_no_runs(self, tmp_path: Path) -> None:
        (tmp_path / "x.json").write_text("[]", encoding="utf-8")
        with pytest.raises(EvaluationError, match="is not a saved run"):
            read_run(tmp_path / "x.json")
        with pytest.raises(EvaluationError, match="can't be read"):
            read_run(tmp_path / "y.json")
        a, b = read_run(run_file(tmp_path / "a.json", [1])), read_run(run_file(tmp_path / "b.json", []))
        with pytest.raises(EvaluationError, match="no question in common"):
            compare(a, b)


class TestReport:
    def test_it_stands_alone_and_everything_is_escaped(self, own: Evaluation) -> None:
        first = own.results[0]  # its passage is the nasty one; shown among the worst once it went wrong
        wrong = replace(first, measures=dict.fromkeys(first.measures, 0.0))
        page = report_html(replace(own, results=(wrong, *own.results[1:])))
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert re.findall(r"""(?:src|href)\s*=|url\(|@import|https?://""", page) == []
        assert page.count("<svg") == page.count("</svg>") == 5
        assert "own.jsonl.gz" in page

    def test_what_went_wrong_is_shown(self, articles: Evaluation) -> None:
        page = report_html(articles)
        assert "濟南高新區聘任了多少名首席政策官？" in page
        assert "the answer is not in the first three quotes" in page
        assert "39名" in page
        text = evaluation_text(articles)
        assert re.search(r"^all +5 +1\.000", text, re.MULTILINE)
        assert re.search(r"^zh-Hant +2 ", text, re.MULTILINE)


def test_the_command(bundled_home: Path, tmp_path: Path) -> None:
    questions = lines(tmp_path / "questions.jsonl", OVER_THE_ARTICLES)
    run, page = tmp_path / "run.json", tmp_path / "report.html"
    process = yinju("eval", str(questions), "--json", "--html", str(page), "--out", str(run), home=bundled_home)
    assert process.returncode == 0, process.stderr
    values = json.loads(process.stdout)
    assert values == json.loads(run.read_text(encoding="utf-8"))
    assert values["overall"]["refusal"]["auroc"] == 1.0
    assert "Asking" in process.stderr
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    compared = yinju("eval", "--compare", str(run), str(run), home=bundled_home)
    assert (compared.returncode, compared.stderr) == (0, "")
    assert "better: 0 of 5 questions" in compared.stdout


def test_the_command_used_wrongly(bundled_home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"text": "问"}\n', encoding="utf-8")
    assert "q.jsonl, line 1 can't be used" in one_line(yinju("eval", str(questions), home=bundled_home))
    out = str(tmp_path / "none" / "run.json")
    assert "can't be written" in one_line(yinju("eval", str(questions), "--out", out, home=bundled_home))
    assert yinju("eval", home=bundled_home).returncode == 2
    assert yinju("eval", str(questions), "--compare", "a", "b", home=bundled_home).returncode == 2
