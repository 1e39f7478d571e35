"""A whole reply to the grammar of it: reasoning, then words, tool calls, or both.

    auto        words, then calls of any tool (OpenAI's list), or words alone
    required    one call at least; no words
    none        words alone
    a name      calls of this tool only, at least one

How all that is written is a Surface. The captures, by channel:

    reasoning     "reasoning"
    content       "lead" if one is asked for, then "content"
    tool_calls    "name" begins a call; then "arguments", which is JSON, or for each parameter what
                  json_schema.parameters says ("key", then "text", "value" or "scalar")
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from typing import Literal as OneOf

from compilers import clock, collection
from compilers.errors import CompileError, Contradiction, Malformed
from compilers.frontends import json_schema
from compilers.frontends.declared import only_declared
from compilers.frontends.json_schema import kept, parameters
from compilers.frontends.json_schema.parameters import Notation
from compilers.frontends.json_schema.sources import Sources
from compilers.frontends.surface import IDS, Surface, Tags, split
from compilers.ir import (
    EMPTY,
    NOTHING,
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Note,
    Origin,
    Ref,
    Regular,
    Repeat,
    Watched,
    choice,
    maybe,
    renamed,
    sequence,
)
from compilers.regular import (
    EVERY,
    Expr,
    both,
    cat,
    chars,
    derivative,
    either,
    is_empty,
    other_than,
    plus,
    span,
    star,
    text,
    times,
    without,
)

MAX_TOOLS = 1_000
NO_PARAMETERS = {"type": "object", "properties": {}, "additionalProperties": False}

Reasoning = OneOf["no", "may", "must", "inside"]
"""Whether the reply reasons first. "inside": it begins in the middle, the tag has been written."""

REASONING = "reasoning"
"""The rule that holds the reasoning with its tags, which all that follows stands behind."""

PARTS = frozenset(["content", "thinking"])
"""What may be given as a grammar of its own: places in it begin with that word and a space."""

HERMES = Surface()
BARE = "{content}"

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SPACE = chars(" \t\r\n")
_GAP = maybe(Regular(times(_SPACE, 1, 4)))
"""White space that belongs to no channel; the text after it does not begin with any. It has an
end: a model that is held to what it would not say writes white space as long as it may."""
_ANY_GAP = maybe(Regular(plus(_SPACE)))
_INDENTED = cat(_SPACE, EVERY)
_LETTER = either(span("a", "z"), span("A", "Z"), span("0", "9"))
_HOLES = {"id": Regular(times(_LETTER, IDS, IDS)), "index": Regular(plus(span("0", "9")))}


@collection.put_off()
def parse(
    tools: Any = None,
    tool_choice: str | Mapping[str, Any] = "auto",
    parallel: bool = True,
    surface: Surface = HERMES,
    *,
    special: Collection[str] = (),
    reasoning: Reasoning = "no",
    content: Grammar | None = None,
    thinking: Grammar | None = None,
    lead: str = "",
    held: bool = True,
) -> Grammar:
    """The grammar of a whole reply. `tool_choice` is OpenAI's, or the name of a tool.

    `special` are the special tokens of the vocabulary. `content` and `thinking` are what the words
    and the reasoning must be, in place of free text; `lead` is a text that stands before the words.
    `held`: whether a reply will be held to the grammar; one that is not may leave more white space.
    Raises CompileError, placed in `tools`; what cannot be printed may be in PARTS.
    """
    reply = _Reply(surface, special, lead, _GAP if held else _ANY_GAP)
    choice, functions = _chosen(tools, tool_choice)
    reply.take("content", content)
    reply.take("thinking", thinking)
    if functions:
        reply.call(functions, parallel)
    return reply.whole(reasoning, choice != "required", bool(tools))


def _chosen(tools: Any, tool_choice: Any) -> tuple[str, dict[str, tuple[Any, str]]]:
    """Whether one must be called ("auto", "required" or "none"), and the tools that may be."""
    choice, names = _choice(tool_choice)
    functions = {} if tools is None else _functions(tools)
    if choice == "required" and not functions:
        raise Malformed("tool_choice: there are no tools to choose from", kind="tools")
    for name in names:
        if name not in functions:
            raise Malformed(f"tool_choice: there is no tool {name!r}", kind="tools")
    if choice == "none":
        return choice, {}
    return choice, {n: functions[n] for n in functions if n in names or not names}


def _choice(said: Any) -> tuple[str, list[str]]:
    """What a tool_choice asks for ("auto", "required", "none"), and of which tools, if not all."""
    if said in ("auto", "required", "none"):
        return said, []
    match said:
        case str():
            return "required", [said]
        case {"function": {"name": str(name)}}:
            return "required", [name]
        case {"allowed_tools": {"mode": "auto" | "required" as mode, "tools": [_, *_] as tools}}:
            return mode, [name for each in tools for name in _choice(each)[1]]
    raise Malformed(f"tool_choice: {said!r} is none of OpenAI's", kind="tools")


def _functions(tools: Any) -> dict[str, tuple[Any, str]]:
    """Each tool's parameters by its name, and where they stand."""
    if not isinstance(tools, list) or not 0 < len(tools) <= MAX_TOOLS:
        raise Malformed(f"tools must be a list of 1 to {MAX_TOOLS}", kind="tools")
    found: dict[str, tuple[Any, str]] = {}
    for i, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(name, str) or not name:
            raise Malformed("a tool needs a function with a name", f"/{i}", "tools")
        if not _NAME.fullmatch(name):
            allowed = "1 to 64 letters, digits, underscores, dots and dashes"
            raise Malformed(f"a name is {allowed}, not {name!r}", f"/{i}/function/name", "tools")
        if name in found:
            raise Malformed(f"two tools are named {name!r}", f"/{i}/function/name", "tools")
        assert isinstance(function, dict)
        schema = function.get("parameters")
        where = f"/{i}/function/parameters"
        found[name] = (NO_PARAMETERS if schema is None else schema, where)
    return found


