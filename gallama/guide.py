"""From what a request declares about its reply to one grammar, and to what holds a reply to it.

    guides = Guides(dialect, engine, "llguidance", vocabulary)
    constraint = guides.chat(guide, reasoning)     # a chat's reply: reasoning, words, tool calls
    constraint = guides.text(guide)                # a text's: its words alone
    constraint.matcher.fork(), constraint.extraction.extractor()

Raises PlanError, naming the field and the place in it, where a declaration cannot be enforced.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import compilers
from compilers.closing import Closing
from compilers.frontends.tools import REASONING, Reasoning
from gallama.budget import Speller
from gallama.dialect import Dialect
from gallama.errors import EngineFailure, PlanError
from gallama.types import Engine, Guide, Matcher, Vocabulary

MAX_GRAMMARS = 256  # compiled ones kept

NO_GUIDE = Guide()


@dataclass(frozen=True)
class Constraint:
    """A compiled grammar. `matcher`: at the beginning of a reply, to be forked for each;
    `extraction` takes replies apart, None where all is content."""

    grammar: compilers.Grammar
    matcher: Matcher
    extraction: compilers.Extraction | None = None

    @cached_property
    def closing(self) -> Closing:
        """What closes a reply early, for those that have a budget. Raises CompileError."""
        return Closing(self.grammar, REASONING)


class Guides:
    """The constraints of one model, by what was declared; may be called from any thread."""

    def __init__(
        self, dialect: Dialect, engine: Engine, notation: str, vocabulary: Vocabulary
    ) -> None:
        self.dialect = dialect
        self._engine = engine
        self._notation = notation  # what compilers.emit writes for the engine
        self._vocabulary = vocabulary
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[Guide, Reasoning | None], Constraint] = OrderedDict()

    @cached_property
    def speller(self) -> Speller:
        return Speller(self._vocabulary)

    def text(self, guide: Guide) -> Constraint:
        return self._kept((guide, None), lambda: self._words(guide))

    def chat(self, guide: Guide, reasoning: Reasoning) -> Constraint:
        """`reasoning`: where the reply begins (see Dialect.reasoning)."""
        if guide.thinking is not None and reasoning != "inside":
            reasoning = "must"
        if guide.shapes_content and not guide.tools and reasoning not in ("inside", "must"):
            return self.text(guide)
        return self._kept((guide, reasoning), lambda: self._whole(guide, reasoning))

    def _kept(
        self, key: tuple[Guide, Reasoning | None], make: Callable[[], Constraint]
    ) -> Constraint:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._known[key] = made
            while len(self._known) > MAX_GRAMMARS:
                self._known.popitem(last=False)
        return made

    def _words(self, guide: Guide) -> Constraint:
        grammar = content(guide)
        return Constraint(grammar, self._matcher(grammar, guide))

    def _whole(self, guide: Guide, reasoning: Reasoning) -> Constraint:
        """Of a reply with phases: one grammar for the engine and for the extraction."""
        words = content(guide) if guide.shapes_content else None
        thinking = None if guide.thinking is None else _template(guide.thinking)
        choice = guide.tool_choice
        named = {"type": "function", "function": {"name": choice.removeprefix("=")}}
        try:
            grammar = self.dialect.grammar(
                self._vocabulary,
                tools=json.loads(guide.tools or "[]"),
                tool_choice=named if choice.startswith("=") else choice if guide.tools else "none",
                parallel=guide.parallel,
                reasoning=reasoning,
                content=words,
                thinking=thinking,
            )
            extraction = compilers.Extraction(grammar)
        except compilers.CompileError as error:
            raise _refused(str(error), "tools" if guide.tools else guide.param) from error
        return Constraint(grammar, self._matcher(grammar, guide), extraction)

    def _matcher(self, grammar: compilers.Grammar, guide: Guide) -> Matcher:
        param = guide.param or ("tools" if guide.tools else "messages")
        options = {"tokens": self._vocabulary.special} if self._notation == "llguidance" else {}
        try:
            text = compilers.emit(grammar, self._notation, **options)
            return self._engine.compile(text, self._vocabulary)
        except compilers.CompileError as error:
            raise _refused(str(error), param) from error
        except EngineFailure as error:
            raise _refused(f"the mask engine does not take it: {error}", param) from error


def content(guide: Guide) -> compilers.Grammar:
    """The grammar of a reply's words. Raises PlanError."""
    try:
        if guide.schema is not None:
            return compilers.json_schema(json.loads(guide.schema))
        if guide.choice:
            return compilers.choice(guide.choice)
        if guide.grammar is not None:
            return compilers.lark_text(guide.grammar)
        return compilers.regex(guide.regex, guide.prefix)
    except compilers.CompileError as error:
        raise _refused(str(error), guide.param) from error


def _template(source: str) -> compilers.Grammar:
    try:
        return compilers.template(source)
    except compilers.CompileError as error:
        raise _refused(str(error), "thinking_template") from error


def _refused(reason: str, param: str) -> PlanError:
    return PlanError(f"{param}: cannot be enforced: {reason}", param, "unsupported_constraint")
