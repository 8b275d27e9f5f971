"""Fits ``rag/proof/bearing.json``: how the judge's word and what words tell are weighed, and where the border is.

    python benchmarks/fit_verification.py [--keep]

Learned from the statements of the passages that ``train_judge.is_for_fitting`` keeps out of the judge's training, and
from sentences of the same passages: true ones rewritten in other numerals, widths or script, wrong ones with a figure,
unit, date, name or negation exchanged (``answers.py``), and clauses taken out of a sentence. At the border as
many true statements are flagged as wrong ones pass.
Measured on what is held out: statements that a text supports, contradicts or does not speak of, beside the sentences
that decide, and the same exchanges. ``--keep`` writes the file; without it the figures of the kept one are printed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from answers import CORRUPTIONS, perhaps_rewritten, rewritten
from sklearn.linear_model import LogisticRegression
from train_judge import Told, check, is_for_fitting, own_pairs, shown

from corpus import sentence_spans
from corpus.language.quantities import quantities_of
from corpus.language.script import has_han, simplified
from embeddings import Encoder, load_encoder
from rag.proof import verification
from rag.proof.bearing import SIGNALS, border, features_of, least_sure_of, likelihood, signals_of
from rag.proof.evidence import Evidence
from rag.proof.verification import findings_of, repeats, share_told, stands_whole
from rag.reading.judge import VERDICTS, Judge, Pair
from rag.reading.reader import Page, Reader

FITTED = Path(__file__).parent.parent / "rag" / "proof" / "bearing.json"
EXACT = 2.0  # the weight of exchanged sentences, all of them together, against statements
RIGHT = 0.98
PARTS = 120
CONDITION = re.compile("的$|^(?:如|若|但|除|其中|由)")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence beside a text, of what kind it is, and whether the text bears it out."""

    kind: str
    said: str
    text: str
    title: str
    before: str

    @property
    def true(self) -> bool:
        """Whether it ought to pass."""
        return self.kind in {"supported", "true", "true part"}


def records(held_out: bool) -> Iterator[dict[str, Any]]:
    """The passages with statements that are kept for the fit, or those held out."""
    for record in check.rows("statements.jsonl.gz"):
        if check.is_held_out(record["id"]) == held_out and (held_out or is_for_fitting(record["id"])):
            yield record


def cases(held_out: bool) -> list[Case]:
    """Statements and exchanged sentences of the passages kept for the fit, or of those held out."""
    chance = random.Random(1)
    found = []
    for record in records(held_out):
        text, title = record["text"], record["title"]
        for one in record["statements"]:
            told = Told(one["s"], "", text, one["evidence"], VERDICTS.index(one["label"]))
            beside = shown(told, 0.0)
            found.append(Case(one["label"], one["s"], beside, title, text.partition(beside)[0]))
        spans = [span for span in sentence_spans(text) if 12 <= span[1] - span[0] <= 120]
        for start, end in chance.sample(spans, min(3, len(spans))):
            sentence = text[start:end].strip()
            found.append(Case("true", rewritten(sentence, chance), sentence, title, text[:start]))
            for kind, corrupt in CORRUPTIONS.items():
                wrong = corrupt(sentence, chance)
                if wrong is not None and wrong != sentence:
                    found.append(Case(f"wrong {kind}", perhaps_rewritten(wrong, chance), sentence, title, text[:start]))
    return found


def parts(held_out: bool) -> list[Case]:
    """Clauses with a figure out of sentences of several, which those bear out: models copy them so."""
    chance = random.Random(7)
    found = []
    for record in records(held_out):
        text, title = record["text"], record["title"]
        for start, end in sentence_spans(text):
            sentence = text[start:end].strip()
            clauses = [clause for clause in re.split("[，；]", sentence.rstrip("。；")) if clause]
            stating = [one for one in clauses if len(one) >= 8 and quantities_of(one) and not CONDITION.search(one)]
            if len(clauses) >= 2 and stating:
                found.append(Case("true part", f"{chance.choice(stating)}。", sentence, title, text[:start]))
    chance.shuffle(found)
    return found[:PARTS]


def signals(some: Sequence[Case], judge: Judge, encoder: Encoder) -> np.ndarray:
    """The signals of each, shape (cases, ``len(SIGNALS)``)."""
    judged = judge.judge([verification.shown(case.said, case.text, case.title) for case in some])
    said = encoder.encode([simplified(case.said) for case in some], "query")
    rows = []
    for case, vector, word in zip(some, said, judged, strict=True):
        sentences = [case.text[start:end] for start, end in sentence_spans(case.text)] or [case.text]
        likeness = float((encoder.encode([simplified(one) for one in sentences], "document") @ vector).max())
        evidence = Evidence.of(case.text, [case.title, case.before])
        kinds = [finding.kind for finding in findings_of(case.said, evidence)]
        across = has_han(case.said) != has_han(evidence.folded)
        rows.append(signals_of(word, kinds, share_told(case.said, evidence), likeness, across))
    return np.array(rows)


def kept_signals(name: str, some: Sequence[Case], judge: Judge, encoder: Encoder, folder: Path | None) -> np.ndarray:
    """The signals, from the folder if they are there."""
    path = folder / f"{name}.npy" if folder else None
    if path and path.exists():
        return np.load(path)
    rows = signals(some, judge, encoder)
    if path:
        np.save(path, rows)
    return rows


