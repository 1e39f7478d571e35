"""`gallama check recipes/`: the recipes that come along are well, and what is not well is found."""

import re
from pathlib import Path

import pytest

from gallama.config import dialects, paths, recipes
from gallama.errors import ConfigError
from gallama.recipe.check import check, files

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(paths.shipped("recipes").glob("*.yaml"))
DIALECTS = dialects.load()


@pytest.mark.parametrize("file", SHIPPED, ids=[file.stem for file in SHIPPED])
def test_a_recipe_that_comes_along(file: Path) -> None:
    (verdict,) = check([file], DIALECTS)
    assert verdict.mistakes == []
    accepted, rejected = verdict.tried
    assert accepted >= 1
    assert rejected >= 2
    assert verdict.holds


def test_there_are_ten_at_least_and_the_docs_have_them_all() -> None:
    table = re.findall(r"^\| `(\w+)` \| (.+?)(?: Variables: .+)? \|$", DOCS, re.M)
    listed = [(name, text) for name, text in table if (ROOT / f"recipes/{name}.yaml").exists()]
    specs = {file.stem: recipes.read(file).spec for file in SHIPPED}
    assert listed == [(name, spec.description) for name, spec in specs.items()]
    assert len(SHIPPED) >= 10


DOCS = (ROOT / "docs/recipes.md").read_text()


def test_the_recipe_of_the_docs_is_well(folder: Path) -> None:
    text = re.search(r"```yaml\n# recipes/mood.yaml\n(.+?)```", DOCS, re.DOTALL)
    assert text
    (folder / "mood.yaml").write_text(text[1])
    (verdict,) = check([folder / "mood.yaml"], DIALECTS)
    assert (verdict.tried, verdict.mistakes) == ((3, 3), [])


def test_a_set_is_tried(folder: Path) -> None:
    """... of which no grammar says that its items differ: a server sees to it."""
    (folder / "set.yaml").write_text(
        """
description: x
request:
  response_format:
    type: json_schema
    json_schema: {name: x, schema: {type: array, uniqueItems: true, items: {type: string}}}
examples:
  - accept: ['["a", "b"]', '[]']
    reject: ['["a", "a"]']
"""
    )
    (verdict,) = check([folder / "set.yaml"], DIALECTS)
    assert (verdict.tried, verdict.mistakes) == ((2, 1), [])


def test_the_mistake_of_the_docs_is_one(folder: Path) -> None:
    text = re.search(r"```yaml\n(# recipes/mood.yaml\n.+?)```", DOCS, re.DOTALL)
    said = re.search(r"^gallama: (recipes/mood.yaml:.+)$", DOCS, re.M)
    assert text
    assert said
    (folder / "recipes").mkdir()
    (folder / "recipes/mood.yaml").write_text(text[1].replace("[glad, calm]", "[glad, happy]"))
    (verdict,) = check(files(["recipes"]), DIALECTS)
    assert list(map(str, verdict.mistakes)) == [said[1]]


def test_the_example_of_the_docs_is_well(folder: Path) -> None:
    text = re.search(r"```yaml\n(examples:\n.+?)```", DOCS, re.DOTALL)
    assert text
    recipe = "description: x\nrequest: {tool_choice: required}\n" + text[1]
    (folder / "now.yaml").write_text(recipe)
    (verdict,) = check([folder / "now.yaml"], DIALECTS)
    assert (verdict.tried, verdict.mistakes) == ((1, 1), [])


HEAD = "description: x\nrequest:\n"

