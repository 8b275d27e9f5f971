"""What answers are worth, in parts.

    python benchmarks/answers.py verification --data FOLDER [--set NAME ...] [--show N]
    python benchmarks/answers.py followups --data FOLDER [--set NAME ...]

**followups**: questions with a history ("history", "evidence") over the bundled articles, completed by rules alone: is
the passage with the evidence found first? And is every quotation of every answer the document's own text?

**verification**: are wrong sentences flagged, and true ones passed?

``FOLDER`` holds question sets as gzipped JSON lines ({"type": "doc", "id", "text"}, {"type": "question", "text",
"answers", "doc_ids"}). A sentence that holds a gold answer is true of itself, also when it is written in the other
script, another width and other numerals. It is corrupted by changing one figure, unit, date, name or negation, half the
time in such a rewriting. Where figures and names stand is found here by plain patterns and the gold answers, not by
the verifier's own. "statement" sentences are questions with the gold answer put in the place of the asking word, true
of the sentence that holds it, and false with another question's answer.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from measured import keep
from opencc import OpenCC

from corpus import sentence_spans
from embeddings import rebuild
from rag import Assistant, Settings
from rag.answers import Citation
from rag.proof.verification import verify

FIGURE = re.compile(r"(?<![\d.,A-Za-z])\d+(?:\.\d+)?(?![\d,]|\s*[年月日号/-]|[A-Za-z])")
CHINESE_FIGURE = re.compile(
    r"(?<![第一二三四五六七八九十百千万亿数几\d])"
    r"(?:[二三四五六七八九]?十[一二三四五六七八九]?|[二三四五六七八九兩两])(?=[个個名位人家项項座条條次种種年岁歲万萬倍])"
)
DATE_PART = re.compile(r"(?<!\d)\d{4}(?=\s*年)|(?<!\d)\d{1,2}(?=\s*[月日])")
UNITS = {
    "公里": "米",
    "公尺": "公里",
    "平方公里": "平方米",
    "公顷": "亩",
    "公頃": "畝",
    "吨": "公斤",
    "噸": "公斤",
    "公斤": "吨",
    "米": "公里",
    "美元": "元",
    "元": "美元",
    "万": "亿",
    "萬": "億",
    "亿": "万",
    "億": "萬",
    "%": "",
    "％": "",
    "小时": "天",
    "天": "小时",
    "人": "家",
    "名": "家",
    "家": "人",
    "岁": "年",
    "歲": "年",
    "个月": "年",
    "個月": "年",
    "度": "米",
}
UNIT = re.compile(r"(?<=\d)\s?(" + "|".join(sorted(UNITS, key=len, reverse=True)) + ")")
NEGATION = re.compile(r"(?<![并並从從])(?:没有|沒有|不(?=[能会會可是得再曾])|未(?=[能曾被有]))(?!到)")
NAMING = re.compile(
    r"谁|誰|哪[里裡儿]|何地|何处|哪[个個一]?(?:人|国|國|城|省|州|县|縣|市|地|家|位|所|座|公司|大学|大學|球队|球隊|組織)"
)
ASKING = re.compile(
    r"是?(?:多少|几|幾|谁|誰|哪[里裡儿]|什么(?:时候|時候|地方|名字)?|什麼(?:時候|地方|名字)?|哪(?:一|个|個)?[年天月国國位家座所]?"
    r"|何时|何時|何地|何人|何处)(?=[^，。]{0,30}[？?]?$)"
)


@dataclass(frozen=True)
class Case:
    """A sentence, the text it cites, the title over it and the text before it, and what was done to it."""

    kind: str
    sentence: str
    source: str
    title: str
    before: str

    @property
    def true(self) -> bool:
        """Whether it ought to pass."""
        return self.kind.startswith("true")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["verification", "followups"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", action="append", dest="sets")
    parser.add_argument("--documents", type=int, default=10_000, help="how many documents of each set, at most")
    parser.add_argument("--show", type=int, default=0, help="misjudged sentences to print of each kind")
    arguments = parser.parse_args()
    if arguments.part == "followups":
        followups([arguments.data / f"{name}.jsonl" for name in arguments.sets or ["seeds_questions_dev"]])
        return
    sets = arguments.sets or ["xquad_zh", "drcd_dev400", "cmrc2018_trial"]
    figures = {}
    for name in sets:
        cases = list(cases_of(arguments.data / f"{name}.jsonl.gz", random.Random(name), arguments.documents))
        figures[name] = judge(cases, arguments.show)
    keep("verification", {"sets": figures}, packages=("jieba", "opencc"))


def followups(paths: list[Path]) -> None:
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    first, exact = [], []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), llm="extractive", answer_threshold=0)
        settings.library.seed()
        rebuild(settings.library.folder, settings.index_dir)
        assistant = Assistant.from_settings(settings)
        for row in rows:
            if row["type"] != "question":
                continue
            answer = assistant.ask(row["text"], history=row.get("history", ()))
            for citation in answer.citations:
                text = assistant.document(citation.document_id).text
                exact.append(text[citation.start : citation.end] == citation.quote)
            if row.get("history"):
                found = "".join(answer.hits[0].passage.text.split())
                first.append(any("".join(evidence.split()) in found for evidence in row["evidence"]))
                print(f"{'right' if first[-1] else 'WRONG'}  {row['text']}  ->  {answer.search_question}")
    keep("followups", {"right_passage_first": share(first), "quotes_exact": share(exact)})


def judge(cases: list[Case], show: int) -> dict[str, object]:
    right: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        supported = verdict(case) == "supported"
        right[case.kind].append(supported == case.true)
        if supported != case.true and sum(not one for one in right[case.kind]) <= show:
            print(f"--- {case.kind}\n{case.sentence}\n{case.source}\n{problems(case)}")
    corrupted = [one for kind, ones in right.items() if kind.startswith("wrong") for one in ones]
    exact = [one for kind in ("wrong figure", "wrong date") for one in right[kind]]
    true = [one for kind, ones in right.items() if kind.startswith("true") and "statement" not in kind for one in ones]
    return {
        "true_passed": share(true),
        "corrupted_flagged": share(corrupted),
        "figures_and_dates_flagged": share(exact),
        "kinds": {kind: share(ones) for kind, ones in sorted(right.items())},
    }


def share(ones: list[bool]) -> dict[str, float | int]:
    return {"share": round(sum(ones) / max(1, len(ones)), 4), "of": len(ones)}


def _checked(case: Case):  # type: ignore[no-untyped-def]
    citation = Citation(1, "d", case.title, None, None, None, None, "d#0", case.source, 0, len(case.source))
    return verify(case.sentence, (citation,), "zh-Hans", before=case.before)


def verdict(case: Case) -> str:
    return str(_checked(case).verdict)


def problems(case: Case) -> str:
    return "; ".join(_checked(case).problems)


def cases_of(path: Path, chance: random.Random, most: int) -> Iterator[Case]:
    """The cases of a set, each sentence used once as true and once for each corruption that fits it."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    documents = {row["id"]: row for row in [row for row in rows if row["type"] == "doc"][:most]}
    questions = [row for row in rows if row["type"] == "question" and row.get("doc_ids") and row.get("answers")]
    names = [row["answers"][0] for row in questions if NAMING.search(row["text"]) and is_name(row["answers"][0])]
    answers = [row["answers"][0] for row in questions]
    seen = set()
    for row in questions:
        document = documents.get(row["doc_ids"][0])
        sentence = document and holding(document["text"], row["answers"][0])
        if not document or not sentence:
            continue
        title = document.get("title") or ""
        before = document["text"].partition(sentence)[0]
        yield from statements(row, sentence, title, before, answers=answers, chance=chance)
        if NAMING.search(row["text"]) and is_name(row["answers"][0]):
            wrong = sentence.replace(
                row["answers"][0], other_name(row["answers"][0], before + sentence + title, names, chance)
            )
            yield Case("wrong name", perhaps_rewritten(wrong, chance), sentence, title, before)
        if sentence in seen:
            continue
        seen.add(sentence)
        yield Case("true", rewritten(sentence, chance), sentence, title, before)
        for kind, corrupt in CORRUPTIONS.items():
            wrong = corrupt(sentence, chance)
            if wrong is not None and wrong != sentence:
                yield Case(f"wrong {kind}", perhaps_rewritten(wrong, chance), sentence, title, before)


