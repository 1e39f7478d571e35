"""A recipe's file: every mistake with its line and field; what fills in its blanks."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallama.config import recipes
from gallama.errors import ConfigError
from gallama.recipe.recipe import Recipe
from gallama.wire_errors import ApiError

GOOD = """\
description: Answers.
request: {temperature: 0}
"""


def read(folder: Path, text: str, name: str = "mine") -> Recipe:
    file = folder / f"{name}.yaml"
    file.write_text(text)
    return Recipe(recipes.read(file))


MISTAKES = [
    ("", "mine.yaml: description: is missing: say in a sentence what the recipe is for"),
    ("description: x", "mine.yaml: request: is missing: give fields of a chat request"),
    (GOOD + "descripton: x", "mine.yaml:3: descripton: no such key; did you mean 'description'?"),
    (GOOD + "name: other", "mine.yaml:3: name: must be 'mine', as the file is called, not 'other'"),
    (GOOD + "model: 5", "mine.yaml:3: model: must be text, not 5: put it in quotes"),
    (GOOD + "examples: {}", "mine.yaml:3: examples: must be a list in [], not a section"),
    (GOOD + "examples:\n  - acept: []", "mine.yaml:4: examples.acept: no such key; did you mean"),
    (GOOD + "request: {}", "mine.yaml:3: is not YAML: the key 'request' stands twice"),
    ("description: x\nrequest: [", "mine.yaml:2: is not YAML"),
    (
        "description: x\nrequest:\n  guided_choice: {{ words }}",
        "mine.yaml:3: is not YAML: a key must be text; {{ braces }} of a value stand in quotes",
    ),
    (
        "description: x\nrequest:\n  temperature: hot",
        "mine.yaml:3: request.temperature: must be a number",
    ),
    (
        "description: x\nrequest:\n  temprature: 0",
        "mine.yaml:3: request.temprature: unknown field. Did you mean 'temperature'?",
    ),
    (
        "description: x\nrequest:\n  guided_choice:\n    - Yes\n    - maybe",
        "mine.yaml:4: request.guided_choice[0]: must be a string (got true): put it in quote",
    ),
    (
        "description: x\nrequest:\n  messages:\n    - role: system\n      content: 5",
        "mine.yaml:5: request.messages[0].content: must be a string or a list of content parts",
    ),
    (
        "description: x\nrequest:\n  messages:\n    - role: robot\n      content: x",
        "mine.yaml:4: request.messages[0]: must be an object whose 'role' is one of system",
    ),
    (
        "description: x\nrequest:\n  model: tiny\n  stream: true",
        "mine.yaml:3: request.model: is for the request that uses the recipe to say\n"
        "mine.yaml:4: request.stream: is for the request that uses the recipe to say",
    ),
    (
        "description: x\nrequest:\n  verbosity: low",
        "mine.yaml:3: request.verbosity: a model here has no verbosity setting",
    ),
    (
        "description: x\nrequest:\n  guided_json:\n    const: 2024-01-01",
        "mine.yaml:4: request.guided_json.const: must be text, a number, true, false or null, not "
        "2024-01-01: put it in quotes",
    ),
    (
        "description: x\nrequest:\n  guided_json:\n    properties:\n      no: {}",
        "mine.yaml:4: request.guided_json.properties: the key false must be text: put it in quotes",
    ),
    ("description: x\nrequest:\n  top_p: .nan", "mine.yaml:3: request.top_p: nan is no number"),
    (
        "description: x\nrequest:\n  grammar: '{{ y }}'",
        "mine.yaml:3: request.grammar: no variable 'y' is declared; there is none",
    ),
    (
        "description: x\nvariables: {yy: {}}\nrequest:\n  grammar: 'a {{ y }}{{ yy }}'",
        "mine.yaml:4: request.grammar: no variable 'y' is declared; did you mean 'yy'?",
    ),
    (GOOD + "variables:\n  y: {}", "mine.yaml:4: variables.y: nothing in the request uses it"),
    (GOOD + "variables: {Y-1: {}}", "variables.Y-1: a variable is called by small letters, digits"),
    (
        "description: x\nvariables:\n  y: {type: array, default: a}\nrequest: {stop: '{{ y }}'}",
        "mine.yaml:3: variables.y.default: must be a list, not 'a'",
    ),
    (
        "description: x\nvariables:\n  y: {type: list}\nrequest: {stop: '{{ y }}'}",
        "mine.yaml:3: variables.y.type: 'list' is not one of the choices",
    ),
    (
        "description: x\nrequest:\n  messages:\n    - {role: user, content: '{% if %}'}",
        "mine.yaml:4: request.messages[0].content: is no template, line 1",
    ),
    (
        GOOD + "examples:\n  - variables: {y: 1}",
        "mine.yaml:4: examples[0].variables.y: the recipe 'mine' has no such variable; there is",
    ),
    (
        "description: x\nvariables: {y: {type: array}}\nrequest:\n"
        "  grammar: '{% for a in y %}{{ a.b }}{% endfor %}'",
        "mine.yaml:4: request.grammar: cannot be filled: 'str object' has no attribute 'b'; let "
        "examples[0].variables have a value of 'y' to try it with",
    ),
    (
        "description: x\nrequest:\n  thinking_template: {file: no.xml}",
        "mine.yaml:3: request.thinking_template.file: no.xml: cannot be read: No such file",
    ),
    (
        "description: x\nrequest:\n  grammar: {path: no.xml}",
        "mine.yaml:3: request.grammar: must be text, or name a file: {file: NAME}",
    ),
]


@pytest.mark.parametrize(("text", "mistakes"), MISTAKES)
def test_a_mistake_says_where_and_what(
    text: str, mistakes: str, folder: Path
) -> None:  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    said = [str(mistake) for mistake in caught.value.mistakes]
    for mistake in mistakes.splitlines():
        assert any(mistake in each for each in said), said


# what lies where a recipe should be, and what is said of it at once: a request waits for it
JUNK: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe": (os.mkfifo, "is no file"),
    "a folder": (Path.mkdir, "is no file"),
    "a link to nothing": (lambda file: file.symlink_to("nowhere"), "cannot be read: No such file"),
    "bytes": (lambda file: file.write_bytes(b"\xff\x00") and None, "is no text in UTF-8"),
    "a large file": (
        lambda file: file.write_text("#" * 200_001) and None,
        "has 200001 bytes; 200000 are read at most",
    ),
    "brackets": (lambda file: file.write_text("[" * 1000) and None, "is nested too deeply"),
    "itself": (lambda file: file.write_text("a: &a [*a]") and None, "is nested too deeply"),
    "laughs": (
        lambda file: file.write_text(LAUGHS) and None,
        "cannot be read: more than 100000 values",
    ),
}
LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}x]\n" for i in range(1, 9))


@pytest.mark.parametrize("kind", JUNK)
def test_junk_is_refused_at_once(kind: str, folder: Path) -> None:
    make, said = JUNK[kind]
    make(folder / "mine.yaml")
    start = time.monotonic()
    with pytest.raises(ConfigError, match=said):
        recipes.read(folder / "mine.yaml")
    assert time.monotonic() - start < 5


def test_all_mistakes_are_said_at_once(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(folder, "description: x\nrequest:\n  top_p: 2\n  n: 0\n  stopp: x")
    assert [mistake.line for mistake in caught.value.mistakes] == [3, 4, 5]


def test_a_name_is_one_that_a_model_can_be_named_with(folder: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be the name of a recipe"):
        read(folder, GOOD, "not@this")


RECIPE = """\
description: Says something.
variables:
  text: {description: what to say}
  words: {type: array, default: [a, b]}
  times: {type: integer, default: 2}
