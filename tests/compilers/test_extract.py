"""The streaming extractor: what a reply says, however it is cut; nothing too early or too late."""

import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import product
from random import Random
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import compilers
from compilers import extract, skeleton
from compilers.errors import CompileError
from compilers.extract import Event, Extraction, NoParse
from compilers.ir import (
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Regular,
    Repeat,
    Special,
    walk,
)
from compilers.ir import Sequence as Cat
from compilers.oracle import recognises
from compilers.regular import chars, plus
from tests.compilers.readings import Reading, readings
from tests.compilers.replies import CASES, Case, captured, joined, merged, said, streamed, written

BY_NAME = {case.name: case for case in CASES}


@lru_cache
def extraction(name: str) -> Extraction:
    return Extraction(BY_NAME[name].grammar)


def pieces(case: Case) -> list[bytes | Special]:
    return [each if isinstance(each, Special) else each.encode() for each in case.reply if each]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_reply_says(case: Case) -> None:
    assert recognises(case.grammar, case.reply)
    events, complete = streamed(extraction(case.name), pieces(case))
    assert (said(events), complete) == (case.said, True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_streamed_is_unstreamed_at_every_split(case: Case) -> None:
    whole = merged(streamed(extraction(case.name), pieces(case))[0])
    bytewise: list[bytes | Special] = []
    for i, piece in enumerate(pieces(case)):
        if isinstance(piece, Special):
            bytewise.append(piece)
            continue
        bytewise += [piece[j : j + 1] for j in range(len(piece))]
        for at in range(len(piece) + 1):
            cut = [*pieces(case)[:i], piece[:at], piece[at:], *pieces(case)[i + 1 :]]
            assert merged(streamed(extraction(case.name), cut)[0]) == whole
    for size in (1, 2, 3, 5):
        assert merged(streamed(extraction(case.name), joined(bytewise, size))[0]) == whole


# What a piece brings, row by row.
ARRIVALS = [
    (
        "words",
        "Hué <tool_cal<",
        ["H", "u", "é", " ", "", "", "", "", "", "", "", "", "", "<tool_cal"],
    ),
    ("nearly a thought", "<think", ["", "", "", "", "", ""]),
    ("another guess", "éé!", ["", "", "éé"]),
]


@pytest.mark.parametrize(("name", "text", "arrivals"), ARRIVALS)
def test_as_soon_as_it_is_certain(name: str, text: str, arrivals: list[str]) -> None:
    extractor = extraction(name).extractor()
    found = ["".join(event.text for event in extractor.feed(c.encode())) for c in text]
    assert found == arrivals


def test_a_cut_reply_is_not_complete() -> None:
    made = extraction("a thought, words and calls")
    events, complete = streamed(made, ["<think>é</thi".encode()])
    assert (said(events), complete) == ([("reasoning", "é")], False)
    events, complete = streamed(made, ["aé".encode()[:2]])
    assert (said(events), complete) == ([("content", "a")], False)


def test_calls_are_counted() -> None:
    case = BY_NAME["a thought, words and calls"]
    events, _ = streamed(extraction(case.name), pieces(case))
    opened = [(e.name, e.path[-1].nth) for e in events if e.kind == "open"]
    assert opened[2:] == [("name", 0), ("arguments", 0), ("name", 1), ("arguments", 1)]


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("words", [b"<think>x</think>x"]),
        ("words", [Special("<think>")]),
        ("calls, by tokens", [Special("<tool_call>"), b"x"]),
        ("harmony", [Special("<|channel|>"), b"final!"]),
    ],
)
def test_no_parse(name: str, reply: list[bytes | Special]) -> None:
    with pytest.raises(NoParse, match="not of its grammar from"):
        streamed(extraction(name), reply)


def test_an_automaton_that_grew_too_large_is_built_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_STATES", 5)
    for case in CASES:
        made = Extraction(case.grammar)
        for _ in range(2):
            assert said(streamed(made, pieces(case))[0]) == case.said


