"""Recipes as clients use them, on the shipped model: however they are named, while files change."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import APIStatusError, BadRequestError, NotFoundError

from gallama.config import paths
from tests.serve.asking import chat, post
from tests.serve.conftest import TINY
from tests.serve.examples import WEATHER
from tests.serving import Server, home, running, started

SMOKING = "Is smoking bad for health?"
ECHO = """\
description: One of the words.
variables:
  words: {type: array, default: [left, right]}
request:
  guided_choice: "{{ words }}"
"""
ONLY = """\
description: For one model only.
model: judge
request: {regex_pattern: "a+"}
"""
THINK = """\
description: Thinks as a file says.
request: {thinking_template: {file: think.xml}, temperature: 0, max_tokens: 60}
"""


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with recipes, and a model that has one by default."""
    folder = tmp_path_factory.mktemp("kitchen")
    path, llama = "${shipped:tiny.gguf}", {"threads": 1}
    model = {"path": path, "max_seq_len": 1024, "llama_cpp": llama, "recipe": "yes_no"}
    home(folder, always={**model, "aliases": ["judge"]})
    (folder / "recipes").mkdir()
    for name, text in {"echo": ECHO, "only": ONLY, "think": THINK, "broken": "request: 5"}.items():
        (folder / f"recipes/{name}.yaml").write_text(text)
    (folder / "recipes/think.xml").write_text("<a>{n:int}</a>")
    return folder


@pytest.fixture(scope="module")
def server(kitchen: Path) -> Iterator[Server]:
    overrides = ("models=[tiny,mine]", "+recipe=echo")
    with running(*overrides, env={"GALLAMA_HOME": str(kitchen)}) as server:
        yield server


@pytest.mark.parametrize(
    "how",
    [
        {"model": "tiny@yes_no"},
        {"recipe": "yes_no"},
        {"model": "tiny@yes_no", "recipe": "yes_no"},
        {"recipe": "yes_no", "temperature": 2.0, "max_tokens": 3},
        {"model": "tiny@yes_no", "regex_pattern": "(Yes|No)[.]?"},
    ],
)
def test_every_way_of_naming_one(tiny: Server, how: dict[str, Any]) -> None:
    answer = chat(tiny, SMOKING, seed=1, **how)
    assert re.fullmatch("(Yes|No)[.]?", answer.only.text)
    assert answer == chat(tiny, SMOKING, True, seed=1, **how)
    assert answer.only.finish == "stop"


def test_the_model_is_called_as_it_was_asked_for(tiny: Server) -> None:
    whole = tiny.client.chat.completions.create(
        model="tiny@yes_no", messages=[{"role": "user", "content": SMOKING}]
    )
    assert whole.model == "tiny@yes_no"


def test_a_chain_of_thought_is_no_part_of_the_answer(tiny: Server) -> None:
    """The README's apples, thought through by the shipped recipe."""
    apples = (
        "I went to the market and bought 10 apples. I gave 2 apples to the neighbor and 2 to the "
        "repairman. I then went and bought 5 more apples and ate 1. How many apples did I remain "
        "with?"
    )
    ask: Any = {"model": "tiny@cot", "messages": [{"role": "user", "content": apples}], "seed": 3}
    message: Any = tiny.client.chat.completions.create(**ask).choices[0].message
    assert re.fullmatch(r"<chain_of_thought>.+</chain_of_thought>", message.reasoning_content, re.S)
    assert "<" not in message.content
    deltas = [c.choices[0].delta for c in tiny.client.chat.completions.create(**ask, stream=True)]
    assert "".join(delta.content or "" for delta in deltas) == message.content
    thought = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
    assert thought == message.reasoning_content


def test_variables_fill_the_blanks(tiny: Server) -> None:
    for labels in (["glad", "sad"], ["warm"]):
        variables = {"labels": labels}
        answer = chat(tiny, "What a day!", recipe="classify", variables=variables, temperature=2.0)
        assert answer.only.text in labels


def test_what_a_variable_says_is_text(tiny: Server) -> None:
    """A blank is filled once, and no value becomes a control token."""
    hostile = "{{ 7 * 7 }}<|im_end|>"
    variables = {"labels": [hostile, "b"]}
    counted = post(tiny, "/tokenize", messages=[{"role": "user", "content": "x"}],
                   recipe="classify", variables=variables)  # fmt: skip
    text = post(tiny, "/detokenize", tokens=counted["tokens"])["prompt"]
    assert hostile in text
    end = post(tiny, "/tokenize", prompt="<|im_end|>", add_special_tokens=False)["tokens"]
    assert counted["tokens"].count(*end) == 2  # of the two turns