def statements(
    row: dict[str, object], sentence: str, title: str, before: str, *, answers: list[str], chance: random.Random
) -> Iterator[Case]:
    question, answer = str(row["text"]), str(row["answers"][0])  # type: ignore[index]
    if len(ASKING.findall(question)) != 1 or len(answer) > 12:
        return
    other = chance.choice(answers)
    if other not in before + sentence and abs(len(other) - len(answer)) <= 3:
        yield Case("wrong statement", ASKING.sub(other, question).rstrip("？?") + "。", sentence, title, before)
    yield Case("true statement", ASKING.sub(answer, question).rstrip("？?") + "。", sentence, title, before)


def holding(text: str, answer: str) -> str | None:
    """The sentence of the text that holds the answer."""
    return next((text[i:j] for i, j in sentence_spans(text) if answer in text[i:j] and j - i >= len(answer) + 6), None)


def is_name(answer: str) -> bool:
    return bool(re.fullmatch(r"[\u4e00-\u9fff·•]{2,12}", answer))


def other_name(name: str, source: str, names: list[str], chance: random.Random) -> str:
    fitting = [
        other for other in names if other not in source and name not in other and abs(len(other) - len(name)) <= 2
    ]
    return chance.choice(fitting or [other for other in names if other not in source])


def perhaps_rewritten(sentence: str, chance: random.Random) -> str:
    return rewritten(sentence, chance) if chance.random() < 0.5 else sentence


