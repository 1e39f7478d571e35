"""A set of words, as pydantic declares one: no word twice, wherever in a reply it is written.

Sampled hot, and of six words all must be there: a model that wrote one twice, or began one that it
could not end, would be lost.
"""

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from tests.serving import Server


class Label(BaseModel):
    """Label a picture."""

    labels: Annotated[
        set[Annotated[str, Field(pattern="^[ab]{1,2}$")]], Field(min_length=6, max_length=6)
    ]
    note: Annotated[str, Field(max_length=3)] = ""


class Spot(BaseModel, frozen=True):
    name: Annotated[str, Field(pattern="^[ab]{0,9}$")]
    kind: Literal["p", "q"]


class Board(BaseModel):
    """Put spots on a board."""

    spots: Annotated[set[Spot], Field(min_length=9, max_length=12)]


ALL = ["a", "aa", "ab", "b", "ba", "bb"]
SCHEMA = Label.model_json_schema()
TOOL = {"type": "function", "function": {"name": "label", "parameters": SCHEMA}}
LIST: dict[str, Any] = {
    "type": "object", "properties": {"words": {"type": "array", "items": {"enum": ["x"]},
    "minItems": 2, "maxItems": 2}}, "required": ["words"],
}  # fmt: skip
OTHER = {"type": "function", "function": {"name": "list_words", "parameters": LIST}}
FORM = {"type": "json_schema", "json_schema": {"name": "label", "schema": SCHEMA}}
PLAN = "<plan>{what:regex([a-z ]{1,9})}</plan>"
THINKS = {"chat_template_kwargs": {"enable_thinking": True}}


@pytest.fixture(params=["tiny", "formatron"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


def ask(server: Server, seed: int, extra: dict[str, Any], **options: Any) -> Any:
    """A message that came to its end."""
    choice = server.client.chat.completions.create(
        model="tiny",
        messages=[{"role": "user", "content": "Label this picture."}],
        temperature=2.0,
        max_tokens=600,
        seed=seed,
        extra_body=extra,
        **options,
    ).choices[0]
    assert choice.finish_reason in ("stop", "tool_calls")
    return choice.message


def test_pydantic_says_that_no_two_are_equal() -> None:
    assert SCHEMA["properties"]["labels"]["uniqueItems"] is True


@pytest.mark.parametrize("dialect", ["hermes", "functionary", "harmony", "qwen-coder", "glm"])
def test_in_the_arguments_of_a_tool(server: Server, dialect: str) -> None:
    """One call or several, in JSON or with each parameter in tags; words may come before them."""
    labelled = listed = 0
    for seed in range(4):
        called = {"type": "function", "function": {"name": "label"}} if seed == 3 else "required"
        options = {"tools": [OTHER, TOOL], "tool_choice": called, "parallel_tool_calls": seed == 0}
        for call in ask(server, seed, {"dialect": dialect}, **options).tool_calls:
            arguments = json.loads(call.function.arguments)
            if call.function.name == "label":
                assert sorted(arguments["labels"]) == ALL
                assert Label(**arguments)
                labelled += 1
            else:
                assert arguments == {"words": ["x", "x"]}
                listed += 1
    assert labelled
    assert labelled + listed >= 4


@pytest.mark.parametrize(
    "extra",
    [
        THINKS,
        {**THINKS, "thinking_budget": 9},
        {"thinking_template": PLAN},
        {"thinking_template": PLAN, "thinking_budget": 12},
        {"leading_prompt": 'Words ["a", "a"]: '},
    ],
    ids=str,
)
def test_behind_what_it_thinks(server: Server, extra: dict[str, Any]) -> None:
    for seed in range(2):
        message = ask(server, seed, extra, response_format=FORM)
        assert sorted(json.loads(message.content)["labels"]) == ALL


def test_beside_tools(server: Server) -> None:
    """An answer of the schema, or calls."""
    count = 0
    for seed in range(4):
        message = ask(server, seed, {}, response_format=FORM, tools=[OTHER, TOOL])
        called = [call.function for call in message.tool_calls or ()]
        texts = [each.arguments for each in called if each.name == "label"]
        texts += [message.content] if message.content else []
        assert [sorted(json.loads(text)["labels"]) for text in texts] == [ALL] * len(texts)
        count += len(texts)
    assert count


@pytest.mark.parametrize("asked", ["response_format", "tools"])
def test_a_set_of_objects(server: Server, asked: str) -> None:
    """... which list their members: `kind` may be the only one in which two differ."""
    schema = Board.model_json_schema()
    for seed in range(4):
        if asked == "tools":
            board = {"type": "function", "function": {"name": "board", "parameters": schema}}
            (call,) = ask(
                server, seed, {}, tools=[board], tool_choice="required", parallel_tool_calls=False
            ).tool_calls
            text = call.function.arguments
        else:
            form = {"type": "json_schema", "json_schema": {"name": "board", "schema": schema}}
            text = ask(server, seed, {}, response_format=form).content
        spots = [json.dumps(spot, sort_keys=True) for spot in json.loads(text)["spots"]]
        assert 9 <= len(set(spots)) == len(spots)
        assert Board.model_validate_json(text)