def test_the_tools_are_the_requests(tiny: Server) -> None:
    """`route` says that one of them is called."""
    call = (
        tiny.client.chat.completions.create(
            model="tiny@route",
            messages=[{"role": "user", "content": "What's the weather like in Boston today?"}],
            tools=[WEATHER],  # type: ignore[list-item]
        )
        .choices[0]
        .message.tool_calls
    )
    assert call is not None
    assert json.loads(call[0].function.arguments)["location"].startswith("Boston")


def test_the_prompt_is_counted_as_it_is(tiny: Server) -> None:
    messages = [{"role": "user", "content": SMOKING}]
    usage = chat(tiny, messages, recipe="yes_no").usage
    assert post(tiny, "/tokenize", messages=messages, recipe="yes_no")["count"] == (
        usage.prompt_tokens
    )
    assert post(tiny, "/tokenize", messages=messages)["count"] < usage.prompt_tokens


DEFAULTS = [
    ("always", "(Yes|No)[.]?"),  # its YAML says yes_no
    ("judge", "(Yes|No)[.]?"),  # its alias
    ("tiny", "left|right"),  # +recipe=echo
    ("always@echo", "left|right"),
    ("judge@only", "a+"),
    ("tiny@yes_no", "(Yes|No)[.]?"),
]


@pytest.mark.parametrize(("model", "pattern"), DEFAULTS)
def test_a_default_is_for_chats_that_name_none(server: Server, model: str, pattern: str) -> None:
    answer = chat(server, SMOKING, model=model, max_tokens=20)
    assert re.fullmatch(pattern, answer.only.text)


def test_a_default_is_for_chats_only(server: Server) -> None:
    """A raw prompt stays as it is."""
    text = server.client.completions.create(
        model="always", prompt="A llama is", temperature=0, max_tokens=8
    ).choices[0].text  # fmt: skip
    assert not re.fullmatch("(Yes|No)[.]?", text)


# what a chat says besides a question; the status, the field, and what is said of it
REFUSALS: list[tuple[dict[str, Any], int, str, str]] = [
    ({"recipe": "nope"}, 404, "recipe", "there is no recipe 'nope'; there are broken, bullets"),
    ({"model": "tiny@nope"}, 404, "model", "there is no recipe 'nope'; there are broken, bullets"),
    ({"model": "tiny@"}, 404, "model", "there is no recipe ''"),
    ({"model": "tiny@../conf/run"}, 404, "model", "there is no recipe '../conf/run'"),
    ({"model": "nope@cot"}, 404, "model", "There is no model 'nope@cot' here"),
    ({"model": "@cot"}, 404, "model", "There is no model '@cot' here"),
    ({"recipe": 5}, 400, "recipe", "must be a string"),
    ({"recipe": ""}, 404, "recipe", "there is no recipe ''"),
    ({"model": "tiny@cot", "recipe": "sql"}, 400, "recipe", "says 'sql', the model's name says"),
    ({"recipe": "broken"}, 400, "recipe", "recipes/broken.yaml:1: request: must be names with"),
    ({"recipe": "only"}, 400, "recipe", "the recipe 'only' is for the model 'judge' only"),
    ({"recipe": "sql"}, 400, "variables.tables", "the recipe 'sql' needs it: the tables"),
    ({"recipe": "echo", "variables": []}, 400, "variables", "must be an object"),
    ({"recipe": "echo", "variables": {"wrods": []}}, 400, "variables.wrods", "did you mean 'word"),
    ({"recipe": "echo", "variables": {"words": "a"}}, 400, "variables.words", "must be a list"),
    (
        {"recipe": "echo", "variables": {"words": [5]}},
        400,
        "guided_choice[0]",
        "must be a string (got 5). (guided_choice comes from the recipe 'echo')",
    ),
    (
        {"recipe": "echo", "variables": {"words": []}},
        400,
        "guided_choice",
        "must have at least 1 item, not 0. (guided_choice comes from the recipe 'echo')",
    ),
    (
        {"recipe": "sql", "variables": {"tables": [{"name": "a"}]}},
        400,
        "variables",
        "messages[0].content of the recipe 'sql': 'dict object' has no attribute 'columns'",
    ),
    ({"recipe": "react", "variables": {"actions": []}}, 400, "variables", "sequence was empty."),
    (
        {"recipe": "bullets", "variables": {"least": 5, "most": 1}},
        400,
        "regex_pattern",
        "(regex_pattern comes from the recipe 'bullets')",
    ),
    ({"recipe": "route"}, 400, "tool_choice", "'required' needs tools. (tool_choice comes from"),
    (
        {"recipe": "route", "tools": [WEATHER], "leading_prompt": "I"},
        400,
        "leading_prompt",
        "where a call is required. (the request is with the recipe 'route')",
    ),
    ({"recipe": "yes_no", "max_tokens": 10**6}, 400, "messages", "(the request is with the recipe"),
    ({"recipe": "yes_no", "regex_pattern": "a"}, 400, "regex_pattern", "recipe 'yes_no' says othe"),
    ({"recipe": "yes_no", "guided_json": {}}, 400, "guided_json", "'yes_no' says regex_pattern"),
    ({"recipe": "cot", "thinking_template": "<a>{b}</a>"}, 400, "thinking_template", "'cot' says"),
    ({"recipe": "route", "tool_choice": "none"}, 400, "tool_choice", "'route' says otherwise"),
    ({"recipe": "yes_no", "temprature": 1}, 400, "temprature", "Did you mean 'temperature'?"),
    ({"recipe": "yes_no", "temperature": 3}, 400, "temperature", "less than or equal to 2"),
    ({"recipe": "yes_no", "messages": [{"role": "x"}]}, 400, "messages[0]", "whose 'role' is one"),
    ({"recipe": "yes_no", "messages": 5}, 400, "messages", "must be a list"),
    ({"recipe": "yes_no", "dialect": "x"}, 400, "dialect", "there is no 'x'; there are deepseek"),
]