def rewritten(sentence: str, chance: random.Random) -> str:
    """The same in another script, width or numerals, at least one of them."""
    ways = [numerals, widths, scripts]
    for way in chance.sample(ways, chance.randint(1, len(ways))):
        sentence = way(sentence, chance)
    return sentence


def scripts(sentence: str, _: random.Random) -> str:
    traditional = converter("s2t").convert(sentence)
    return converter("t2s").convert(sentence) if traditional == sentence else traditional


def widths(sentence: str, _: random.Random) -> str:
    if re.search(r"[！-～]", re.sub(r"[！，．：；？（）]", "", sentence)):
        return re.sub(r"[！-～]", lambda match: chr(ord(match[0]) - 0xFEE0), sentence)
    return re.sub(r"[0-9A-Za-z%]", lambda match: chr(ord(match[0]) + 0xFEE0), sentence)


def numerals(sentence: str, chance: random.Random) -> str:
    """Figures in Chinese characters, dates in digits one by one, percentages in words, great figures in 万."""
    sentence = re.sub(r"(?<![\d.])(\d+(?:\.\d+)?)[%％]", lambda match: "百分之" + spelled(match[1]), sentence)
    sentence = re.sub(
        r"(?<!\d)(\d{4})(?=年)", lambda match: "".join("〇一二三四五六七八九"[int(d)] for d in match[1]), sentence
    )
    sentence = re.sub(r"(?<![\d年月])(\d{1,2})(?=月|日)", lambda match: spelled(match[1]), sentence)

    def other(match: re.Match[str]) -> str:
        number = match[0].replace(",", "")
        if "." in number or len(number) > 8 or number.startswith("0"):
            return match[0]
        if len(number) > 5 and chance.random() < 0.5:
            return f"{int(number) / 10_000:f}".rstrip("0").rstrip(".") + "万"
        if len(number) > 4:
            return f"{int(number):,}" if "," not in match[0] else number
        return spelled(number)

    counted = r"(?<![\d.,A-Za-z/:+-])(?:\d{1,3}(?:,\d{3})+|\d+)(?=[个個名位人家项項座条條次种種岁歲倍])"
    return re.sub(counted, other, sentence)


