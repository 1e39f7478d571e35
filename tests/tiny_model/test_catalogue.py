"""Phrasings of the tiny model's tools: they say all arguments, and the exam's are never trained."""

import re
from collections.abc import Iterator
from random import Random

import pytest

from scripts.tiny_model.curriculum.catalogue import KNOWN, NEVER_SEEN
from scripts.tiny_model.curriculum.phrases import INNERMOST, lines
from scripts.tiny_model.curriculum.toolbox import Param, Tool

SLOT = re.compile(r"{(\w+)}")
EVERY_TOOL = pytest.mark.parametrize(
    "tool",
    [
        pytest.param(tool, id=f"{index}-{tool.names.split()[0]}")
        for index, tool in enumerate(KNOWN + NEVER_SEEN)
    ],
)


def expansions(pattern: str) -> Iterator[str]:
    """Every text that `phrases.expand` may draw from the pattern."""
    match = INNERMOST.search(pattern)
    if not match:
        yield pattern
        return
    for choice in match.group(1).split("|"):
        yield from expansions(pattern[: match.start()] + choice + pattern[match.end() :])


def texts(block: str) -> set[str]:
    """Every text of a block of phrasings, compared without case."""
    return {text.lower() for line in lines(block) for text in expansions(line)}


def cores(block: str) -> set[str]:
    """What is said, whether it is wrapped in `please ...` or not."""
    return {text.removeprefix("=") for text in texts(block)}


def starts_in_lower_case(param: Param) -> bool:
    """Whether the value is free text whose first letter `phrases.finish` would change."""
    rng = Random(0)
    values = [param.sampler(rng)[1] for _ in range(200)]
    return not param.pool and any(str(value)[0].islower() for value in values)


def is_text(param: Param) -> bool:
    return param.schema["type"] == "string"


@EVERY_TOOL
def test_a_phrasing_names_each_required_slot_once_and_no_unknown_one(tool: Tool) -> None:
    known = {param.slot for param in tool.params}
    required = {param.slot for param in tool.params if param.required}
    for text in texts(tool.asks + tool.held):
        said = SLOT.findall(text)
        assert required <= set(said) <= known, text
        assert len(said) == len(set(said)), text
        assert not set("()|{}") & set(SLOT.sub("", text)), text


@EVERY_TOOL
def test_the_exam_s_phrasings_are_not_trained(tool: Tool) -> None:
    assert not cores(tool.asks) & cores(tool.held)


@EVERY_TOOL
def test_no_phrasing_starts_with_a_text_that_the_capital_would_change(tool: Tool) -> None:
    changed = {p.slot for p in tool.params if is_text(p) and starts_in_lower_case(p)}
    for text in texts(tool.asks + tool.held):
        first = SLOT.match(text.removeprefix("="))
        assert not (first and first.group(1) in changed), text
