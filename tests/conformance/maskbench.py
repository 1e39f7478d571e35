"""MaskBench: how many JSON Schemas does our compiler get fully right, and how fast?

    python -m tests.conformance.maskbench --data FILE [--dialect llguidance|kbnf|gbnf]
        [--peer llguidance|xgrammar|formatron] [--no-masks]
        [--sample N] [--jobs K] [--tokenizer GGUF] [--show refused|wrong|slow|all] [--only TEXT]
        [--log FILE]

Every schema is compiled; every instance, written with json.dumps(x, ensure_ascii=False) and
tokenized with a real vocabulary, is walked token by token through the masks: before each token the
mask is looked at. A valid instance must pass and be allowed to end, an invalid one must be refused
or not be allowed to end. A schema without instances counts when it compiles. With --peer, a
contender does the same work in the same run (xgrammar is not among our requirements: `pip install
xgrammar` where this runs).

--log writes a line of JSON for each schema as soon as it is done: its verdict under each contender
and its times in milliseconds.

The gbnf dialect runs on llama.cpp's own grammar sampler, which takes milliseconds for a mask of
128k tokens. --no-masks asks it only whether the token at hand, or an end token, is allowed.
"""

import argparse
import gc
import gzip
import importlib.util
import json
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

import compilers
from compilers import clock, collection
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine, LLGuidanceMatcher
from gallama.errors import EngineFailure
from gallama.types import Engine, Matcher, Vocabulary
from gallama.watched import Pieces, watched
from tests.conformance import formatron_json, real_vocabulary

VOCABULARY = Path("build/vocab/ggml-vocab-llama-bpe.gguf")

T = TypeVar("T")
Row = dict[str, Any]


@dataclass
class Outcome:
    """One schema under one contender; times in seconds. `refused`: why it did not compile.

    `masks` are those of the first walk of each instance, `again` those of the third. `front`
    stays 0 where a peer does not tell its front end from the rest.
    """

    name: str
    n_tests: int
    refused: str | None = None
    valid_refused: list[str] = field(default_factory=list)
    invalid_accepted: list[str] = field(default_factory=list)
    broken: str | None = None
    front: float = 0.0
    compile: float = 0.0
    masks: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)

    @property
    def right(self) -> bool:
        wrong = self.valid_refused or self.invalid_accepted or self.broken
        return self.refused is None and not wrong


class Refusal(Exception):
    """A schema that a contender does not take; the text is the key of the table."""


class Ours:
    """This repository's compiler and engine."""

    def __init__(self, dialect: str, order: str, engine: Engine, vocabulary: Vocabulary) -> None:
        self.name = dialect
        self._dialect = dialect
        served = dialect in compilers.HELD
        self._options = {"order": order} if served else {}
        self._limit = (
            clock.limited if served else nullcontext
        )  # as a server would (gallama/guide.py)
        self._vocabulary = vocabulary
        self._engine = engine

    @cached_property
    def _pieces(self) -> Pieces:
        return Pieces(self._vocabulary)

    def compile(self, schema: Any, outcome: Outcome) -> Matcher:
        with collection.put_off():  # until the engine is done, as a server does
            text, grammar = self._text(schema, outcome)
            matcher = self._engine.compile(text, self._vocabulary)
            return watched(matcher, grammar, self._dialect, lambda: self._pieces)

    def _text(self, schema: Any, outcome: Outcome) -> tuple[str, compilers.Grammar]:
        """A grammar and its text; what is watched in it only beside an engine that our server
        uses."""
        start = time.thread_time()
        try:
            with self._limit():
                grammar = compilers.json_schema(schema)
                said = compilers.unwatched(grammar) if self._options else grammar
                return compilers.emit(said, self._dialect, **self._options), grammar
        except compilers.CompileError as error:
            raise Refusal(error.kind) from error
        finally:
            outcome.front = time.thread_time() - start


def _llguidance(options: argparse.Namespace, vocabulary: Vocabulary) -> Engine:
    engine = LLGuidanceEngine(max_grammars=0)
    engine.tokenizer(vocabulary)
    return engine


def _kbnf(options: argparse.Namespace, vocabulary: Vocabulary) -> Engine:
    engine = FormatronEngine(max_grammars=0)
    engine.compile(compilers.emit(compilers.choice(["a"]), "kbnf"), vocabulary)  # its vocabulary
    return engine


