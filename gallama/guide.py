"""From what a request declares about its reply to one grammar, and to what holds a reply to it.

    guides = Guides(dialect, engine, "llguidance", vocabulary)
    constraint = guides.chat(guide, reasoning)     # a chat's reply: reasoning, words, tool calls
    constraint = guides.text(guide)                # a text's: its words alone
    constraint.matcher.fork(), constraint.extractor()
    constraint = guides.free(reasoning)            # nothing is declared: a reply as it comes

Raises PlanError, naming the field and the place in it, where a declaration cannot be enforced.
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import compilers
from compilers import clock, collection
from compilers.closing import Closing
from compilers.extract import Extractor
from compilers.frontends.declared import only_declared
from compilers.frontends.surface import Surface
from compilers.frontends.tools import BARE, PARTS, REASONING, Reasoning
from compilers.ir import Special, walk
from compilers.latest import Latest
from gallama.budget import Speller
from gallama.dialect import Dialect
from gallama.errors import EngineFailure, LoadError, PlanError
from gallama.types import Engine, Guide, Matcher, Vocabulary
from gallama.watched import Pieces, watched

MAX_GRAMMARS = 256  # compiled ones kept
MAX_LETTERS = 500_000  # of one grammar's text, which its engine reads in about a second

NO_GUIDE = Guide()
_OF_A_TOOL = re.compile(r"/(\d+)/function((?:/parameters|/name)?)(.*)", re.DOTALL)
BARE_WORDS = Surface(reasoning=None, tags=())


@dataclass(frozen=True)
class Constraint:
    """A compiled grammar. `matcher`: at the beginning of a reply, to be forked for each; None:
    nothing holds a reply to the grammar, which only tells what is what in it. `extraction` takes
    replies apart, None where all is content but the first `lead` characters; `thinking` is the
    template that the reasoning fills."""

    grammar: compilers.Grammar
    notation: str  # of the engine
    matcher: Matcher | None
    extraction: compilers.Extraction | None = None
    lead: int = 0
    thinking: compilers.Grammar | None = None

    @cached_property
    def closing(self) -> Closing:
        """What closes a reply early, for those that have a budget. Raises CompileError."""
        return compilers.closing_of(self.grammar, self.notation, REASONING)

    @cached_property
    def closing_of_reasoning(self) -> Closing:
        """The same, where only the reasoning is closed: nothing is watched in it."""
        if not self.grammar.watched:
            return self.closing
        said = compilers.unwatched(self.grammar)
        return compilers.closing_of(said, self.notation, REASONING)

    def extractor(self) -> Extractor | None:
        if self.extraction is None:
            return None
        return (
            self.extraction.loose("content")
            if self.matcher is None
            else self.extraction.extractor()
        )


def _only_its_own(name: str) -> Dialect:
    raise LoadError(f"dialect: there is no {name!r} here")


class Guides:
    """The constraints of one model, by what was declared; may be called from any thread.

    `find` makes another dialect of its name, as this model's chat template speaks it.
    """

    def __init__(
        self,
        dialect: Dialect,
        engine: Engine,
        notation: str,
        vocabulary: Vocabulary,
        find: Callable[[str], Dialect] = _only_its_own,
    ) -> None:
        self.dialect = dialect
        self._engine = engine
        self._notation = notation  # what compilers.emit writes for the engine
        self._vocabulary = vocabulary
        self._find = find
        self._lock = threading.Lock()
        self._known = Latest[tuple[Guide | None, Reasoning | None], Constraint](MAX_GRAMMARS)
        self._others: dict[str, Guides] = {}

    def of(self, dialect: str | None) -> "Guides":
        """Those of another dialect; None: these. Raises PlanError, naming those there are."""
        if dialect is None or dialect == self.dialect.name:
            return self
        if dialect not in self._others:
            try:
                found = self._find(dialect)
            except LoadError as error:
                raise PlanError(f"{error}.", "dialect") from error
            self._others[dialect] = Guides(found, self._engine, self._notation, self._vocabulary)
        return self._others[dialect]

    @cached_property
    def pieces(self) -> Pieces:
        return Pieces(self._vocabulary)

    @cached_property
    def speller(self) -> Speller:
        return Speller(self._vocabulary)

    def text(self, guide: Guide) -> Constraint:
        return self._kept((guide, None), lambda: self._words(guide))

    def chat(self, guide: Guide, reasoning: Reasoning, bounded: bool = False) -> Constraint:
        """`reasoning`: where the reply begins (see Dialect.reasoning); `bounded`: where it may
        begin with reasoning, that has a budget, so it must be told from the words."""
        if guide.thinking is not None and reasoning != "inside":
            reasoning = "must"
        bounded = bounded and not guide.shapes_content
        in_phases = guide.tools or bounded or reasoning in ("inside", "must")
        if not in_phases and self.dialect.surface.content == BARE:
            return self.text(guide)
        return self._kept((guide, reasoning), lambda: self._whole(guide, reasoning))

    def free(self, reasoning: Reasoning) -> Constraint | None:
        """Of a chat's reply about which nothing is declared; None where it is all content."""
        if reasoning == "no" and self.dialect.surface.content == BARE:
            return None
        return self._kept((None, reasoning), lambda: self._free(reasoning))

    def _free(self, reasoning: Reasoning) -> Constraint:
        grammar = self.dialect.grammar(self._vocabulary, reasoning=reasoning, held=False)
        return Constraint(grammar, self._notation, None, compilers.Extraction(grammar))

    def _kept(
        self, key: tuple[Guide | None, Reasoning | None], make: Callable[[], Constraint]
    ) -> Constraint:
        with self._lock:
            found = self._known.use(key)
        if found is not None:
            return found
        param = "messages" if key[0] is None else key[0].param or "messages"
        try:
            with clock.limited(), collection.put_off():
                made = make()
        except compilers.TooLarge as error:  # the whole takes too long, or goes too deep
            raise _refused(str(error), param) from error
        with self._lock:
            return self._known.put(key, made)

    def _words(self, guide: Guide) -> Constraint:
        """Of a reply that is all words."""
        grammar = content(guide)
        if guide.lead or grammar is None:
            grammar = compilers.tools(content=grammar, surface=BARE_WORDS, lead=guide.lead)
        matcher = self._matcher(grammar, guide)
        return Constraint(grammar, self._notation, matcher, lead=len(guide.lead))

    def _whole(self, guide: Guide, reasoning: Reasoning) -> Constraint:
        """Of a reply with phases: one grammar for the engine and for the extraction."""
        grammar = whole(guide, reasoning, self.dialect, self._vocabulary)
        try:
            extraction = compilers.Extraction(grammar)
        except compilers.CompileError as error:
            raise _refused_whole(error, guide) from error
        matcher = self._matcher(grammar, guide)
        template = thinking(guide)
        return Constraint(grammar, self._notation, matcher, extraction, thinking=template)

    def _matcher(self, grammar: compilers.Grammar, guide: Guide) -> Matcher:
        param = guide.param or "messages"
        if guide.grammar is not None:
            self._check_tokens(grammar, param)
        try:
            said = compilers.unwatched(grammar)
            text = compilers.emit(said, self._notation, self._vocabulary.special)
            if len(text) > MAX_LETTERS:
                reason = f"a grammar of {len(text)} letters, of which {MAX_LETTERS} are taken"
                raise compilers.TooLarge(reason, kind="size")
            matcher = self._engine.compile(text, self._vocabulary)
            return watched(matcher, grammar, self._notation, lambda: self.pieces)
        except compilers.CompileError as error:
            raise _refused_at(error, guide, param) from error
        except EngineFailure as error:
            raise _refused(f"the mask engine does not take it: {error}", param) from error

    def _check_tokens(self, grammar: compilers.Grammar, param: str) -> None:
        """Raises PlanError where a grammar names a special token that this model does not have, or
        that ends a reply wherever it stands."""
        known = self._vocabulary.special
        ends = self._vocabulary.end_tokens | self.dialect.end_tokens(self._vocabulary)
        for node in (each for rule in grammar.rules.values() for each in walk(rule)):
            if isinstance(node, Special) and node.name not in known:
                there = f"there are {', '.join(sorted(known))}" if known else "there is none"
                raise _refused(f"this model has no token {node.name!r}; {there}", param)
            if isinstance(node, Special) and known[node.name] in ends:
                raise _refused(f"the token {node.name!r} ends a reply: leave it out", param)


