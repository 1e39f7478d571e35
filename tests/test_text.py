"""Token ids in, text out: the same whatever the pieces it arrives in."""

import itertools
import random
import re
import time

import pytest

from gallama.text import StopFinder, Stops, TextStream, any_of, spelled_text
from gallama.types import Vocabulary

BYTES = Vocabulary(
    pieces=tuple(bytes([i]) for i in range(256)),
    special={},
    end_tokens=frozenset(),
    digest="bytes",
    encode=lambda text, special: list(text.encode()),
)


def read(parts: list[bytes], stop: tuple[str, ...]) -> tuple[str, str | None, int]:
    stream = TextStream(BYTES, Stops(stop))
    deltas = [stream.push(part) for part in parts]
    deltas.append(stream.close())
    texts = [part.text for delta in deltas for part in delta.parts]
    for text in texts:
        assert "\ufffd" not in text or "\ufffd" in b"".join(parts).decode(errors="replace")
    return "".join(texts), stream.stopped, sum(len(d.starts) for d in deltas)


def splits(data: bytes, most: int = 3) -> list[list[bytes]]:
    """Every way to cut `data` at up to `most` places."""
    return [
        [data[i:j] for i, j in itertools.pairwise((0, *cuts, len(data)))]
        for n in range(most + 1)
        for cuts in itertools.combinations(range(len(data) + 1), n)
    ]


# what was generated, the stop strings, the text that comes out, the stop string that was met
CASES = [
    ("plain", (), "plain", None),
    ("grüße 🦙!", (), "grüße 🦙!", None),
    ("ends here. Not here", (". ",), "ends here", ". "),
    ("aab", ("ab",), "a", "ab"),
    ("aaab", ("aab",), "a", "aab"),
    ("<|im_", ("<|im_end|>",), "<|im_", None),
    ("a<|im_end|>b", ("<|im_end|>",), "a", "<|im_end|>"),
    ("llama 🦙🦙", ("🦙🦙",), "llama ", "🦙🦙"),
    ("abcd", ("bcd", "bc"), "a", "bc"),  # what ends first
    ("abcd", ("d", "bcd"), "a", "bcd"),  # of two that end together the longer
    ("xabx", ("ab", "b"), "x", "ab"),
    ("stop", ("stop",), "", "stop"),
    ("", ("stop",), "", None),
    ("one\n\ntwo", ("\n\n", "\nt"), "one", "\n\n"),
]


@pytest.mark.parametrize(("text", "stop", "out", "met"), CASES)
def test_however_it_is_split(text: str, stop: tuple[str, ...], out: str, met: str | None) -> None:
    seen = {read(parts, stop) for parts in splits(text.encode())}
    assert {(o, m) for o, m, _ in seen} == {(out, met)}
    assert len(seen) == 1, "how many tokens are out must not depend on the split"


# bytes that are no text, or that the end of the reply cuts
RAGGED = [
    (b"ok \xff!", "ok \ufffd!"),
    (b"cut \xf0\x9f\xa6", "cut \ufffd"),
    (b"\x80", "\ufffd"),
]


@pytest.mark.parametrize(("data", "out"), RAGGED)
def test_bytes_that_are_no_text(data: bytes, out: str) -> None:
    assert {read(parts, ())[0] for parts in splits(data)} == {out}


def test_every_token_is_out_with_its_text() -> None:
    """A token is out with the first character that holds a byte of it."""
    stream = TextStream(BYTES, Stops(["ND"]))
    out = [stream.push([token]) for token in "a🦙ENx".encode()]
    assert [("".join(part.text for part in d.parts), d.starts) for d in out] == [
        ("a", (0,)), ("", ()), ("", ()), ("", ()), ("🦙", (1, 1, 1, 1)), ("E", (2,)), ("", ()),
        ("Nx", (3, 4)),
    ]  # fmt: skip


# bytes, and where in the text each begins
STARTS = [
    ("aé🦙b".encode(), [0, 1, 1, 2, 2, 2, 2, 3]),
    (b"\xf0\x9fx", [0, 0, 1]),
    (b"\xf0\xf0\x9f\xa6\x99", [0, 1, 1, 1, 1]),
    (b"\xe0\x80!", [0, 1, 2]),
    (b"\x80\x80", [0, 1]),
    (b"\xc3", [0]),
]


@pytest.mark.parametrize(("data", "starts"), STARTS)
def test_where_each_token_begins(data: bytes, starts: list[int]) -> None:
    text = data.decode("utf-8", "replace")
    assert spelled_text(data, BYTES) == (text, starts)
    stream = TextStream(BYTES, Stops())
    deltas = [*(stream.push([byte]) for byte in data), stream.close()]
    assert [start for delta in deltas for start in delta.starts] == starts


def naive(text: str, stops: list[str]) -> tuple[str, str | None]:
    """The stop string that ends first, of equals the longest, by its definition."""
    ends = [(text.find(s) + len(s), -len(s), s) for s in stops if s in text]
    if not ends:
        return text, None
    end, minus, stop = min(ends)
    return text[: end + minus], stop


def test_any_stop_strings_in_any_text() -> None:
    draw = random.Random(0)
    for _ in range(3000):
        stops = [
            "".join(draw.choices("ab", k=draw.randint(1, 5))) for _ in range(draw.randint(0, 4))
        ]
        pieces = ["".join(draw.choices("abc", k=draw.randint(0, 4))) for _ in range(6)]
        finder = StopFinder(Stops(stops))
        out = "".join([finder.push(piece) for piece in pieces]) + finder.close()
        assert (out, finder.found) == naive("".join(pieces), stops)


def test_a_thousand_stop_strings_cost_little() -> None:
    """Microseconds a token, whether there is one or a thousand."""
    draw = random.Random(0)
    letters = "abcdefghijklmnopqrstuvwxyz ,.\n"
    stops = Stops("".join(draw.choices(letters, k=20)) for _ in range(1000))
    tokens = ["".join(draw.choices(letters, k=4)) for _ in range(5000)]
    finder = StopFinder(stops)
    began = time.process_time()
    for token in tokens:
        finder.push(token)
    assert (time.process_time() - began) / len(tokens) < 30e-6


def test_tokens_behind_a_stop_string_are_not_out() -> None:
    assert read([b"abSTOPcd"], ("STOP",)) == ("ab", "STOP", 2)


# spellings, a text, and what is found in it
SPELLINGS = [
    (["<a>", "<ab>", "<"], "x<ab>y<a>z<b", ["<ab>", "<a>", "<"]),
    (["ab", "abc", "b"], "abcbab", ["abc", "b", "ab"]),
    (["(.*)", "[x"], "a(.*)[x]", ["(.*)", "[x"]),
    (["a"], "bb", []),
]


@pytest.mark.parametrize(("spellings", "text", "found"), SPELLINGS)
def test_the_longest_of_many_spellings(spellings: list[str], text: str, found: list[str]) -> None:
    assert re.findall(any_of(spellings), text) == found