def likely_of(some: Sequence[Case], likely: np.ndarray) -> np.ndarray:
    """The likelihoods, 1 or 0 of what no weights decide: what stands there word for word, or does but for findings."""
    found = np.array([bool(findings_of(case.said, Evidence.of(case.text, [case.title, case.before]))) for case in some])
    whole = np.array([stands_whole(case.said, Evidence.of(case.text)) for case in some])
    repeated = np.array([repeats(case.said, Evidence.of(case.text)) for case in some])
    return np.where(found & repeated, 0.0, np.where(whole & ~found, 1.0, likely))


def told(name: str, some: Sequence[Case], likely: np.ndarray, least: float) -> dict[str, float]:
    """Prints the share of each kind that is judged right, and gives it back."""
    right: dict[str, list[bool]] = defaultdict(list)
    for case, value in zip(some, likely, strict=True):
        right[case.kind].append((value >= least) == case.true)
        if case.kind.startswith("wrong"):
            right["wrong, all"].append(right[case.kind][-1])
    shares = {kind: round(float(np.mean(ones)), 4) for kind, ones in sorted(right.items())}
    print(name, {kind: f"{share:.3f} of {len(right[kind])}" for kind, share in shares.items()}, flush=True)
    return shares


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="write the weights")
    parser.add_argument("--cache", type=Path, help="a folder that keeps the signals between runs")
    given = parser.parse_args()
    encoder = load_encoder()
    reader = Reader.beside(encoder)
    assert reader is not None
    judge = Judge(reader.shared)
    fitting, held = (cases(held_out) + parts(held_out) for held_out in (False, True))
    seen = kept_signals("held", held, judge, encoder, given.cache)
    if given.keep:
        learned = kept_signals("fitting", fitting, judge, encoder, given.cache)
        features = np.array([list(features_of(row).values()) for row in learned])
        wanted = np.array([case.true for case in fitting])
        written = np.array([case.kind in VERDICTS for case in fitting])
        weight = np.where(written, 1 / written.sum(), EXACT / (~written).sum()) * len(fitting)
        model = LogisticRegression(C=10.0, max_iter=10_000).fit(features, wanted, sample_weight=weight)
        likely = likely_of(fitting, model.predict_proba(features)[:, 1])
        least = min((abs(error(likely, wanted, written, x)), x) for x in np.linspace(0.2, 0.8, 121))[1]
        names = list(features_of(learned[0]))
        values = {"bias": float(model.intercept_[0]), **dict(zip(names, model.coef_[0].tolist(), strict=True))}
        values["border"] = float(least)
        values |= dict(zip(("yes", "no"), least_sure(judge, "fitting"), strict=True))
        weights = {name: round(value, 4) for name, value in values.items()}
        kept = {"fitted": date.today().isoformat(), "by": "benchmarks/fit_verification.py", "weights": weights}
        FITTED.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        told("fitted on", fitting, likely, values["border"])
    told("held out", held, likely_of(held, np.array([likelihood(row) for row in seen])), border())
    least_sure(judge, "held out", [least_sure_of("yes"), least_sure_of("no")])
    denials(reader)
    for name in ("judge", "figures", "lacking"):
        at = SIGNALS.index(name)
        print(
            name,
            {
                kind: round(
                    float(np.mean([row[at] for row, case in zip(seen, held, strict=True) if case.kind == kind])), 2
                )
                for kind in VERDICTS
            },
        )


def least_sure(judge: Judge, part: str, known: Sequence[float] = ()) -> list[float]:
    """The lowest probabilities with which yes, and no, are right ``RIGHT`` of the time beside what decides."""
    pairs = own_pairs(["questions.jsonl.gz"], part)
    words = np.exp(judge.judge([Pair(pair.said, shown(pair, 0.0), pair.context) for pair in pairs])[:, :2])
    said, wanted = words.argmax(1), np.array([pair.verdict for pair in pairs])
    least = list(known)
    for one, name in enumerate(("yes", "no")):
        sure, right = words[said == one, one], wanted[said == one] == one
        if not known:
            borders = [x for x in np.linspace(0.5, 0.98, 49) if (sure >= x).any() and right[sure >= x].mean() >= RIGHT]
            least.append(float(borders[0]) if borders else 1.0)
        told = sure >= least[one]
        print(f"{part}: {name} said of {told.sum()} of {(wanted == one).sum()}, right {right[told].mean():.3f}")
    return least


def denials(reader: Reader, least: Sequence[float] = (0.0, 2.0)) -> None:
    """Prints how often held-out passages are found to tell what they do, and what they do not, for log-odds."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    for record in check.rows("questions.jsonl.gz"):
        if not check.is_held_out(record["id"]):
            continue
        text = record["text"]
        page = Page(Page.context_over(text, record["title"], record["headings"]), text, tuple(sentence_spans(text)))
        for one in record["questions"]:
            read = reader.read(one["q"].rstrip("？?"), [page])[0]
            scores[one["answer"] is not None].append(max(reading.score for reading in read))
    for odds in least:
        told, not_told = (round(float(np.mean(np.array(scores[so]) >= odds)), 3) for so in (True, False))
        print(f"denials at {odds}: found told of {told} that are, of {not_told} that are not", flush=True)


def error(likely: np.ndarray, wanted: np.ndarray, written: np.ndarray, least: float) -> float:
    """How much more often true statements are flagged than wrong ones pass."""
    flagged = float((likely[wanted & written] < least).mean())
    passed = float((likely[~wanted & written] >= least).mean())
    return flagged - passed


if __name__ == "__main__":
    main()
