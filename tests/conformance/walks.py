"""Random walks through the masks of each schema of a MaskBench file: is all that they allow valid?

    python -m tests.conformance.walks --data FILE [--tokenizer GGUF] [--dialect llguidance|kbnf]
        [--walks 20] [--tokens 300] [--seed N] [--sample N] [--only TEXT] [--jobs K] [--show]

Every schema is compiled as maskbench compiles it, and replies are drawn: before each token the mask
is filled, and one of the tokens that it allows is taken. Kinds of tokens that are rare in a
vocabulary, but that lexers stumble on, are as likely as all others together: pieces of characters,
escapes, digits, pieces that run over the end of a string. So that objects come to an end, strings
are often those of the schema. The walks of a schema take turns in how likely that is, how likely a
token that closes something is, and whether forced tokens are taken.

Of a reply that ends the text must be JSON, and valid under the schema, by the package jsonschema
(see judge.py), with no name twice that the schema names; free names that stand twice are counted.
A reply that is cut is closed as `finish: "close"` would have it closed: its engine must allow the
closing, and its text be valid, too. An engine that fails within a reply, a mask without a token or
with a special one, and a forced token that is not allowed are faults. The exit status is 1 where
there is a fault.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from referencing.exceptions import Unresolvable

import compilers
from gallama.budget import Closer, Speller
from gallama.errors import EngineFailure
from gallama.types import Matcher, Vocabulary
from tests.conformance import judge, real_vocabulary
from tests.conformance.maskbench import (
    ENGINES,
    VOCABULARY,
    Ours,
    Outcome,
    Refusal,
    Row,
    chosen,
    in_jobs,
)

TRIES = 24  # of tokens of a kind, before it is counted which of them are allowed


@dataclass(frozen=True)
class Way:
    """How to walk. `closing`: how likely a token is taken that closes something, where one may be;
    `said`: how likely a string that has begun is one of the schema's; `forced`: whether the tokens
    are taken that must come."""

    closing: float
    said: float
    forced: bool = False


# Behind a token that ends so: how a string begins.
LEADS = {b'"': "", b",": ' "', b":": ' "', b"{": '"', b" ": '"'}

WAYS = (Way(0.6, 0.9), Way(0.1, 0.7), Way(0.25, 0.95, forced=True), Way(0.03, 0.5))  # by turns


# The first one opens strings as well.
CLOSING = (*[b'"'] * 8, b'",', b'"}', b'"]', b"}", b"},", b"]", b"],", b"}}", b"]}")


def _is_text(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


KINDS: tuple[Callable[[bytes], object], ...] = (
    lambda piece: not _is_text(piece),  # a part of a character
    lambda piece: any(byte > 127 for byte in piece),
    lambda piece: any(byte < 32 or byte == 127 for byte in piece),
    lambda piece: b"\\" in piece,
    lambda piece: len(piece) == 1,
    re.compile(rb"[-+0-9.eE]+").fullmatch,
    re.compile(rb'[^"]+"[^"]*|"[^"]+').fullmatch,  # over an end of a string
)


class Draw:
    """Tokens of a vocabulary, drawn from masks. A mask, `row`, is [ceil(n_vocab / 32)] of int32."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        special = frozenset(vocabulary.special.values())
        texts = [(i, piece) for i, piece in enumerate(vocabulary.pieces) if i not in special]
        self._kinds = [
            np.array([i for i, piece in texts if piece and is_one(piece)] or [0], np.int32)
            for is_one in KINDS
        ]
        tokens = {piece: i for i, piece in texts}
        closing = [tokens[piece] for piece in CLOSING if piece in tokens]
        self._closing = np.array([*closing, *vocabulary.end_tokens], np.int32)
        self._all = np.arange(len(vocabulary.pieces), dtype=np.int32)

    def token(self, row: NDArray[np.int32], closing: float, choose: random.Random) -> int | None:
        """One that the mask allows; None where there is none. `closing`: the chance of the tokens
        that close something, if one of them is allowed."""
        found = None
        if choose.random() < closing:
            found = _one_of(self._closing, row, choose)
        elif choose.random() < 0.5:
            found = _one_of(choose.choice(self._kinds), row, choose)
        return _one_of(self._all, row, choose) if found is None else found