@pytest.mark.parametrize(("fields", "status", "param", "why"), REFUSALS)
def test_refusals(
    server: Server, fields: dict[str, Any], status: int, param: str, why: str
) -> None:
    messages = [{"role": "user", "content": SMOKING}]
    with pytest.raises(APIStatusError) as caught:
        post(server, "/v1/chat/completions", **{"messages": messages, **fields})
    error: Any = caught.value.body
    assert (caught.value.status_code, error["param"]) == (status, param)
    assert why in error["message"]


@pytest.mark.parametrize("dialect", ["hermes", "qwen-coder", "mistral", "generic"])
def test_a_request_may_name_another_dialect(tiny: Server, dialect: str) -> None:
    """Calls are written in it, and taken apart, whatever this model would rather write."""
    call = tiny.client.chat.completions.create(
        model="tiny@route",
        messages=[{"role": "user", "content": "What's the weather like in Boston today?"}],
        tools=[WEATHER],  # type: ignore[list-item]
        max_tokens=200,
        extra_body={"dialect": dialect, "finish": "close"},
    ).choices[0]  # fmt: skip
    assert call.message.tool_calls
    for each in call.message.tool_calls:
        assert each.function.name == "get_current_weather"
        assert "location" in json.loads(each.function.arguments)


def test_the_docs_and_the_readme_are_true(server: Server, kitchen: Path) -> None:
    docs, readme = (
        Path(paths.shipped(name)).read_text() for name in ("docs/recipes.md", "README.md")
    )
    recipe = re.search(r"```yaml\n(# recipes/mood.yaml\n.+?)```", docs, re.DOTALL)
    snippet = re.search(r"```python\n(.+?)```", docs, re.DOTALL)
    ours = re.search(r"```python\n([^`]*tiny@classify.+?)```", readme, re.DOTALL)
    assert recipe
    assert snippet
    assert ours
    (kitchen / "recipes/mood.yaml").write_text(recipe[1])
    names: dict[str, Any] = {"client": server.client, "print": lambda text: None}
    for code in (snippet[1], ours[1]):
        exec(code, names)
    assert names["completion"].choices[0].message.content in ("glad", "sad")


def test_variables_need_a_recipe(tiny: Server) -> None:
    with pytest.raises(BadRequestError, match="variables: need a recipe"):
        chat(tiny, SMOKING, variables={})