def whole(
    guide: Guide, reasoning: Reasoning, dialect: Dialect, vocabulary: Vocabulary
) -> compilers.Grammar:
    """The grammar of a reply with phases. Raises PlanError."""
    choice: Any = guide.tool_choice if guide.tools else "none"
    if guide.allowed:
        tools = [{"type": "function", "function": {"name": name}} for name in guide.allowed]
        choice = {"type": "allowed_tools", "allowed_tools": {"mode": choice, "tools": tools}}
    try:
        return dialect.grammar(
            vocabulary,
            tools=json.loads(guide.tools or "[]"),
            tool_choice=choice,
            parallel=guide.parallel,
            reasoning=reasoning,
            content=content(guide),
            thinking=thinking(guide),
            lead=guide.lead,
        )
    except compilers.CompileError as error:
        raise _refused_whole(error, guide) from error


def content(guide: Guide) -> compilers.Grammar | None:
    """The grammar of a reply's words, None where they are free. Raises PlanError."""
    if not guide.shapes_content:
        return None
    try:
        if guide.schema is not None:
            return compilers.json_schema(only_declared(json.loads(guide.schema)))
        if guide.choice:
            return compilers.choice(guide.choice)
        if guide.grammar is not None:
            return compilers.grammar_text(guide.grammar)
        return compilers.regex(guide.regex, guide.prefix)
    except compilers.CompileError as error:
        raise _refused(str(error), guide.param) from error


def thinking(guide: Guide) -> compilers.Grammar | None:
    """The grammar of a reply's thinking, None where it is free. Raises PlanError."""
    if guide.thinking is None:
        return None
    try:
        return compilers.template(guide.thinking)
    except compilers.CompileError as error:
        raise _refused(str(error), "thinking_template") from error


def function_path(param: str, index: int) -> str:
    """Where a function stands in a request that has it in `tools` or in `functions`."""
    return f"tools[{index}].function" if param == "tools" else f"functions[{index}]"


def _refused_whole(error: compilers.CompileError, guide: Guide) -> PlanError:
    return _refused_at(error, guide, guide.tools_param if guide.tools else guide.param)


def _refused_at(error: compilers.CompileError, guide: Guide, param: str) -> PlanError:
    """At the field that declares what it is about, or at the function whose schema that is; at
    `param` where that is not known."""
    part, _, place = error.where.partition(" ")
    if part in PARTS:
        field = "thinking_template" if part == "thinking" else guide.param
        return _refused(f"{place}: {error.message}" if place else error.message, field)
    found = _OF_A_TOOL.fullmatch(error.where) if guide.tools else None
    if found is None:
        return _refused(str(error), param)
    function = function_path(guide.tools_param, int(found[1]))
    reason = f"{found[3]}: {error.message}" if found[3] else error.message
    return _refused(reason, function + found[2].replace("/", "."))


def _refused(reason: str, param: str) -> PlanError:
    return PlanError(f"{param}: cannot be enforced: {reason}", param, "unsupported_constraint")
