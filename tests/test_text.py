"""Token ids in, text out: the same whatever the pieces it arrives in."""

import itertools

import pytest

from gallama.text import Stops, TextStream
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
    for delta in deltas:
        assert "\ufffd" not in delta.text or "\ufffd" in b"".join(parts).decode(errors="replace")
    return "".join(d.text for d in deltas), stream.stopped, sum(len(d.starts) for d in deltas)


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
    assert [(d.text, d.starts) for d in out] == [
        ("a", (0,)), ("", ()), ("", ()), ("", ()), ("🦙", (1, 1, 1, 1)), ("E", (2,)), ("", ()),
        ("Nx", (3, 4)),
    ]  # fmt: skip


def test_tokens_behind_a_stop_string_are_not_out() -> None:
    assert read([b"abSTOPcd"], ("STOP",)) == ("ab", "STOP", 2)