def spelled(number: str) -> str:
    whole, _, decimals = number.partition(".")
    text, value = "", int(whole)
    if value >= 10_000:
        return number
    gap = False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // scale % 10
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
        gap = not digit
    text = text.removeprefix("一") if text.startswith("一十") else text or "零"
    return text + ("点" + "".join("零一二三四五六七八九"[int(d)] for d in decimals) if decimals else "")


def wrong_figure(sentence: str, chance: random.Random) -> str | None:
    matches = list(FIGURE.finditer(sentence)) + list(CHINESE_FIGURE.finditer(sentence))
    if not matches:
        return None
    match = chance.choice(matches)
    if match[0][0].isdigit():
        at = chance.randrange(len(match[0].replace(".", "")))
        places = [i for i, character in enumerate(match[0]) if character.isdigit()]
        i = places[at]
        digit = chance.choice([d for d in "123456789" if d != match[0][i]])
        changed = match[0][:i] + digit + match[0][i + 1 :]
        changed = match[0] + "0" if chance.random() < 0.2 and "." not in match[0] else changed
    else:
        changed = chance.choice([c for c in ("三", "五", "八", "十二", "三十") if c != match[0]])
    wrong = sentence[: match.start()] + changed + sentence[match.end() :]
    return None if changed in sentence else wrong


def wrong_date(sentence: str, chance: random.Random) -> str | None:
    matches = list(DATE_PART.finditer(sentence))
    if not matches:
        return None
    match = chance.choice(matches)
    value = int(match[0])
    limit = 12 if sentence[match.end() :].lstrip().startswith("月") else 28
    changed = str(value + chance.choice((-11, -2, -1, 1, 2, 10))) if len(match[0]) == 4 else str(value % limit + 1)
    following = sentence[match.end() :].lstrip()[:1]
    if re.search(rf"(?<!\d){changed}\s*{following}", sentence):
        return None
    return sentence[: match.start()] + changed + sentence[match.end() :]


def wrong_unit(sentence: str, chance: random.Random) -> str | None:
    matches = list(UNIT.finditer(sentence))
    if not matches:
        return None
    match = chance.choice(matches)
    return sentence[: match.start(1)] + UNITS[match[1]] + sentence[match.end() :]


def wrong_negation(sentence: str, chance: random.Random) -> str | None:
    there = list(NEGATION.finditer(sentence))
    if there:
        match = chance.choice(there)
        return sentence[: match.start()] + sentence[match.end() :]
    verbs = list(verbs_of(sentence))
    if not verbs:
        return None
    at = chance.choice(verbs)
    return sentence[:at] + chance.choice(["没有", "并未", "不"]) + sentence[at:]


def verbs_of(sentence: str) -> Iterator[int]:
    """Where the verbs of two characters or more stand that a negation makes false."""
    import jieba.posseg

    at = 0
    for word, kind in jieba.posseg.cut(sentence, HMM=False):
        before = sentence[max(0, at - 1) : at]
        if kind == "v" and len(word) >= 2 and before not in set("不没未无的和与、"):
            yield at
        at += len(word)


CORRUPTIONS: dict[str, Callable[[str, random.Random], str | None]] = {
    "figure": wrong_figure,
    "date": wrong_date,
    "unit": wrong_unit,
    "negation": wrong_negation,
}


@cache
def converter(name: str) -> OpenCC:
    return OpenCC(name)


if __name__ == "__main__":
    main()
