"""Where that stands in a declaration of which a grammar cannot be printed.

Emitters know rules and regular languages, and say which of them an error is about (errors.about);
front ends know places, and leave them in `Grammar.origins`. A rule that a front end has made for
its own ends has the place of one that needs it.
"""

from collections.abc import Iterable, Sequence

from compilers.errors import CompileError, TooLarge
from compilers.ir import Grammar, Origin, Table
from compilers.regular import Expr
from compilers.uses import uses

Part = str | Expr

MAX_NAMED = 4  # places that are listed


def placed(error: CompileError, grammar: Grammar) -> CompileError:
    """The error at the place of what it is about; itself where it has one, or none is known."""
    found = () if error.where or not error.about else _places(grammar, error.about)
    if not found:
        return error
    where = nearest(found)
    inner = [each[len(where) :].strip("/ ") for each in found if each != where]
    more = ["..."] if len(inner) > MAX_NAMED else []
    said = ", ".join([*inner[:MAX_NAMED], *more])
    message = f"{said}: {error.message}" if said else error.message
    return type(error)(message, where.strip(), error.kind)


def nearest(places: Sequence[str]) -> str:
    """The place itself, or that of the smallest part in which all of them are."""
    steps = [each.split("/") for each in places]
    first, last = min(steps), max(steps)
    n_common = next((i for i, each in enumerate(first) if each != last[i]), len(first))
    return "/".join(first[:n_common])


def _places(grammar: Grammar, parts: Sequence[Part]) -> Sequence[str]:
    """Of the first part that has any. The last is a rule: where nobody knows of it, those that need
    it are asked for; where a pass has made it, its languages may still be known."""
    rule = str(parts[-1])
    names = list(_upwards(grammar, rule)) if rule in grammar.rules else []
    origins = [each for name in names for each in grammar.origins if name in each.rules]
    for origin in dict.fromkeys(origins or grammar.origins):
        table = _table(origin)
        for part in (*parts, *names):
            if part in table:
                return [origin.before + each for each in table[part]]
    return ()


def _upwards(grammar: Grammar, name: str) -> Iterable[str]:
    """The rule, those that need it, and those that need these."""
    users: dict[str, list[str]] = {}
    for each, node in grammar.rules.items():
        for used in uses(node).rules:
            users.setdefault(used, []).append(each)
    found = {name: None}
    todo = [name]
    for each in todo:  # grows
        new = [user for user in users.get(each, ()) if user not in found]
        found.update(dict.fromkeys(new))
        todo += new
    return found


def _table(origin: Origin) -> Table:
    try:
        return origin.table()
    except TooLarge:  # it took nearly as long as it may the first time
        return {}