def test_what_was_forgotten_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many replies there were: no state is held by one that nobody counts."""
    monkeypatch.setattr(extract, "MAX_STATES", 30)
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    made = Extraction(compilers.tools([tool]))
    for n in range(300):
        deep = "[" * (n * 7 % 25)
        reply = f'{"x" * (n % 9)}<tool_call>\n{{"name": "f", "arguments": {{"q": {deep}'
        made.extractor().feed(reply.encode())
    seen, todo = {id(made.start)}, [made.start]
    for state in todo:  # grows
        after = [edge[0] for edge in (*state.edges.values(), *state.classes.values())]
        todo += [each for each in after if id(each) not in seen]
        seen.update(map(id, after))
    assert len(seen) <= 30


def test_replies_in_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_STATES", 8)
    made = Extraction(compilers.template("<a>{x}</a><b>{y:int}</b><c>{z}</c>"))
    together = Barrier(4)

    def read(thread: int) -> bool:
        random = Random(thread)
        together.wait()
        for _ in range(400):
            words = "".join(random.choices("abc>/é12", k=5))
            reply = f"<a>{words}</a><b>{random.randrange(10**6)}</b><c>{words[1:]}</c>"
            if not streamed(made, [reply[:9].encode(), reply[9:].encode()])[1]:
                return False
        return True

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(read, range(4)))
    finally:
        sys.setswitchinterval(interval)


def test_values_as_deep_as_they_come() -> None:
    deep = '{"y": ' * 5000 + '{"x": "}"}' + "}" * 5000
    reply = f'<tool_call>\n{{"name": "f", "arguments": {deep}}}\n</tool_call>'
    events, complete = streamed(extraction("words"), [reply.encode()])
    assert (said(events), complete) == (
        [("content", ""), ("name", '"f"'), ("arguments", deep)],
        True,
    )


# --- random grammars against all readings of all short texts

LETTERS = ("a", "<", "é")
TOKEN = Special("<t>")
LEAVES = [
    Literal("a"),
    Literal("<"),
    Literal("<a"),
    Literal("é"),
    TOKEN,
    Regular(plus(chars("aé"))),
    Regular(chars("a<")),
    FreeText(("<",)),
    FreeText(("<a",)),
]
NAMES = ("p", "q")
MANY = 100


def _nodes(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Cat, several),
        st.builds(Choice, several),
        st.builds(Capture, st.sampled_from(NAMES), below),
        st.builds(Repeat, below, st.integers(0, 1), st.sampled_from([1, 2, None])),
    )


NODES = st.recursive(st.sampled_from(LEAVES), _nodes, max_leaves=7).filter(
    lambda node: any(isinstance(each, Capture) for each in walk(node))
)
TEXTS = [text for n in range(5) for text in product((*LETTERS, TOKEN), repeat=n)]


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(NODES)
def test_random_grammars(node: Node) -> None:
    grammar = Grammar({"start": node})
    found = {text: all_ for text in TEXTS if (all_ := readings(grammar, text))}
    several = [text for text, all_ in found.items() if len(all_) > 1]
    try:
        made = Extraction(grammar)
    except CompileError:
        return
    assert several == []
    for text, (reading,) in found.items():
        cut = [each if isinstance(each, Special) else each.encode() for each in text]
        events, complete = streamed(made, cut)
        assert complete
        assert written(events) == captured(reading)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(NODES)
def test_nothing_too_early_nothing_too_late(node: Node) -> None:
    """On languages that are finite, and skeletons as narrow as can be."""
    grammar = Grammar({"start": node})
    texts = _texts(node)
    if texts is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(skeleton, "WIDTHS", skeleton.WIDTHS[-1:])
        try:
            made = Extraction(grammar)
        except CompileError:
            return
    found = {text: next(iter(readings(grammar, text))) for text in texts}
    for text in texts:
        extractor = made.extractor()
        out: list[Event] = []
        for i, symbol in enumerate(text, 1):
            if isinstance(symbol, Special):
                out += extractor.special(symbol.name)
            else:
                out += extractor.feed(symbol.encode())
            possible = [found[t] for t in texts if t[:i] == text[:i]]
            assert written(out) == captured(_certain(possible, i))


Text = tuple[str | Special, ...]


def _texts(node: Node) -> list[Text] | None:
    """All texts of a language, None if there are more than a few."""
    if isinstance(node, Literal | Special):
        return [tuple(node.text) if isinstance(node, Literal) else (node,)]
    if isinstance(node, Capture):
        return _texts(node.part)
    if isinstance(node, Choice):
        return _few(map(_texts, node.parts))
    if isinstance(node, Repeat) and node.high is not None:
        counts = range(node.low, node.high + 1)
        return _few(_texts(Cat((node.part,) * n)) for n in counts)
    if not isinstance(node, Cat):
        return None
    found: list[Text] = [()]
    for part in node.parts:
        more = _texts(part)
        if more is None or len(found) * len(more) > MANY:
            return None
        found = list(dict.fromkeys((*one, *two) for one in found for two in more))
    return found


def _few(parts: Iterable[list[Text] | None]) -> list[Text] | None:
    known = list(parts)
    if None in known:
        return None
    found = list(dict.fromkeys(text for part in known if part for text in part))
    return found if len(found) <= MANY else None


def _certain(possible: Sequence[Reading], symbols: int) -> Reading:
    """What all readings begin with, up to a number of symbols and the marks behind them."""
    first = possible[0]
    common = 0
    for each in zip(*possible, strict=False):
        if any(other != each[0] for other in each):
            break
        common += 1
    taken = 0
    for i, each in enumerate(first[:common]):
        if not isinstance(each, tuple):
            taken += 1
            if taken > symbols:
                return first[:i]
    return first[:common]
