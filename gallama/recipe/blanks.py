"""Blanks: the templates in a recipe's texts, found once and filled for each request.

    blanks = Blanks({"guided_choice": "{{ labels }}", "messages": [...]})
    blanks.faults       # [(("messages", 0, "content"), "is no template, line 1: ...")]
    blanks.names        # {"labels": {("guided_choice",)}}: where each variable is used
    blanks.fill({"labels": ["good", "bad"]})

A text that is nothing but one blank becomes the value itself (a list, a number); in a message it is
always text. Templates are Jinja in its sandbox and less than that: no calls, no methods, no blocks,
the filters below; so whatever the values are, filling ends soon and stays small.
"""

import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, meta, nodes
from jinja2.environment import Template
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gallama.config.recipes import Place
from gallama.errors import GallamaError

MAX_CHARACTERS = 1_000_000  # of all texts of one recipe
MAX_SECONDS = 1.0

_SYNTAX, _ESCAPED = re.compile(r"[\\^$.*+?()\[\]{}|/]"), r"\\\g<0>"
_MARKS = re.compile(r"\{[{%#]")

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign),
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword),
    *(nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.CondExpr),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat),
    *(nodes.Add, nodes.Sub, nodes.Neg, nodes.Pos),
)
_FILTERS = (
    *("capitalize", "count", "default", "dictsort", "first", "last", "length", "list", "lower"),
    *("sort", "title", "trim", "unique", "upper"),
)


class Unfillable(GallamaError):
    """A text whose blanks cannot be filled with the values given."""

    def __init__(self, place: Place, reason: str) -> None:
        super().__init__(reason)
        self.place = place


class _Unfit(TemplateError):
    """A value that a text cannot hold."""


def _finalized(value: Any) -> Any:
    """What a blank puts into a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Undefined):
        return value
    kind = {dict: "an object", list: "a list", type(None): "null"}.get(type(value), "this value")
    raise _Unfit(f"{kind} is no text: join it, or write it with tojson")


def _join(values: Iterable[Any], separator: str = "") -> str:
    """Jinja's, which would join a million empty texts with a million letters each."""
    texts = [str(_finalized(value)) for value in values]
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_CHARACTERS:
        raise _Unfit(_TOO_LONG)
    return separator.join(texts)


def _any_of(values: Iterable[Any]) -> str:
    """A regular expression for one of these texts, whatever letters they have."""
    texts = [str(_finalized(value)) for value in values]
    if not texts:
        raise _Unfit("any_of needs at least one text")
    return f"(?:{_join([_SYNTAX.sub(_ESCAPED, text) for text in texts], '|')})"


def _tojson(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_TOO_LONG = f"becomes longer than {MAX_CHARACTERS} characters"


class _Sandbox(ImmutableSandboxedEnvironment):
    """Values have items, and no attributes."""

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=StrictUndefined,
            finalize=_finalized,
        )
        self.globals.clear()
        self.filters = {name: FILTERS[name] for name in _FILTERS}
        self.filters |= {"any_of": _any_of, "join": _join, "tojson": _tojson}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext):  # loop.first, loop.index ...
            return super().getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, dict | list | str):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=argument)


_SANDBOX = _Sandbox()


class _Text:
    """A text with blanks."""

    def __init__(self, tree: nodes.Template) -> None:
        for loop in tree.find_all(nodes.For):  # each round comes up for a look at the clock
            loop.body.insert(0, nodes.Output([nodes.TemplateData("")]))
        code = _SANDBOX.compile(tree)
        self._template = Template.from_code(_SANDBOX, code, {})

    def fill(self, values: Mapping[str, Any], budget: "_Budget") -> str:
        parts = []
        for part in self._template.generate(values):
            budget.spend(len(part))
            parts.append(part)
        return "".join(parts)


class _Value:
    """A text that is one blank: it becomes the value."""

    def __init__(self, expression: str) -> None:
        self._expression = _SANDBOX.compile_expression(expression, undefined_to_none=False)

    def fill(self, values: Mapping[str, Any], budget: "_Budget") -> Any:
        value = self._expression(**values)
        if isinstance(value, Undefined):
            str(value)  # raises what StrictUndefined has to say
        text = json.dumps(value)
        budget.spend(len(text))
        return json.loads(text)  # the caller's own copy


class _Budget:
    def __init__(self) -> None:
        self._end = time.monotonic() + MAX_SECONDS
        self._left = MAX_CHARACTERS

    def spend(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise _Unfit(_TOO_LONG)
        if time.monotonic() > self._end:
            raise _Unfit(f"takes longer than {MAX_SECONDS:g} s to fill in")


class Blanks:
    """A tree of plain values whose texts are templates; its keys are not."""

    def __init__(self, tree: Any) -> None:
        self.faults: list[tuple[Place, str]] = []
        self.names: dict[str, set[Place]] = {}
        self._tree = self._compiled(tree, ())

    def fill(self, values: Mapping[str, Any]) -> Any:
        """The tree with its blanks filled. Raises Unfillable."""
        return _filled(self._tree, values, _Budget(), ())

    def _compiled(self, tree: Any, place: Place) -> Any:
        if isinstance(tree, dict):
            return {key: self._compiled(value, (*place, key)) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self._compiled(value, (*place, i)) for i, value in enumerate(tree)]
        if not isinstance(tree, str) or not _MARKS.search(tree):
            return tree
        try:
            return self._template(tree, place)
        except TemplateSyntaxError as error:
            self.faults.append((place, f"is no template, line {error.lineno}: {error.message}"))
            return tree

    def _template(self, source: str, place: Place) -> _Text | _Value:
        tree = _SANDBOX.parse(source)
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED):
                what = type(node).__name__.lower()
                raise TemplateSyntaxError(f"a recipe has no {what!r}, only values", node.lineno)
        for name in meta.find_undeclared_variables(tree):
            self.names.setdefault(name, set()).add(place)
        if place[:1] != ("messages",) and _is_one_blank(tree):
            return _Value(source.strip()[2:-2].strip("-+"))
        return _Text(tree)


def _is_one_blank(tree: nodes.Template) -> bool:
    match tree.body:
        case [nodes.Output(nodes=[expression])]:
            return not isinstance(expression, nodes.TemplateData)
    return False


def _filled(tree: Any, values: Mapping[str, Any], budget: _Budget, place: Place) -> Any:
    if isinstance(tree, dict):
        return {key: _filled(value, values, budget, (*place, key)) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_filled(value, values, budget, (*place, i)) for i, value in enumerate(tree)]
    if not isinstance(tree, _Text | _Value):
        return tree
    try:
        return tree.fill(values, budget)
    except (TemplateError, TypeError, ValueError, RecursionError) as error:
        raise Unfillable(place, str(error).rstrip(".")) from error