def _one_of(tokens: NDArray[np.int32], row: NDArray[np.int32], choose: random.Random) -> int | None:
    """Of those that the mask allows, each as likely."""
    for _ in range(TRIES):
        token = int(tokens[choose.randrange(len(tokens))])
        if allows(row, token):
            return token
    allowed = tokens[row[tokens >> 5] >> (tokens & 31) & 1 != 0]
    return int(allowed[choose.randrange(len(allowed))]) if len(allowed) else None


def allows(row: NDArray[np.int32], token: int) -> bool:
    return bool(int(row[token >> 5]) >> (token & 31) & 1)


T = TypeVar("T")


class Broken(Exception):
    """A reply that an engine let down; the text says how."""


@dataclass
class Reply:
    """A walk. `said`: strings in tokens, by what stands before their letters; `tokens`: without the
    end."""

    matcher: Matcher
    said: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)
    tokens: list[int] = field(default_factory=list)
    ended: bool = False


class Walker:
    """Walks through the masks of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._draw = Draw(vocabulary)
        self._ends = vocabulary.end_tokens
        self._end_mask = _mask_of(vocabulary, self._ends)
        self._special = _mask_of(vocabulary, frozenset(vocabulary.special.values()) - self._ends)
        self._leads = {i: LEADS.get(piece[-1:]) for i, piece in enumerate(vocabulary.pieces)}
        self._row = np.zeros_like(self._special)

    def go(self, reply: Reply, way: Way, limit: int, choose: random.Random) -> None:
        """Draw tokens up to the end or to so many. Raises Broken."""
        said: list[int] = []  # what comes next of a string, backwards
        while not reply.ended and len(reply.tokens) < limit:
            if way.forced and (forced := _call(reply.matcher.forced)):
                self.follow(reply, forced, "forced")
                continue
            self._mask(reply)
            if not said and choose.random() < way.said:
                said = self._said(reply, choose)
            token = said.pop() if said and allows(self._row, said[-1]) else None
            if token is None:
                said, token = [], self._draw.token(self._row, way.closing, choose)
            if token is None:
                raise Broken("a dead end")
            self._take(reply, token)

    def follow(self, reply: Reply, tokens: Iterable[int], what: str) -> None:
        """Take these tokens, which the masks must allow. Raises Broken."""
        for token in tokens:
            if reply.ended:
                raise Broken(f"{what}: token {token} behind the end")
            self._mask(reply)
            if not allows(self._row, token):
                raise Broken(f"{what}: token {token} is not allowed")
            self._take(reply, token)

    def may_end(self, reply: Reply) -> bool:
        self._mask(reply)
        return any(allows(self._row, token) for token in self._ends)

    def _said(self, reply: Reply, choose: random.Random) -> list[int]:
        """A string to come next, backwards; none where none may begin."""
        lead = self._leads.get(reply.tokens[-1]) if reply.tokens else None
        texts = reply.said.get(lead) if lead is not None else None
        for _ in range(8 if texts else 0):
            text = choose.choice(texts)
            if allows(self._row, text[0]):
                return [*reversed(text)]
        return []

    def _mask(self, reply: Reply) -> None:
        """As a server has it of a matcher. Raises Broken."""
        if _call(lambda: reply.matcher.done):
            self._row[:] = self._end_mask
            return
        _call(reply.matcher.fill_mask, self._row)
        if (self._row & self._special).any():
            raise Broken("a special token is allowed")

    def _take(self, reply: Reply, token: int) -> None:
        reply.ended = token in self._ends
        if not reply.ended:
            _call(reply.matcher.advance, token)
            reply.tokens.append(token)


def _mask_of(vocabulary: Vocabulary, tokens: frozenset[int]) -> NDArray[np.int32]:
    row = np.zeros((len(vocabulary.pieces) + 31) // 32, np.int32)
    for token in tokens:
        row.view(np.uint32)[token // 32] |= np.uint32(1 << token % 32)
    return row


def _call(function: Callable[..., T], *args: Any) -> T:
    try:
        return function(*args)
    except EngineFailure as failure:
        raise Broken(str(failure)) from failure


# --- the walks of a schema


@dataclass
class Found:
    """What the walks of a schema came to. `counts`: replies, by COLUMNS; `faults` has a line for
    each that is wrong. `refused`: why it did not compile; `unjudged`: why jsonschema cannot say."""

    name: str
    refused: str | None = None
    unjudged: str | None = None
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


FAULTS = ("broken", "no JSON", "invalid")
COLUMNS = ("walks", "tokens", "ended", "cut", "closed", "twice", *FAULTS)


def said(schema: Any, encode: Callable[[str, bool], list[int]]) -> dict[str, list[list[int]]]:
    """The names and the strings of a schema as they stand in a text, by LEADS."""
    texts: dict[str, None] = {}
    for part, at in judge.places(schema):
        inner = part[at]
        if at in ("properties", "required") and isinstance(inner, dict | list):
            texts |= {_written(name) + ":": None for name in inner if isinstance(name, str)}
        elif at in ("enum", "const"):
            strings = inner if at == "enum" and isinstance(inner, list) else [inner]
            texts |= {_written(text): None for text in strings if isinstance(text, str)}
    return {lead: [encode(lead + text, False) for text in texts] for lead in LEADS.values()}


def _written(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:]


class Schema:
    """One schema: how a reply begins, what closes it, and what is valid."""

    def __init__(
        self, schema: Any, contender: Ours, speller: Speller, vocabulary: Vocabulary
    ) -> None:
        self._schema = schema
        self._dialect = contender.name
        self._speller = speller
        self._start = contender.compile(schema, Outcome("", 0))
        self._said = said(schema, vocabulary.encode)

    def reply(self) -> Reply:
        return Reply(self._start.fork(), self._said)

    @cached_property
    def judge(self) -> judge.Judge:
        return judge.Judge(self._schema)

    @cached_property
    def _closer(self) -> Closer:
        grammar = compilers.json_schema(self._schema)
        return Closer(compilers.closing_of(grammar, self._dialect), self._speller)

    def closing(self, tokens: Iterable[int]) -> tuple[int, ...] | None:
        """What closes a reply; None where that cannot be found. Raises Broken."""
        try:
            state = self._closer.start
            for token in tokens:
                after = self._closer.after(state, token)
                if after is None:
                    raise Broken(f"token {token} is not of the grammar")
                state = after
            return self._closer.reply(state)
        except (compilers.TooLarge, compilers.Unsupported):
            return None


class Prover:
    """Walks through schemas: `walks` times through each, so many tokens at most."""

    def __init__(
        self, contender: Ours, vocabulary: Vocabulary, walks: int, tokens: int, seed: int
    ) -> None:
        self._contender = contender
        self._vocabulary = vocabulary
        self._walks = walks
        self._tokens = tokens
        self._seed = seed
        self._speller = Speller(vocabulary)
        self._walker = Walker(vocabulary)

    def run(self, row: Row) -> Found:
        found = Found(row["name"])
        try:
            schema = Schema(row["schema"], self._contender, self._speller, self._vocabulary)
        except (Refusal, EngineFailure) as error:
            found.refused = str(error)
            return found
        for number in range(self._walks):
            self._walk(schema, number, found)
        return found

    def _walk(self, schema: Schema, number: int, found: Found) -> None:
        """A walk may be made again by itself: what it draws depends on nothing before it."""
        choose = random.Random(f"{self._seed} {found.name} {number}")
        reply = schema.reply()
        wrong: tuple[str, str] | None = None
        try:
            self._walker.go(reply, WAYS[number % len(WAYS)], self._tokens, choose)
            found.counts["ended" if reply.ended else "cut"] += 1
            if reply.ended or self._close(schema, reply):
                found.counts["closed"] += not reply.ended
                wrong = self._judged(schema, self._bytes(reply), found)
        except Broken as error:
            wrong = "broken", str(error)
        found.counts["walks"] += 1
        found.counts["tokens"] += len(reply.tokens)
        if wrong is not None:
            found.counts[wrong[0]] += 1
            text = self._bytes(reply)
            shown = text if len(text) < 400 else text[:150] + b" ... " + text[-250:]
            found.faults.append(f"walk {number}: {': '.join(wrong)}: {shown!r}")

    def _close(self, schema: Schema, reply: Reply) -> bool:
        """Whether a reply that was cut could be closed. Raises Broken."""
        closing = schema.closing(reply.tokens)
        if closing is None:
            return False
        self._walker.follow(reply, closing, "closing")
        if not self._walker.may_end(reply):
            raise Broken("closing: the end is not allowed")
        return True

    def _bytes(self, reply: Reply) -> bytes:
        return b"".join(self._vocabulary.pieces[token] for token in reply.tokens)

    def _judged(self, schema: Schema, text: bytes, found: Found) -> tuple[str, str] | None:
        """What is wrong with a whole reply: one of FAULTS, and words about it."""
        try:
            value = judge.read(text.decode())
        except ValueError as error:
            return "no JSON", str(error)
        found.counts["twice"] += bool(judge.twice(value))
        try:
            fault = schema.judge.fault(value)
        except (Unresolvable, re.error, RecursionError) as unable:
            found.unjudged = f"{type(unable).__name__}: {unable}"
            return None
        return None if fault is None else ("invalid", fault)


# --- the run


def table(results: Sequence[Found]) -> None:
    groups: dict[str, Counter[str]] = {}
    for found in results:
        group, of_many, _ = found.name.partition("---")
        counts = groups.setdefault(group if of_many else group.partition("_")[0], Counter())
        counts += found.counts
        counts["schemas"] += 1
        counts["refused"] += found.refused is not None
        counts["unjudged"] += found.unjudged is not None
    columns = ("schemas", "refused", "unjudged", *COLUMNS)
    print(f"{'':32}" + "".join(f"{column:>10}" for column in columns))
    for group, counts in sorted(groups.items()):
        print(f"{group[:31]:32}" + "".join(f"{counts[column]:10}" for column in columns))


def total(results: Sequence[Found]) -> str:
    counts = sum((found.counts for found in results), Counter[str]())
    said = ", ".join(f"{counts[column]} {column}" for column in COLUMNS)
    bad = sum(bool(found.faults) for found in results)
    refused = sum(found.refused is not None for found in results)
    return f"{len(results)} schemas, {refused} of them refused: {said}; schemas with a fault: {bad}"


_prover: Prover


def _start(options: argparse.Namespace) -> None:
    global _prover
    vocabulary = real_vocabulary.load(options.tokenizer)
    engine = ENGINES[options.dialect](options, vocabulary)
    ours = Ours(options.dialect, "free", engine, vocabulary)
    _prover = Prover(ours, vocabulary, options.walks, options.tokens, options.seed)


def _work(row: Row) -> Found:
    return _prover.run(row)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, default=VOCABULARY)
    parser.add_argument("--dialect", default="llguidance", choices=list(compilers.HELD))
    parser.add_argument("--walks", type=int, default=20, help="for a schema")
    parser.add_argument("--tokens", type=int, default=300, help="of a walk, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", type=int, help="so many schemas")
    parser.add_argument("--only", default="", help="schemas whose name contains this")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="every fault, not the first of each")
    return parser.parse_args()


def main() -> int:
    options = _options()
    results = []
    for found in in_jobs(_start, _work, options, chosen(options)):
        results.append(found)
        for line in found.faults if options.show else found.faults[:1]:
            print(f"{found.name}: {line}", flush=True)
        if found.unjudged is not None:
            print(f"{found.name}: not judged: {found.unjudged[:150]}", flush=True)
    table(results)
    print(total(results))
    return 1 if any(found.faults for found in results) else 0


if __name__ == "__main__":
    sys.exit(main())
