"""The members of an object as parameters in tags, in place of a JSON object.

    <parameter=city>
    Hué
    </parameter>

A value that is a string stands there as it is; others as JSON. The captures say which:

    key      a parameter's name, as it is
    text     a string, as it is
    value    JSON
    scalar   JSON if it reads as null, true, false or a number, else a string as it is

A string that holds what ends its parameter cannot be written, nor, where other types are allowed
too and nothing else tells them apart, one that reads as a value of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from compilers.frontends.json_schema.algebra import SCALARS, STRUCTURES
from compilers.frontends.json_schema.document import Document
from compilers.frontends.json_schema.lower import Lowering
from compilers.frontends.json_schema.satisfy import is_empty
from compilers.frontends.json_schema.shapes import NO, Conj, conj
from compilers.frontends.json_schema.sources import NAMES, Sources
from compilers.frontends.json_schema.spelling import Style
from compilers.frontends.json_schema.watches import Watches
from compilers.frontends.surface import Tags
from compilers.ir import (
    EMPTY,
    NOTHING,
    Capture,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    choice,
    sequence,
)
from compilers.regular import (
    EVERY,
    NEVER,
    Expr,
    both,
    cat,
    chars,
    either,
    maybe,
    other_than,
    plus,
    span,
    star,
    text,
)
from compilers.watch import Watch, watching

CHANNEL = "tool_calls"

_DIGITS = plus(span("0", "9"))
_NUMBER = cat(
    maybe(text("-")),
    either(text("0"), cat(span("1", "9"), star(span("0", "9")))),
    maybe(cat(text("."), _DIGITS)),
    maybe(cat(chars("eE"), maybe(chars("+-")), _DIGITS)),
)
SCALAR = either(text("null"), text("true"), text("false"), _NUMBER)
_OPENS = {"object": text("{"), "array": text("[")}


@dataclass(frozen=True, slots=True)
class Notation:
    """What stands around a parameter's name and its value.

    `text` and `json` are (before the name, between both, after the value), of strings and of
    other values; equal where nothing but the value tells them apart. `tags` are those in them.
    """

    text: tuple[str, str, str]
    json: tuple[str, str, str]
    tags: Tags

    def until(self, end: str) -> Expr:
        """The texts that may stand before this markup: all, where a token is in it."""
        return EVERY if self.tags.spells(end) else until(end)


def parse(
    schema: Any,
    notation: Notation,
    style: Style,
    prefix: str = "",
    sources: Sources | None = None,
) -> Grammar:
    """The grammar of an object's members as parameters. `prefix` and `sources` as for
    json_schema.lowered, errors as those of json_schema.parse."""
    document = Document(schema)
    lowering = _Parameters(document, style, notation, prefix, sources)
    return lowering.run(conj((document.root, True)))


class _Parameters(Lowering):
    """Makes the rules of the whole; another Lowering, with the same rules, those of the JSON in it.

    `item` and `_braces`: nothing stands between two parameters or around them all.
    """

    def __init__(
        self,
        document: Document,
        style: Style,
        notation: Notation,
        prefix: str,
        sources: Sources | None,
    ) -> None:
        super().__init__(document, style, prefix, sources)
        self._json = Lowering(document, style, prefix, sources)
        self._json._expander, self._json._rules = self._expander, self._rules
        self._notation = notation
        self._markups = (notation.text, notation.json)
        self._watches: Watches | None = None
        self._watch: Watch | None = None  # of the object
        self._watch_of: dict[str, Watch] = {}  # by the rule of a value
        self.item = Literal("")
        self._braces = EMPTY, EMPTY

    def run(self, wanted: Conj) -> Grammar:
        """Once more where something is watched: only then is it known what, and each value in which
        something is gets a rule."""
        grammar = self._made_of(wanted)
        if not self._json._distinct:
            return grammar
        self._watches = Watches(self._expander, self._json._distinct)
        self._watch = self._watches.of(wanted)
        self._members.clear()
        return watching(self._made_of(wanted), self._watch_of)

    def _made_of(self, wanted: Conj) -> Grammar:
        shapes = self._expander.objects(wanted) if "object" in self._expander.kinds(wanted) else ()
        self._owner = wanted
        found = [self._object(shape) for shape in shapes]
        start = f"{self._prefix}parameters"
        self._rules[start] = choice(*(node for node in found if node != NOTHING))
        if self._sources is not None:
            self._sources.put_rule(start, wanted)
        return self._json._finish(start)

    def _written(self, value: Any) -> Node:
        """One object that the schema lists as a whole."""
        return sequence(*(self._listed_member(name, each) for name, each in value.items()))

    def _listed_member(self, name: str, value: Any) -> Node:
        if isinstance(value, str):
            return self._around(Literal(name), self._raw("text", text(value), self._owner))
        written = Capture("value", self._json._written(value), CHANNEL)
        return self._around(Literal(name), written, json=True)

    def _member(self, name: str, child: Conj) -> Node:
        """Watched as it is in any alternative of the object: they may not be told apart yet."""
        watch = None if self._watch is None else self._watch.member(name)
        return self._parameter(Literal(name), child, watch)

    def pair(self, names: Expr, child: Conj) -> Node:
        names = both(names, *(self._notation.until(each[1]) for each in self._markups))
        if self._sources is not None:
            self._sources.put_language(names, self._expander, self._owner, NAMES)
        watch = None if self._watches is None else self._watches.of(child)
        return NOTHING if is_empty(names) else self._parameter(Regular(names), child, watch)

    def _parameter(self, key: Node, child: Conj, watch: Watch | None) -> Node:
        if NO in child:
            return NOTHING
        kinds = self._expander.kinds(child)
        strings = self._expander.language(child, "string") if "string" in kinds else NEVER
        others = tuple(kind for kind in kinds if kind != "string")
        if self._notation.text == self._notation.json:
            return self._around(key, *self._mixed(child, strings, others, watch))
        of_text = self._around(key, self._raw("text", strings, child, "string"))
        of_json = self._around(key, self._valued(child, others, watch), json=True)
        return choice(*(node for node in (of_text, of_json) if node != NOTHING))

    def _around(self, key: Node, *values: Node, json: bool = False) -> Node:
        """A parameter; what ends it stands behind each of the values that it may have, so that
        an engine that lexes greedily takes both as one terminal."""
        before, between, after = map(self._notation.tags.node, self._markups[json])
        ended = [sequence(value, after) for value in values if value != NOTHING]
        return sequence(before, Capture("key", key, CHANNEL), between, choice(*ended))

    def _raw(self, name: str, language: Expr, wanted: Conj, *kinds: str) -> Node:
        """Text as it is, which does not hold what ends it: values of these types."""
        expr = both(language, self._notation.until(self._notation.text[2]))
        if self._sources is not None:
            self._sources.put_language(expr, self._expander, wanted, *kinds)
        return NOTHING if is_empty(expr) else Capture(name, Regular(expr), CHANNEL)

    def _valued(self, child: Conj, kinds: Sequence[str], watch: Watch | None) -> Node:
        """JSON of these types."""
        if set(kinds) == set(self._expander.kinds(child)):
            node = self._json.node(child)
        else:
            node = self._json._value(child, kinds)
        if node == NOTHING:
            return NOTHING
        if watch is not None:
            name = f"{self._prefix}w{len(self._watch_of)}"
            self._rules[name], self._watch_of[name] = node, watch
            node = Ref(name)
        return Capture("value", node, CHANNEL)

    def _mixed(
        self, child: Conj, strings: Expr, others: Sequence[str], watch: Watch | None
    ) -> tuple[Node, ...]:
        """Strings and other values in one place, told apart by how they read."""
        if is_empty(strings):
            return (self._valued(child, others, watch),)
        structures = tuple(kind for kind in others if kind in STRUCTURES)
        kinds = tuple(kind for kind in others if kind in SCALARS)
        scalars = [self._expander.language(child, kind) for kind in kinds]
        if others:
            opens = [cat(_OPENS[kind], EVERY) for kind in structures]
            strings = both(strings, other_than(either(SCALAR, *opens)))
        language = either(strings, *scalars)
        raw = self._raw("scalar" if scalars else "text", language, child, "string", *kinds)
        return (raw, self._valued(child, structures, watch)) if structures else (raw,)


def until(end: str) -> Expr:
    """The texts before which `end` cannot be thought to begin when it follows them.

    White space at its end does not count: no text holds the tag in it, however it goes on.
    """
    end = end.rstrip() or end
    borders = [k for k in range(1, len(end)) if end[:k] == end[-k:]]
    early = [cat(EVERY, text(end[:-k])) for k in borders]
    return both(*map(other_than, (cat(EVERY, text(end), EVERY), *early)))
