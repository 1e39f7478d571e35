"""Blanks are filled with values and nothing else; whatever the values are, it ends soon."""

import time
from typing import Any

import pytest

from gallama.recipe.blanks import Blanks, Unfillable

# a tree, values, and what becomes of it
FILLED: list[tuple[Any, dict[str, Any], Any]] = [
    ("no blank", {}, "no blank"),
    ("a {hole} of a template", {}, "a {hole} of a template"),
    ("Hi {{ name }}!", {"name": "Ann"}, "Hi Ann!"),
    ("{{ name }}", {"name": "Ann"}, "Ann"),
    ("{{ n }}", {"n": 5}, 5),
    ("{{- labels -}}", {"labels": ["a", "b"]}, ["a", "b"]),
    (" {{ labels }} ", {"labels": ["a"]}, None),
    ("{{ heat }}", {"heat": 0.5}, 0.5),
    ("{{ on }}", {"on": True}, True),
    ("it is {{ on }}", {"on": True}, "it is true"),
    ("{{ labels | first }}", {"labels": ["a", "b"]}, "a"),
    ("{{ labels | join(', ') }}.", {"labels": ["a", 2]}, "a, 2."),
    ("x{{ labels | any_of }}", {"labels": ["a.b", "c|d"]}, r"x(?:a\.b|c\|d)"),
    ("q{{ word | tojson }}", {"word": 'say "hü"'}, 'q"say \\"hü\\""'),
    ("{% if a %}yes{% else %}no{% endif %}", {"a": []}, "no"),
    ("{% for x in xs %}{{ loop.index }}{{ x.k }} {% endfor %}", {"xs": [{"k": "v"}]}, "1v "),
    ("{{ table.items }}!", {"table": {"items": "data"}}, "data!"),
    ("{{ table['a b'] }}!", {"table": {"a b": 1}}, "1!"),
    ("{{ table.no | default('none') }}!", {"table": {}}, "none!"),
    ("{% raw %}{{ kept }}{% endraw %}", {}, "{{ kept }}"),
    ("ends\n{{ x }}\n", {"x": 1}, "ends\n1\n"),
    ({"a": ["{{ x }}", 1, None]}, {"x": "{{ y }}"}, {"a": ["{{ y }}", 1, None]}),
    ({"{{ x }}": "k"}, {}, {"{{ x }}": "k"}),
    ({"messages": [{"content": "{{ n }}"}]}, {"n": 5}, {"messages": [{"content": "5"}]}),
]


@pytest.mark.parametrize(("tree", "values", "result"), FILLED)
def test_what_becomes_of_it(tree: Any, values: dict[str, Any], result: Any) -> None:
    blanks = Blanks(tree)
    assert blanks.faults == []
    if result is None:  # space around a blank makes it a text
        with pytest.raises(Unfillable, match="a list is no text"):
            blanks.fill(values)
    else:
        assert blanks.fill(values) == result


MANY = [1] * 3000

# what no values can fill
UNFILLABLE: list[tuple[str, dict[str, Any], str]] = [
    ("a {{ x }}", {"x": [1]}, "a list is no text: join it, or write it with tojson"),
    ("a {{ x }}", {"x": {}}, "an object is no text"),
    ("a {{ x | any_of }}", {"x": []}, "any_of needs at least one text"),
    ("a {{ x }}", {"x": None}, "null is no text"),
    ("{{ x.y }}", {"x": {}}, "has no attribute 'y'"),
    ("a {{ x.y }}", {"x": "text"}, "has no attribute 'y'"),
    ("a {{ x.__class__ }}", {"x": "text"}, "has no attribute '__class__'"),
    ("{% for a in x %}{% endfor %}", {"x": 5}, "not iterable"),
    ("{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}",
     {"x": MANY}, "takes longer than 1 s"),
    ("{% for a in x %}{{ y }}{% endfor %}", {"x": MANY, "y": "a" * 1000}, "becomes longer than"),
    ("{{ x | join(y) }}", {"x": [""] * 10_000, "y": "a" * 1000}, "becomes longer than"),
    ("{{ x }}", {"x": "a" * 1_000_001}, "becomes longer than"),
    ("{{ x | sort | first }} ", {"x": ["a", 1]}, "not supported between"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values", "why"), UNFILLABLE)
def test_what_cannot_be_filled(text: str, values: dict[str, Any], why: str) -> None:
    blanks = Blanks({"field": [text]})
    assert blanks.faults == []
    start = time.monotonic()
    with pytest.raises(Unfillable) as caught:
        blanks.fill(values)
    assert why in str(caught.value)
    assert caught.value.place == ("field", 0)
    assert time.monotonic() - start < 5


FAULTS = [
    ("{{ x", "line 1: unexpected end of template"),
    ("a\n{% if x %}", "Unexpected end of template"),
    ("{{ x.upper() }}", "a recipe has no 'call', only values"),
    ("{{ range(10) }}", "a recipe has no 'call'"),
    ("{{ 'a' * 1000000000 }}", "a recipe has no 'mul'"),
    ("{{ 9 ** 9 ** 9 }}", "a recipe has no 'pow'"),
    ("{{ '%1000000000d' % 5 }}", "a recipe has no 'mod'"),
    ("{% macro m() %}{% endmacro %}", "a recipe has no 'macro'"),
    ("{% include 'x' %}", "a recipe has no 'include'"),
    ("{% set x %}{% endset %}", "a recipe has no 'assignblock'"),
    ("{{ x | replace('a', 'b') }}", "No filter named 'replace'"),
    ("{{ x | attr('y') }}", "No filter named 'attr'"),
]


@pytest.mark.parametrize(("text", "why"), FAULTS)
def test_what_is_no_template(text: str, why: str) -> None:
    ((place, message),) = Blanks({"a": {"b": text}}).faults
    assert place == ("a", "b")
    assert why in message


def test_variables_are_found_where_they_are_used() -> None:
    blanks = Blanks({"a": "{{ x }}", "b": ["{% for x in y %}{{ x }}{{ z }}{% endfor %}"]})
    assert blanks.names == {"x": {("a",)}, "y": {("b", 0)}, "z": {("b", 0)}}


def test_values_are_the_requests_own() -> None:
    """What a request does to its fields later is not done to a default."""
    default = [{"a": 1}]
    filled = Blanks("{{ x }}").fill({"x": default})
    filled[0]["a"] = 2
    assert default == [{"a": 1}]