def _gbnf(options: argparse.Namespace, vocabulary: Vocabulary) -> Engine:
    from tests.conformance.llama_grammar import LlamaGrammarEngine

    return LlamaGrammarEngine(options.tokenizer)


# Dialect: its engine.
ENGINES: dict[str, Callable[[argparse.Namespace, Vocabulary], Engine]] = {
    "llguidance": _llguidance,
    "kbnf": _kbnf,
    "gbnf": _gbnf,
}


class LLGuidancePeer:
    """llguidance's own JSON Schema front end."""

    name = "peer llguidance"

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._tokenizer = LLGuidanceEngine().tokenizer(vocabulary)
        self._n_vocab = len(vocabulary.pieces)

    def compile(self, schema: Any, outcome: Outcome) -> Matcher:
        from llguidance import LLMatcher

        start = time.thread_time()
        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema))
        outcome.front = time.thread_time() - start
        matcher = LLMatcher(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise Refusal(matcher.get_error().partition("\n")[0][:60])
        return LLGuidanceMatcher(matcher, self._n_vocab)


class FormatronPeer:
    """Formatron's own JSON Schema front end, on our engine over kbnf."""

    name = "peer formatron"

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._engine = FormatronEngine(max_grammars=0)
        self._engine.words(vocabulary)

    def compile(self, schema: Any, outcome: Outcome) -> Matcher:
        start = time.thread_time()
        try:
            text = formatron_json.grammar(schema)
        except Exception as error:
            raise Refusal(f"{type(error).__name__}: {str(error)[:50]}") from error
        finally:
            outcome.front = time.thread_time() - start
        return self._engine.compile(text, self._vocabulary)


class XGrammarPeer:
    """XGrammar's own JSON Schema front end and engine."""

    name = "peer xgrammar"

    def __init__(self, vocabulary: Vocabulary) -> None:
        from tests.conformance.xgrammar_json import XGrammar

        self._xgrammar = XGrammar(vocabulary)

    def compile(self, schema: Any, outcome: Outcome) -> Matcher:
        try:
            return self._xgrammar.compile(schema)
        except (RuntimeError, ValueError) as error:
            # Before the reason stand the time of day and a place in XGrammar's source.
            reason = str(error).strip().rpartition("\n")[2]
            raise Refusal(reason.partition(".cc:")[2].partition(": ")[2][:60] or reason) from error


Contender = Ours | LLGuidancePeer | FormatronPeer | XGrammarPeer
PEERS: dict[str, Callable[[Vocabulary], Contender]] = {
    "llguidance": LLGuidancePeer,
    "formatron": FormatronPeer,
    "xgrammar": XGrammarPeer,
}


class Walker:
    """Walks instances through masks, or through questions about single tokens."""

    def __init__(self, vocabulary: Vocabulary, whole: bool = True) -> None:
        self._vocabulary = vocabulary
        self._whole = whole
        self._row = np.zeros((len(vocabulary.pieces) + 31) // 32, np.int32)
        self._ends = sorted(vocabulary.end_tokens)

    def run(self, contender: Contender, row: Row) -> Outcome:
        outcome = Outcome(row["name"], len(row["tests"]))
        start = time.thread_time()
        try:
            matcher = contender.compile(row["schema"], outcome)
            if self._whole:
                matcher.fill_mask(self._row)
        except Refusal as refusal:
            outcome.refused = str(refusal)
        except EngineFailure as failure:
            outcome.refused = f"engine: {str(failure)[:70]}"
        outcome.compile = time.thread_time() - start
        if outcome.refused is None:
            self._tests(matcher, row["tests"], outcome)
        return outcome

    def _tests(self, matcher: Matcher, tests: Iterable[Row], outcome: Outcome) -> None:
        for test in tests:
            text = json.dumps(test["data"], ensure_ascii=False)
            try:
                stopped = self._walk(matcher.fork(), text, outcome.masks)
                self._walk(matcher.fork(), text, [])
                self._walk(matcher.fork(), text, outcome.again)
            except EngineFailure as failure:
                outcome.broken = str(failure)[:100]
                continue
            if test["valid"] and stopped is not None:
                outcome.valid_refused.append(stopped)
            elif not test["valid"] and stopped is None:
                outcome.invalid_accepted.append(text[:300])

    def _walk(self, matcher: Matcher, text: str, masks: list[float]) -> str | None:
        """None when the text passes and may end; else the text up to where it was refused."""
        tokens = self._vocabulary.encode(text, False)
        for position, token in enumerate(tokens):
            if not self._may(matcher, [token], masks):
                done = b"".join(self._vocabulary.pieces[t] for t in tokens[:position])
                piece = self._vocabulary.pieces[token]
                return f"{done[-80:].decode(errors='replace')} >>> {piece.decode(errors='replace')}"
            matcher.advance(token)
        return None if self._may(matcher, self._ends, masks) else f"{text[-80:]} >>> (end)"

    def _may(self, matcher: Matcher, tokens: Sequence[int], masks: list[float]) -> bool:
        """Whether any of the tokens may come next."""
        if not self._whole:
            return matcher.allows(*tokens)
        start = time.thread_time()
        matcher.fill_mask(self._row)
        masks.append(time.thread_time() - start)
        return any(map(self._allows, tokens))

    def _allows(self, token: int) -> bool:
        return bool(self._row[token >> 5] >> (token & 31) & 1)


_state: tuple[Walker, list[Contender]]


def _start(options: argparse.Namespace) -> None:
    global _state
    vocabulary = real_vocabulary.load(options.tokenizer)
    contenders: list[Contender] = []
    if options.peer:
        contenders.append(PEERS[options.peer](vocabulary))
    if options.dialect != "none":
        engine = ENGINES[options.dialect](options, vocabulary)
        contenders.append(Ours(options.dialect, options.order, engine, vocabulary))
    _state = Walker(vocabulary, options.masks), contenders


def _work(row: Row) -> list[Outcome]:
    walker, contenders = _state
    return [walker.run(contender, row) for contender in contenders]


def read(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def table(name: str, outcomes: Sequence[Outcome]) -> None:
    compiled = [o for o in outcomes if o.refused is None]
    bare = [o for o in outcomes if not o.n_tests]
    print(f"\n== {name}: {len(outcomes)} schemas")
    print(f"compiled: {_share(len(compiled), len(outcomes))}")
    print(f"without instances: {len(bare)}, of these compiled: {sum(o.right for o in bare)}")
    reasons = Counter(o.refused for o in outcomes if o.refused is not None)
    print(f"refused: {reasons.total()}")
    for reason, count in reasons.most_common():
        print(f"    {count:4}  {reason}")
    print(f"valid refused: {sum(bool(o.valid_refused) for o in outcomes)} schemas")
    print(f"engine failures while walking: {sum(o.broken is not None for o in outcomes)} schemas")
    accepting = sum(bool(o.invalid_accepted) for o in outcomes)
    _times("front end + emit ms", [o.front * 1e3 for o in outcomes if o.front])
    _times("compile, in all  ms", [o.compile * 1e3 for o in compiled])
    _times("mask             us", [t * 1e6 for o in compiled for t in o.masks])
    _times("mask, again      us", [t * 1e6 for o in compiled for t in o.again])
    for group in ("BFCL", "Glaive", "JME"):
        of_group = [o for o in outcomes if o.name.startswith(group)]
        if of_group:
            print(f"{group}: {_share(sum(o.right for o in of_group), len(of_group))}")
    right = sum(o.right for o in outcomes)
    share = 100 * right / max(1, len(outcomes))
    print(
        f"fully correct: {share:.1f} % ({right} of {len(outcomes)}) "
        f"(schemas accepting an invalid instance: {accepting})"
    )


def common_masks(names: Sequence[str], outcomes: Sequence[Sequence[Outcome]]) -> None:
    """Mask times on the schemas that every contender gets right."""
    both = [o for o in outcomes if all(each.right for each in o)]
    print(f"\n== masks on the {len(both)} schemas that all get right")
    for i, name in enumerate(names):
        _times(f"{name:16} us", [t * 1e6 for o in both for t in o[i].masks])
        _times(f"{name:8} compile ms", [o[i].compile * 1e3 for o in both])


def show(outcomes: Iterable[Outcome], what: str) -> None:
    for o in outcomes:
        if o.refused is not None and what in ("refused", "all"):
            print(f"REFUSED {o.name}: {o.refused}")
        if what in ("wrong", "all"):
            for text in o.valid_refused:
                print(f"VALID REFUSED {o.name}: {text}")
            for text in o.invalid_accepted:
                print(f"INVALID ACCEPTED {o.name}: {text}")
            if o.broken:
                print(f"BROKEN {o.name}: {o.broken}")
        slow = max(o.masks, default=0)
        if what == "slow" and (slow > 5e-3 or o.front > 0.05 or o.compile > 0.2):
            times = f"front {o.front:.3f} s, compile {o.compile:.3f} s, mask {slow * 1e3:.1f} ms"
            print(f"SLOW {o.name}: {times}")


def verdict(outcome: Outcome) -> Row:
    """An outcome as a line of the log: what went wrong and the times, in milliseconds."""
    found = {key: value for key, value in vars(outcome).items() if value and key in _WRONG}
    masks = {
        name: [round(1e3 * float(q), 4) for q in np.percentile(times, [50, 99, 100])]
        for name, times in (("masks", outcome.masks), ("again", outcome.again))
        if times
    }
    front, whole = (round(1e3 * time, 2) for time in (outcome.front, outcome.compile))
    return {"right": outcome.right, **found, "front": front, "compile": whole, **masks}


_WRONG = ("refused", "valid_refused", "invalid_accepted", "broken")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f} % ({part} of {whole})"


def _times(name: str, values: list[float]) -> None:
    if values:
        p50, p95, p99 = np.percentile(values, [50, 95, 99])
        print(f"{name}: p50 {p50:.2f}  p95 {p95:.2f}  p99 {p99:.2f}  max {max(values):.2f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--dialect", default="llguidance", choices=[*ENGINES, "none"])
    parser.add_argument("--order", default="free", choices=["free", "source"])
    parser.add_argument("--peer", choices=list(PEERS))
    parser.add_argument("--tokenizer", type=Path, default=VOCABULARY)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--masks", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--log", type=Path, help="a verdict for each schema, as JSON lines")
    parser.add_argument("--only", default="", help="schemas whose name contains this")
    parser.add_argument("--show", choices=["refused", "wrong", "slow", "all"])
    options = parser.parse_args()
    if not options.masks and (options.dialect != "gbnf" or options.peer):
        parser.error("--no-masks is for --dialect gbnf without a peer")
    if options.peer == "xgrammar" and importlib.util.find_spec("xgrammar") is None:
        parser.error("--peer xgrammar: the package xgrammar is not installed here")
    return options


def main() -> None:
    options = _options()
    rows = chosen(options)
    gc.collect()
    gc.freeze()  # the data of the whole benchmark is no part of what one schema costs to collect
    peers = [f"peer {options.peer}"] if options.peer else []
    names = peers + ([options.dialect] if options.dialect != "none" else [])
    results = list(_logged(in_jobs(_start, _work, options, rows), names, options.log))
    if options.show:
        show((each[-1] for each in results), options.show)
    for i, name in enumerate(names):
        table(name, [each[i] for each in results])
    if len(names) > 1:
        common_masks(names, results)


def chosen(options: argparse.Namespace) -> list[Row]:
    """The rows of `data` that `only` and `sample` choose."""
    rows = [row for row in read(options.data) if options.only in row["name"]]
    if options.sample:
        rows = random.Random(0).sample(rows, min(options.sample, len(rows)))
    return rows


def in_jobs(
    start: Callable[[argparse.Namespace], None],
    work: Callable[[Row], T],
    options: argparse.Namespace,
    rows: Sequence[Row],
) -> Iterator[T]:
    """What `work` makes of each schema, in the order of the data, in as many processes as `jobs`
    says; `start` comes first in each. BrokenProcessPool: a job died."""
    if options.jobs == 1:
        start(options)
        yield from map(work, rows)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.jobs, context, start, (options,)) as pool:
        yield from pool.map(work, rows, chunksize=4)


def _logged(
    results: Iterable[list[Outcome]], names: Sequence[str], path: Path | None
) -> Iterator[list[Outcome]]:
    if path is None:
        yield from results
        return
    with path.open("w", encoding="utf-8", buffering=1) as log:
        for outcomes in results:
            verdicts = {name: verdict(o) for name, o in zip(names, outcomes, strict=True)}
            log.write(json.dumps({"name": outcomes[0].name, **verdicts}, ensure_ascii=False) + "\n")
            yield outcomes


if __name__ == "__main__":
    main()
