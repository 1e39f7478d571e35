"""From what a request declares about its reply to the grammar, and the mask engine's form of it.

    constraints = Constraints(engine, "llguidance", vocabulary)
    matcher = constraints.matcher(grammar_of(guide), guide.param)

Both raise PlanError, naming the field and the place in it, where a declaration cannot be enforced.
"""

import json
import threading
from collections import OrderedDict
from functools import lru_cache

import compilers
from gallama.errors import EngineFailure, PlanError
from gallama.types import Engine, Guide, Matcher, Vocabulary

MAX_GRAMMARS = 256  # compiled ones kept


@lru_cache(MAX_GRAMMARS)
def grammar_of(guide: Guide) -> compilers.Grammar:
    """The grammar of a reply's content. Raises PlanError."""
    try:
        if guide.schema is not None:
            return compilers.json_schema(json.loads(guide.schema))
        if guide.choice:
            return compilers.choice(guide.choice)
        return compilers.regex(guide.regex, guide.prefix)
    except compilers.CompileError as error:
        raise _refused(str(error), guide.param) from error


class Constraints:
    """Compiled grammars of one model, by the grammar; `matcher` may be called from any thread."""

    def __init__(self, engine: Engine, dialect: str, vocabulary: Vocabulary) -> None:
        self._engine = engine
        self._dialect = dialect
        self._vocabulary = vocabulary
        self._lock = threading.Lock()
        # The grammar is kept with its matcher, so that its id stays its own.
        self._matchers: OrderedDict[int, tuple[compilers.Grammar, Matcher]] = OrderedDict()

    def matcher(self, grammar: compilers.Grammar, param: str) -> Matcher:
        """A matcher at the beginning of a reply, to be forked for each. Raises PlanError."""
        with self._lock:
            found = self._matchers.get(id(grammar))
            if found is not None:
                self._matchers.move_to_end(id(grammar))
                return found[1]
        matcher = self._compiled(grammar, param)
        with self._lock:
            self._matchers[id(grammar)] = (grammar, matcher)
            while len(self._matchers) > MAX_GRAMMARS:
                self._matchers.popitem(last=False)
        return matcher

    def _compiled(self, grammar: compilers.Grammar, param: str) -> Matcher:
        try:
            text = compilers.emit(grammar, self._dialect)
            return self._engine.compile(text, self._vocabulary)
        except compilers.CompileError as error:
            raise _refused(str(error), param) from error
        except EngineFailure as error:
            raise _refused(f"the mask engine does not take it: {error}", param) from error


def _refused(reason: str, param: str) -> PlanError:
    return PlanError(f"{param}: cannot be enforced: {reason}", param, "unsupported_constraint")