def _of_objects(schema: Any) -> Any:
    """A tool's arguments are an object, whether its schema says so or not."""
    if schema is True:
        return {"type": "object"}
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type", "object")
    if kind == "object" or (isinstance(kind, list) and "object" in kind):
        return {**schema, "type": "object"}
    raise Malformed(f"a tool's arguments are an object, not of type {kind!r}", "/type", "tools")


class _Reply:
    """The rules of one reply, gathered."""

    def __init__(self, surface: Surface, special: Collection[str], lead: str, gap: Node) -> None:
        self._surface = surface
        self._tags = Tags(surface, special)
        self._notation = _notation(surface, self._tags)
        self._how = repr((surface.style, self._notation))  # arguments are written
        self._lead = lead
        self._gap = gap
        self._rules: dict[str, Node] = {}
        self._values: dict[str, str] = {}
        self._notes: list[Note] = []
        self._watched: dict[str, Watched] = {}
        self._origins: list[Origin] = []
        self._opening: Node = EMPTY
        self._delimited = True  # by tags, and by JSON

    def take(self, name: str, grammar: Grammar | None) -> None:
        """A grammar from elsewhere, as the rule `name`."""
        if grammar is not None:
            part = renamed(grammar, f"{name}_")
            self._watched |= part.watched
            rules = {**part.rules, name: Ref(part.start)}
            self._rules |= rules
            self._values |= part.values
            self._origins += [_within(f"{name} ", each) for each in part.origins]
            self._origins.append(Origin(name, rules, lambda: {name: ("",)}))
            self._notes += part.notes
            self._delimited &= part.delimited

    # --- calls

    def call(self, functions: dict[str, tuple[Any, str]], parallel: bool) -> None:
        """The rule "calls": all calls of a reply, behind the text that they all begin with.

        That text is kept apart so that it stands right behind the words before it: an engine that
        lexes greedily takes both as one terminal.
        """
        arguments: dict[str, Node] = {}
        for name, (schema, where) in functions.items():
            part = self._arguments(schema, where)
            for rule, each in part.watched.items():
                self._watched.setdefault(rule, Watched(each.watch, where + each.where))
            self._rules |= part.rules
            self._values |= part.values
            self._origins += [_within(where, each) for each in part.origins]
            whole = Ref(part.start)
            parameters = self._surface.parameter is not None
            arguments[name] = whole if parameters else Capture("arguments", whole, "tool_calls")
            self._notes += [Note(where + note.where, note.message) for note in part.notes]
        opening = self._tags.common(split(each)[0] for each in self._surface.spellings)
        spelled = [self._spelled(each, opening, arguments) for each in self._surface.spellings]
        self._rules["call"] = choice(*spelled)
        before, _, after = split(self._surface.calls)
        more: Node = EMPTY
        if parallel and self._surface.between is not None:
            another = self._tags.node(self._surface.between + opening)
            more = Repeat(sequence(another, Ref("call")))
        self._opening = self._tags.node(before + opening)
        self._rules["calls"] = sequence(Ref("call"), more, self._tags.node(after))

    def _arguments(self, schema: Any, where: str) -> Grammar:
        style, notation = self._surface.style, self._notation
        how = self._how

        def make(schema: Any, content: bytes, sources: Sources | None) -> Grammar:
            declared = only_declared(_of_objects(schema))
            prefix = kept.prefix(content, how, where)
            if notation is None:
                return json_schema.lowered(declared, style, prefix, sources)
            return parameters.parse(declared, notation, style, prefix, sources)

        try:
            with clock.limited():
                return kept.once(schema, how, make)
        except CompileError as error:
            raise type(error)(error.message, where + error.where, error.kind) from error

    def _spelled(self, spelling: str, opening: str, arguments: Mapping[str, Node]) -> Node:
        """A call in one spelling, behind its opening: the text before the name, then each tool,
        with these arguments."""
        pieces = split(spelling.removeprefix(opening))
        at, hole = pieces.index("name"), pieces.index("arguments")
        before = self._pieces(pieces[:at])
        between = self._pieces(pieces[at + 1 : hole])
        after = self._pieces(pieces[hole + 1 :])
        bodies = [
            sequence(Capture("name", Literal(name), "tool_calls"), *between, whole, *after)
            for name, whole in arguments.items()
        ]
        # No two have one name, so none is there twice.
        return sequence(*before, bodies[0] if len(bodies) == 1 else Choice(tuple(bodies)))

    def _pieces(self, pieces: Iterable[str]) -> list[Node]:
        """Text and holes in turn, from a text to a text."""
        return [
            _HOLES[piece] if i % 2 else self._tags.node(piece) for i, piece in enumerate(pieces)
        ]

    # --- the whole

    def whole(self, reasoning: Reasoning, words: bool, tools: bool) -> Grammar:
        """`words`: there may be words. `tools`: they hold nothing that would pass for a call."""
        signs = self._signs() if tools else ()
        if reasoning == "no" or (self._surface.reasoning is None and "thinking" not in self._rules):
            start = self._body((), words, signs)
        else:
            bars = self._opens_reasoning()
            behind = bars if self._lead else (_INDENTED, *bars)
            bare = self._surface.content == BARE and not self._lead[:1].isspace()
            gap = self._gap if bare else EMPTY
            self._rules[REASONING] = self._thinking(reasoning == "inside")
            start = sequence(Ref(REASONING), gap, self._body(behind, words, signs))
            if reasoning == "may":
                start = choice(start, self._body(bars, words, signs))
        rules = {"start": start, **self._rules}
        notes, origins = tuple(self._notes), tuple(self._origins)
        return Grammar(rules, "start", notes, self._values, self._delimited, self._watched, origins)

    def _opens_reasoning(self) -> tuple[Expr, ...]:
        """How words may not begin, since it would begin the reasoning."""
        tag = self._tags.plain(split(self._surface.reasoning or "")[0])
        return () if tag is None else (_begun(tag),)

    def _thinking(self, inside: bool) -> Node:
        """From the opening tag, or behind it, to behind the closing one; thinking of a given form
        needs no tags."""
        before, _, after = split(self._surface.reasoning or "{reasoning}")
        end = self._tags.plain(after)
        words = _words(() if end is None else (end,), (_INDENTED,))
        if "thinking" in self._rules:
            words = Ref("thinking")
        opening = EMPTY if inside or not before else self._led(before)
        thought = Capture("reasoning", words, "reasoning")
        return sequence(opening, self._gap, thought, self._tags.node(after))

    def _led(self, markup: str) -> Node:
        """With white space before it or not: as one terminal, where it is text like the words that
        could stand in its place."""
        if self._surface.content != BARE:
            return self._tags.node(markup)
        node = self._tags.node(markup)
        if isinstance(node, Literal):
            return Regular(cat(star(_SPACE), text(node.text)))
        return sequence(self._gap, node)

    def _body(self, bars: tuple[Expr, ...], words: bool, signs: tuple[str, ...]) -> Node:
        """What follows the reasoning. The words begin with none of the `bars`, and hold none of
        the `signs`; where they do not stand before calls, they begin with none."""
        calls = sequence(self._opening, Ref("calls")) if "calls" in self._rules else NOTHING
        if not words:
            return calls
        surface = self._surface
        stops = signs
        if surface.preamble is None:
            stops, bars = (), (*bars, *map(_begun, signs))
        said = self._said(surface.content, stops, bars)
        if surface.preamble is None or calls == NOTHING or "content" in self._rules:
            return choice(*(node for node in (said, calls) if node != NOTHING))
        before = sequence(self._said(surface.preamble, stops, bars), calls)
        if surface.preamble == BARE and not self._lead:  # then words may be empty
            return choice(said, before)
        return choice(said, before, calls)

    def _said(self, markup: str, stops: tuple[str, ...], bars: tuple[Expr, ...]) -> Node:
        """Words in their markup. With markup before them nothing else can stand in their place,
        with markup after them nothing can follow them: so they need not be told apart."""
        before, _, after = split(markup)
        if after:
            end = self._tags.plain(after)
            stops = () if end is None else (end,)
        words = _words(stops, () if before else bars, self._lead)
        if "content" in self._rules:
            words = Ref("content")
        spoken: Node = Capture("content", words, "content")
        if self._lead:
            spoken = sequence(Capture("lead", Literal(self._lead), "content"), spoken)
        return sequence(self._tags.node(before), spoken, self._tags.node(after))

    def _signs(self) -> tuple[str, ...]:
        """The texts by which calls are told from words, where they are text."""
        surface, tags = self._surface, self._tags
        before = split(surface.calls)[0]
        found: list[str] = []
        for spelling in surface.spellings:
            opening = before + split(spelling)[0]
            sign = tags.first(opening)
            if sign == opening and surface.sign is not None:
                sign = surface.sign
            if not tags.spells(sign):
                found.append(sign)
        return tuple(dict.fromkeys(found))


