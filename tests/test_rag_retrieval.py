"""What a search finds, over real indexes of a few small documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from embeddings import Encoder, rebuild
from rag import Assistant, Settings
from rag.question.question import Question

Home = Callable[[Mapping[str, str]], Assistant]

HOUSING = "人才公寓面向新引进的硕士和博士开放，申请人凭劳动合同到服务大厅登记，审核通过后在十个工作日内办理入住手续。"
DOGS = "在重点管理区内，每户限养一只犬。养犬人应当为犬只办理登记，按时接种狂犬病疫苗，外出时束牵引带并及时清理粪便。"
HOLIDAYS = (
    "第一条 为统一全国节日的假期，制定本办法。\n第二条 全体公民放假的节日：新年放假一天，春节放假{spring}天，"
    "清明节放假一天，劳动节放假{labour}天，端午节放假一天，中秋节放假一天，国庆节放假三天。\n"
    "第三条 部分公民放假的节日及纪念日：妇女节妇女放假半天，青年节青年放假半天，儿童节不满十四周岁的少年儿童放假一天。"
)


@pytest.fixture
def at_home(tmp_path: Path, encoder: Encoder) -> Home:
    """The assistant over documents given as {file name: text}."""

    def build(documents: Mapping[str, str]) -> Assistant:
        settings = Settings(home=tmp_path, llm="extractive")
        settings.library.folder.mkdir(parents=True)
        for name, text in documents.items():
            (settings.library.folder / name).write_text(text, encoding="utf-8")
        rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
        return Assistant.from_settings(settings)

    return build


def titled(title: str, text: str, **facts: str) -> str:
    return json.dumps({"title": title, "text": text, **facts}, ensure_ascii=False)


class TestFigures:
    @pytest.mark.parametrize(
        ("question", "found"),
        [
            ("396300元", "fund.txt"),
            ("40%", "share.txt"),
            ("第32条", "article.txt"),
            ("2024-04-24", "day.txt"),
            ("二〇二四年四月二十四日", "day.txt"),
            ("百分之四十", "share.txt"),
        ],
    )
    def test_are_found_however_they_are_written(self, at_home: Home, question: str, found: str) -> None:
        assistant = at_home(
            {
                "fund.txt": "设备购置费合计39.63万元。",
                "share.txt": "面积缩减了百分之四十。" if "%" in question else "面积缩减了40%。",
                "article.txt": "依照本条例第三十二条处理。",
                "day.txt": "通告于2024年4月24日贴出。",
                "other.txt": "会议讨论了绿化养护工作。",
            }
        )
        lexical = assistant.index.lexical(assistant._retriever.query(Question(question)).asked_in("zh").terms, 5)
        assert assistant.index.passage(int(lexical.rows[0])).document_id == found
        assert assistant.search(question)[0].passage.document_id == found


class TestScripts:
    def test_a_question_in_either_scores_the_same_over_documents_in_either(self, at_home: Home) -> None:
        assistant = at_home({"hans.txt": "全区首届人才节于五月开幕。", "hant.txt": "環保局說明了垃圾分類的辦法。"})
        for one, other in [("首屆人才節何時開幕？", "首届人才节何时开幕？"), ("垃圾怎么分类？", "垃圾怎麼分類？")]:
            first, second = assistant.search(one), assistant.search(other)
            assert [hit.passage for hit in first] == [hit.passage for hit in second]
            assert [hit.score for hit in first] == pytest.approx([hit.score for hit in second], abs=1e-3)


class TestWhatStandsOverAPassage:
    def test_the_title_finds_it_and_is_not_quoted(self, at_home: Home) -> None:
        assistant = at_home(
            {
                f"{n}.json": titled(f"{city}市养犬管理条例", DOGS)
                for n, city in enumerate(("青岛", "威海", "济宁", "滨州"))
            }
        )
        for n, city in enumerate(("青岛", "威海", "济宁", "滨州")):
            hit = assistant.search(f"{city}每户可以养几只狗？")[0]
            assert hit.passage.document_id == f"{n}.json"
            assert city not in hit.passage.text

    def test_the_source_finds_it(self, at_home: Home) -> None:
        assistant = at_home(
            {"a.json": titled("公告", HOUSING, source="云河日报"), "b.json": titled("公告", HOUSING, source="青山晚报")}
        )
        found = assistant.index.lexical(assistant._retriever.query(Question("青山晚报")).asked_in("zh").terms, 5)
        assert assistant.index.passage(int(found.rows[0])).document_id == "b.json"


class TestCopies:
    def test_are_shown_once_with_all_their_sources(self, at_home: Home) -> None:
        assistant = at_home(
            {
                "paper.json": titled("人才公寓开放申请", HOUSING),
                "site.json": titled("人才公寓开放申请", HOUSING.replace("，审核", "， 审核").replace("。", "！")),
                "other.json": titled("养犬管理规定", DOGS),
            }
        )
        hits = assistant.search("人才公寓怎么申请？")
        assert len(hits) == 2
        assert {hits[0].passage.document_id, *(copy.document_id for copy in hits[0].copies)} == {
            "paper.json",
            "site.json",
        }
        assert hits[0].to_dict()["copies"][0]["text"] == hits[0].copies[0].text
        assert hits[1].copies == ()

    def test_one_other_number_makes_another_passage(self, at_home: Home) -> None:
        assistant = at_home(
            {
                "a.json": titled("人才公寓开放申请", HOUSING + "月租金800元。"),
                "b.json": titled("人才公寓开放申请", HOUSING + "月租金900元。"),
            }
        )
        assert len(assistant.search("人才公寓的月租金")) == 2

    def test_the_same_clause_in_two_laws_is_two_passages(self, at_home: Home) -> None:
        own = {"青岛": "海水浴场和沿海步道的管理另有规定。" * 3, "济宁": "运河两岸和微山湖的管理另有规定。" * 3}
        assistant = at_home(
            {
                f"{city}.json": titled(f"{city}市养犬管理条例", f"第一章 登记\n{DOGS}\n第二章 附则\n{text}")
                for city, text in own.items()
            }
        )
        assert len({hit.passage.document_id for hit in assistant.search("每户限养几只犬？")[:2]}) == 2


class TestEditions:
    @pytest.fixture
    def editions(self, at_home: Home) -> Assistant:
        old, new = HOLIDAYS.format(spring="三", labour="一"), HOLIDAYS.format(spring="四", labour="二")
        return at_home(
            {
                "new.txt": f"节日放假办法\n1999年9月18日第一次修订\n2024年11月10日第二次修订\n{new}",
                "old.txt": f"节日放假办法\n1999年9月18日第一次修订\n{old}",
                "dogs.json": titled("养犬管理规定", DOGS),
            }
        )

    def test_the_latest_comes_first_and_the_others_are_reachable(self, editions: Assistant) -> None:
        hits = editions.search("劳动节放假几天？")
        ids = [hit.passage.document_id for hit in hits]
        assert ids.index("new.txt") < ids.index("old.txt")
        assert {hit.passage.document_id: hit.superseded_by for hit in hits} == {
            "new.txt": None,
            "old.txt": "new.txt",
            "dogs.json": None,
        }
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)

    def test_an_edition_that_is_asked_for_is_not_superseded(self, editions: Assistant) -> None:
        hits = editions.search("1999年的办法里劳动节放假几天？")
        assert all(hit.superseded_by is None for hit in hits)

    def test_alone_it_is_not_superseded(self, editions: Assistant) -> None:
        hits = editions.search("劳动节放假几天？", filters={"documents": "old.txt"})
        assert [hit.superseded_by for hit in hits] == [None] * len(hits)