request:
  messages:
    - role: system
      content: |
        Say {{ text }}{{ times }}.
  guided_choice: "{{ words }}"
  n: "{{ times }}"
"""


def test_blanks_are_filled(folder: Path) -> None:
    recipe = read(folder, RECIPE)
    fields = recipe.fill({"text": "so", "words": ["c"], "times": None})
    turn = {"role": "system", "content": "Say so2."}  # without the line break of YAML's |
    assert fields == {"messages": [turn], "guided_choice": ["c"], "n": 2}
    assert recipe.fixed


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({}, "variables.text: the recipe 'mine' needs it: what to say."),
        ({"text": None}, "variables.text: the recipe 'mine' needs it"),
        ({"txt": "x"}, "variables.txt: the recipe 'mine' has no such variable; did you mean 'tex"),
        ({"text": 5}, "variables.text: must be text, not 5"),
        ({"text": "x", "words": "a"}, "variables.words: must be a list, not 'a'"),
        ({"text": "x", "words": {}}, "variables.words: must be a list, not an object"),
        ({"text": "x", "times": 2.0}, "variables.times: must be a whole number, not 2.0"),
        ({"text": "x", "times": True}, "variables.times: must be a whole number, not true"),
        ({"text": "x" * 2_000_000}, "variables: messages[0].content of the recipe 'mine': becomes"),
    ],
)
def test_variables_that_do_not_fit(variables: dict[str, Any], why: str, folder: Path) -> None:
    with pytest.raises(ApiError) as caught:
        read(folder, RECIPE).fill(variables)
    assert why in str(caught.value)
    assert caught.value.status == 400
    assert str(caught.value).startswith(caught.value.param or "?")


def test_what_hangs_on_the_request_is_not_fixed(folder: Path) -> None:
    recipe = read(folder, RECIPE.replace("array, default: [a, b]", "array"))
    assert not recipe.fixed


def test_a_text_may_lie_in_a_file(folder: Path) -> None:
    (folder / "t.xml").write_text("<a>{b}</a>")
    recipe = read(folder, "description: x\nrequest:\n  thinking_template: {file: t.xml}")
    assert recipe.sample["thinking_template"] == "<a>{b}</a>"


def test_question_marks_and_dollars_are_texts_here(folder: Path) -> None:
    """Which they are not in what Hydra composes."""
    recipe = read(folder, "description: ${x}\nrequest: {stop: ['???', '${y}']}")
    assert recipe.sample["stop"] == ["???", "${y}"]
    assert recipe.spec.description == "${x}"


def test_a_section_may_take_in_another(folder: Path) -> None:
    recipe = read(folder, "description: x\nrequest: &a {n: 1}\nexamples: [{request: {<<: *a}}]")
    assert recipe.spec.examples[0].request == {"n": 1}


def test_the_nearest_file_counts(folder: Path, tmp_path: Path) -> None:
    folders = [folder / "near", tmp_path / "far", tmp_path / "nowhere"]
    for each in folders[:2]:
        each.mkdir()
        (each / "both.yaml").write_text(GOOD)
    (folders[1] / "one.yaml").write_text(GOOD)
    found = recipes.files(folders)
    assert found == {"both": folders[0] / "both.yaml", "one": folders[1] / "one.yaml"}
