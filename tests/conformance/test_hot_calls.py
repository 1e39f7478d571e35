"""A small part of what hot_calls measures: the whole takes minutes."""

import asyncio

import pytest

from tests.conformance import hot_calls
from tests.conformance.hot_calls import Asked, Said, ask_all, asked, faults, leaks, serving
from tests.conformance.tool_schemas import TOOLS

# an engine, the dialect of calls, how many requests
SAMPLES = [
    ("llguidance", "hermes", 20),
    ("llguidance", "qwen-coder", 5),
    ("llguidance", "llama3", 5),
    ("formatron", "hermes", 10),
]


@pytest.mark.parametrize(("engine", "dialect", "count"), SAMPLES)
def test_calls_are_valid_whoever_makes_them(engine: str, dialect: str, count: int) -> None:
    surface = hot_calls.surface_of(dialect)
    requests = [*asked(TOOLS, 10 * len(TOOLS))][:: 10 * len(TOOLS) // count][:count]
    with serving(engine, dialect) as server:
        tally = asyncio.run(ask_all(server, requests, surface, hot_calls.CONCURRENT))
    assert tally.wrong == []
    assert tally.counts["replies"] == 2 * count
    assert tally.counts["calls"] >= count
    assert tally.finished >= 0.9


HERMES = hot_calls.surface_of("hermes")
WEATHER = TOOLS[0]
CALL = ["get_weather", '{"city": "Oslo"}']
ANY = Asked([WEATHER], "auto", parallel=False, seed=0)
MUST = Asked([WEATHER], "required", parallel=True, seed=0)

# what a reply is, and words of what is found wrong with it
JUDGED: list[tuple[Asked, Said, str | None]] = [
    (ANY, Said([CALL], "Well.", "", "tool_calls"), None),
    (ANY, Said([], "Well.", "", "stop"), None),
    (ANY, Said([CALL], "", "", "stop"), "finish_reason 'stop'"),
    (ANY, Said([CALL, CALL], "", "", "tool_calls"), "not in parallel"),
    (ANY, Said([["get_weather", "{"]], "", "", "tool_calls"), "do not parse"),
    (ANY, Said([["get_weather", "{}"]], "", "", "tool_calls"), "'city' is a required property"),
    (ANY, Said([["get_weather", "[]"]], "", "", "tool_calls"), "no object"),
    (ANY, Said([["get_weather", '{"city": "", "city": ""}']], "", "", "tool_calls"), "twice"),
    (ANY, Said([["get_weather", '{"city": "", "x": NaN}']], "", "", "tool_calls"), "not JSON"),
    (ANY, Said([["ring", "{}"]], "", "", "tool_calls"), "not offered"),
    (ANY, Said([], "a <tool_call> b", "", "stop"), "<tool_call> in the content"),
    (MUST, Said([CALL], "Well.", "", "tool_calls"), "only calls were wanted"),
    (MUST, Said([], "", "", "stop"), "one was required"),
]


@pytest.mark.parametrize(("request_", "said", "words"), JUDGED, ids=str)
def test_the_judge(request_: Asked, said: Said, words: str | None) -> None:
    found = faults(request_, said, HERMES)
    if words is None:
        assert found == []
    else:
        assert any(words in line for line in found)


def test_a_call_without_tags_is_found_in_the_content() -> None:
    surface = hot_calls.surface_of("llama3")
    assert leaks('{"name": "get_weather", "param', surface)
    assert not leaks("Well, a {name} is.", surface)