# a recipe, and what is said of it
WRONG = [
    (
        "  regex_pattern: a+\nexamples:\n  - accept: [aa]\n    reject:\n      - b\n      - a",
        "mine.yaml:8: examples[0].reject[1]: is accepted, and should be rejected: 'a'",
    ),
    (
        "  regex_pattern: a+\nexamples:\n  - accept:\n      - b",
        "mine.yaml:6: examples[0].accept[0]: is rejected, and should be accepted: 'b'",
    ),
    (
        "  regex_pattern: (a",
        "mine.yaml:3: request.regex_pattern: cannot be enforced: pattern: missing ')'",
    ),
    (
        "  temperature: 0\n  thinking_template: <a>",
        "mine.yaml:4: request.thinking_template: cannot be enforced: line 1, column 1: <a> is",
    ),
    (
        "  guided_json: {type: string}\n  regex_pattern: a",
        "mine.yaml:4: request.regex_pattern: does not go with guided_json; give one of them",
    ),
    (
        "  response_format:\n    type: json_schema\n    json_schema:\n      name: x\n"
        "      schema: {type: strin}",
        "mine.yaml:7: request.response_format.json_schema.schema: cannot be enforced",
    ),
    ("  tool_choice: required", "mine.yaml:3: request.tool_choice: 'required' needs tools"),
    ("  dialect: hermse", "mine.yaml:3: request.dialect: there is no 'hermse'; there are"),
    (
        "  regex_pattern: a\nexamples:\n  - request: {regex_pattern: b}",
        "mine.yaml:5: examples[0].request.regex_pattern: the recipe 'mine' says otherwise",
    ),
    (
        "  regex_pattern: a\nexamples:\n  - accept: [5]",
        "mine.yaml:5: examples[0].accept[0]: must be text in quotes, or a section of thinking",
    ),
    (
        "  regex_pattern: a\nexamples:\n  - accept: [{contnt: a}]",
        "mine.yaml:5: examples[0].accept[0]: contnt: no such key; did you mean 'content'?",
    ),
    (
        "  regex_pattern: a\nexamples:\n  - accept: [{calls: [{name: f}]}]",
        "examples[0].accept[0]: calls: must be a list of calls with a name and arguments",
    ),
    (
        "  regex_pattern: a\nexamples:\n  - accept: [{content: 5}]",
        "examples[0].accept[0]: content: must be text: put it in quotes",
    ),
]


@pytest.mark.parametrize(("text", "mistake"), WRONG)
def test_what_is_not_well(text: str, mistake: str, folder: Path) -> None:
    (folder / "mine.yaml").write_text(HEAD + text)
    (verdict,) = check(files(["mine.yaml"]), DIALECTS)
    assert mistake in str(verdict.mistakes[0])
    assert len(verdict.mistakes) == 1


def test_a_variable_that_an_example_lacks(folder: Path) -> None:
    recipe = "description: x\nvariables: {y: {}}\nrequest: {regex_pattern: 'a{{ y }}'}\n"
    (folder / "mine.yaml").write_text(recipe + "examples:\n  - accept: [ab]")
    (verdict,) = check(files(["mine.yaml"]), DIALECTS)
    assert str(verdict.mistakes[0]) == (
        "mine.yaml:5: examples[0].variables.y: the recipe 'mine' needs it"
    )


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_replies_are_written_as_the_dialect_has_them(dialect: str, folder: Path) -> None:
    calls = "calls: [{name: f, arguments: {a: b}}]"
    both = [f"{{content: Well., {calls}}}"]
    if DIALECTS[dialect].reply.preamble is None:
        both = []  # calls stand in place of words
    (folder / "mine.yaml").write_text(f"""
description: x
request:
  dialect: {dialect}
  tools:
    - type: function
      function:
        name: f
        parameters: {{type: object, properties: {{a: {{enum: [b]}}}}, required: [a]}}
examples:
  - accept: [Well., {", ".join([f"{{{calls}}}", *both])}]
    reject: [{{calls: [{{name: f, arguments: {{a: 5}}}}]}}]
""")
    (found,) = check(files(["mine.yaml"]), DIALECTS)
    assert found.mistakes == []


def test_a_recipe_without_examples_is_compiled(folder: Path) -> None:
    (folder / "mine.yaml").write_text(HEAD + "  regex_pattern: a")
    (verdict,) = check(files(["."]), DIALECTS)
    assert (verdict.recipe, verdict.tried, verdict.mistakes) == ("mine", (0, 0), [])


@pytest.mark.parametrize(
    ("argument", "why"),
    [
        ("nowhere/", "nowhere/: there is no such file or folder"),
        ("no.yaml", "no.yaml: there is no such file or folder"),
        ("empty", "empty: there is no recipe in it"),
        ("other/x.yml", "other/x.yml: is not read as a recipe: its name must end in .yaml"),
        ("other", "other/x.yml: is not read as a recipe: its name must end in .yaml"),
    ],
)
def test_what_is_no_recipe_at_all(argument: str, why: str, folder: Path) -> None:
    for name in ("empty", "other"):
        (folder / name).mkdir()
    (folder / "other/x.yml").write_text(HEAD)
    with pytest.raises(ConfigError, match=re.escape(why)):
        files([argument])
