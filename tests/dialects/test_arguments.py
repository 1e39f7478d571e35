"""Captures of a call to the JSON text of its arguments, in fragments of any size."""

import json

import pytest

from gallama.arguments import Arguments

# captures with their texts, and the arguments that they are
CALLS: list[tuple[list[tuple[str, str]], str]] = [
    ([], "{}"),
    ([("arguments", "{}")], "{}"),
    ([("arguments", '{"a": [1, "x"]}')], '{"a": [1, "x"]}'),
    ([("key", "city"), ("text", "Hué")], '{"city": "Hué"}'),
    ([("key", 'a"'), ("text", 'x"\n\\ 🦙\x01')], '{"a\\"": "x\\"\\n\\\\ 🦙\\u0001"}'),
    ([("key", "a"), ("text", ""), ("key", "b"), ("value", "[1, {}]")], '{"a": "", "b": [1, {}]}'),
    ([("key", "a"), ("scalar", "-1.5e3")], '{"a": -1.5e3}'),
    ([("key", "a"), ("scalar", "null")], '{"a": null}'),
    ([("key", "a"), ("scalar", "01")], '{"a": "01"}'),
    ([("key", "a"), ("scalar", 'say "x"')], '{"a": "say \\"x\\""}'),
    ([("key", "a"), ("scalar", "")], '{"a": ""}'),
]


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize(("captures", "expected"), CALLS)
def test_arguments(captures: list[tuple[str, str]], expected: str, size: int) -> None:
    arguments, out = Arguments(), ""
    for name, text in captures:
        out += arguments.take("open", name)
        for i in range(0, len(text), size):
            out += arguments.take("text", name, text[i : i + size])
        out += arguments.take("close", name)
    out += arguments.end()
    assert out == expected
    assert isinstance(json.loads(out), dict)