def _within(where: str, origin: Origin) -> Origin:
    return Origin(where + origin.before, origin.rules, origin.table)


def _words(stops: tuple[str, ...], bars: tuple[Expr, ...], lead: str = "") -> Node:
    """Free text that, behind the lead, holds none of the `stops` and is none of the `bars`."""
    if not bars and not lead:
        return FreeText(stops)
    held = [cat(EVERY, text(stop), EVERY) for stop in stops]
    expr = both(EVERY, *map(other_than, (*held, *bars)))
    for letter in lead:
        expr = derivative(expr, ord(letter))
    if is_empty(expr):
        tags = ", ".join(map(repr, stops)) or "a tag"
        raise Contradiction(f"no words can begin with {lead!r}: {tags} would open something else")
    return FreeText(stops) if lead and expr == without(stops) else Regular(expr)


def _begun(tag: str) -> Expr:
    """The texts that begin with a tag, after white space or not."""
    return cat(star(_SPACE), text(tag), EVERY)


def _notation(surface: Surface, tags: Tags) -> Notation | None:
    """None: arguments are a JSON object."""
    if surface.parameter is None:
        return None
    return Notation(
        _parameter(surface.parameter), _parameter(surface.json_parameter or surface.parameter), tags
    )


def _parameter(markup: str) -> tuple[str, str, str]:
    before, _, between, _, after = split(markup)
    return before, between, after
