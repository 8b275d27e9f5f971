"""What answers the last question of a conversation, read as it stands."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings import Encoder
from rag.reading.conversational import ConversationalReader
from rag.reading.reader import Page, Quote, Reader

TITLE = "云帆健身房会员须知"
MONTHLY = "月卡328元，有效期30天，不可停卡。"
QUARTERLY = "季卡880元，有效期90天，可停卡一次。"
COACH = "私教课每节260元，由教练段启明负责排课，提前一天预约。"
PHONE = "段启明的电话是139-0002-7788，每天10:00至20:00接听。"
PARKING = "会员停车两小时内免费。"
QUOTES = [Quote(text, TITLE) for text in (MONTHLY, QUARTERLY, COACH, PHONE, PARKING)]


@pytest.fixture(scope="module")
def reader(encoder: Encoder) -> Reader:
    found = Reader.beside(encoder)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("turns", "question", "answer"),
    [
        ([("月卡多少钱", MONTHLY)], "季卡呢", QUARTERLY),
        ([("季卡多少钱", QUARTERLY)], "那月卡呢", MONTHLY),
        ([("私教课谁排课", COACH)], "他电话多少", PHONE),
        ([("私教課誰排課", COACH)], "他電話幾號", PHONE),
    ],
)
def test_the_turns_before_tell_what_is_asked(
    reader: Reader, turns: list[tuple[str, str]], question: str, answer: str
) -> None:
    scores = ConversationalReader(reader).scores(question, turns, QUOTES)
    assert scores.shape == (len(QUOTES),)
    assert QUOTES[int(scores.argmax())].text == answer


def test_the_reader_reads_as_before(reader: Reader) -> None:
    page = Page("", MONTHLY, ((0, len(MONTHLY)),))
    before = reader.read("月卡多少钱", [page])
    ConversationalReader(reader).scores("季卡呢", [("月卡多少钱", MONTHLY)], QUOTES)
    assert reader.read("月卡多少钱", [page]) == before


def test_a_long_conversation_and_many_quotes_are_read_whole(reader: Reader) -> None:
    turns = [("月卡多少钱，" * 40, MONTHLY * 10)] * 5
    many = [Quote(f"第{number}条 {PARKING * 6}", f"《规定{number % 3}》") for number in range(12)]
    scores = ConversationalReader(reader).scores("季卡呢" * 50, turns, many)
    assert np.isfinite(scores).all()
    assert (scores > -1e4).all()


def test_quotes_of_a_document_stand_under_its_title_once() -> None:
    page = Page.beside([Quote("甲。", "一"), Quote("乙。", "一"), Quote("丙。", "二")])
    assert page.text == "一\n甲。\n乙。\n二\n丙。\n"
    assert [page.text[start:end] for start, end in page.sentences] == ["甲。", "乙。", "丙。"]