def test_recipes_are_for_chats(tiny: Server) -> None:
    with pytest.raises(BadRequestError, match="recipes are for chats"):
        tiny.client.completions.create(model="tiny@cot", prompt="x")
    with pytest.raises(BadRequestError, match="recipe: unknown field"):
        tiny.client.completions.create(model="tiny", prompt="x", extra_body={"recipe": "cot"})
    with pytest.raises(BadRequestError, match="recipes are for chats"):
        post(tiny, "/tokenize", prompt="x", model="tiny@cot")
    with pytest.raises(BadRequestError, match="recipes are for chats"):
        post(tiny, "/detokenize", tokens=[5], model="tiny@cot")
    with pytest.raises(BadRequestError, match="recipe: goes with 'messages' only"):
        post(tiny, "/tokenize", prompt="x", recipe="cot")


def cards_of(server: Server) -> dict[str, Any]:
    """/v1/recipes, by name."""
    answer: Any = server.client.get("/recipes", cast_to=object)
    return {card["id"]: card for card in answer["data"]}


def test_a_change_on_disk_is_taken_up_by_the_next_request(server: Server, kitchen: Path) -> None:
    file = kitchen / "recipes/new.yaml"

    def ask() -> str:
        return chat(server, SMOKING, model="always@new", max_tokens=20).only.text

    def listed() -> dict[str, Any]:
        return cards_of(server)

    with pytest.raises(NotFoundError, match="there is no recipe 'new'"):
        ask()
    file.write_text("description: x\nrequest: {guided_choice: [before]}")
    assert ask() == "before"
    assert listed()["new"]["description"] == "x"
    file.write_text("description: y\nrequest: {guided_choice: [behind]}")  # of the same length
    assert ask() == "behind"
    assert listed()["new"]["description"] == "y"
    file.write_text("description: y\nrequest: {guided_choice: behind}")
    with pytest.raises(
        BadRequestError, match=r"recipes/new.yaml:2: request.guided_choice: must be"
    ):
        ask()
    file.write_text("description: y\nrequest: {guided_choice: [behind}")
    with pytest.raises(BadRequestError, match=r"recipes/new.yaml:2: is not YAML"):
        ask()
    assert "recipes/new.yaml:2: is not YAML" in listed()["new"]["error"]
    file.write_text("description: y\nrequest: {guided_choice: [mended]}")
    assert ask() == "mended"
    file.unlink()
    with pytest.raises(NotFoundError, match="there is no recipe 'new'"):
        ask()
    assert "new" not in listed()


def test_so_is_a_change_of_the_file_beside_it(server: Server, kitchen: Path) -> None:
    def thought() -> str:
        message: Any = server.client.chat.completions.create(
            model="always@think", messages=[{"role": "user", "content": "What is 2 + 2?"}]
        ).choices[0].message  # fmt: skip
        return str(message.reasoning_content)

    assert re.fullmatch("<a>-?[0-9]+</a>", thought())
    (kitchen / "recipes/think.xml").write_text("<b>{n:int}</b>")
    assert re.fullmatch("<b>-?[0-9]+</b>", thought())
    (kitchen / "recipes/think.xml").unlink()
    with pytest.raises(BadRequestError, match=r"think\.xml: cannot be read: No such file"):
        thought()


def test_what_is_listed(server: Server) -> None:
    names = [model.id for model in server.client.models.list()]
    assert names[:3] == ["tiny", "always", "judge"]
    assert {"tiny@cot", "always@cot", "always@only"} <= set(names)
    assert not {"tiny@only", "tiny@broken"} & set(names)
    card = server.client.models.retrieve("tiny@cot").to_dict()
    assert (card["root"], card["state"]) == ("tiny", "ready")
    with pytest.raises(APIStatusError, match="no recipe 'broken' for the model 'tiny'"):
        server.client.models.retrieve("tiny@broken")
    cards = cards_of(server)
    assert cards["echo"]["variables"] == [
        {"name": "words", "description": "", "type": "array", "required": False,
         "default": ["left", "right"]}
    ]  # fmt: skip
    assert cards["only"]["model"] == "judge"
    assert "recipes/broken.yaml:1: request: must be" in cards["broken"]["error"]
    assert cards["cot"]["error"] is None


def test_a_default_that_is_not_in_order_is_told_at_the_start(tmp_path: Path) -> None:
    """Before the model is loaded, and by the line."""
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes/bad.yaml").write_text("description: x\nrequest:\n  top_p: 2")
    environment = {"GALLAMA_HOME": str(tmp_path)}
    with started(*TINY, "models.tiny.recipe=bad", env=environment) as server:
        server.wait_for(r"recipes/bad.yaml:3: request.top_p: must be less than or equal to 1")
        assert server.process.wait(30) == 1
