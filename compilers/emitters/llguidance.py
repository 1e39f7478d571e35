"""llguidance's dialect of Lark.

Every Regular is one terminal. llguidance lexes greedily and does not backtrack, so a terminal must
not be able to go on with a letter that may also follow it: in JSON none can, elsewhere
passes/lexed.py sees to it as far as may be. And and Not are written as `&` and `~`; a complement
alone would admit special tokens, so it is always intersected with all text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest

from compilers import clock
from compilers.emitters.base import Printer, rust_regex
from compilers.errors import TooLarge, about
from compilers.ir import (
    NOTHING,
    Capture,
    Choice,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Special,
    Unordered,
    is_nothing,
    walk,
)
from compilers.lookahead import counters, repeats
from compilers.passes.in_order import in_order
from compilers.passes.lexed import fused, lexed, named
from compilers.passes.recursion import open_to_itself
from compilers.per_node import PerNode
from compilers.regular import (
    EMPTY,
    Alt,
    And,
    Cat,
    Expr,
    Not,
    Rep,
    counted,
    dfa,
    minimise,
    to_expr,
)
from compilers.uses import nullable, uses

_ALL = "/(?s:.*)/"
_SPELLED = re.compile(r"<[^\s<>\[\]]+>")
MAX_STATES = 60
MAX_PERMUTED = 60  # a rule's parameter has 64 bits
MAX_WALK = 700  # llguidance recurses from rule to rule: at 2,000 it breaks the stack of a thread
# llguidance 1.9 fails in the middle of a text ("too many expressions constructed") when there are
# too many ways to count: `([ab]{1,70}c?){1,70}` holds to its end, with 80 it fails at the 119th.
MAX_COUNTERS = 4_000
ORDERS = ("free", "source")


def emit(grammar: Grammar, order: str = "free", tokens: Mapping[str, int] | None = None) -> str:
    """The text of a grammar. `order` "source" writes the members of objects in one order only.

    `tokens` are the special tokens of the vocabulary, of which those not spelled <...> are written
    by number; without it they cannot be.
    """
    if order not in ORDERS:
        raise ValueError(f"order must be one of {ORDERS}")
    written = held(grammar) if order == "free" else in_order(grammar)
    if not written.delimited:
        _check_members(written)
    if len(written.rules) > MAX_WALK and _walk(written) > MAX_WALK:
        raise TooLarge(f"rules within rules, {MAX_WALK} deep", kind="depth")
    return _text(lexed(written), tokens or {})


def held(grammar: Grammar) -> Grammar:
    """The grammar that is written: all of it. Members of an object come in any order; those of one
    that has more than MAX_PERMUTED in groups of so many, one group after the other."""
    return grammar


def _check_members(grammar: Grammar) -> None:
    """Raises Unsupported for members that may begin or end with themselves, unless they are few.

    llguidance does not tell rules apart by their parameters where two of them begin at one place:
    what is complete for one is complete for the other. So within `a:,x:a:` the end of the inner
    members would be one of the outer ones, too. (Members that begin at two places of one text, and
    are read on from both, would suffer the same; no front end writes such.)
    """
    empty = nullable(grammar.rules)
    named = ((name, each) for name, node in grammar.rules.items() for each in _by_parameter(node))
    for name, members in named:
        if open_to_itself(members, grammar.rules, empty):
            what = f"members in any order that begin or end with themselves, in {name!r}"
            with about(name):
                raise _Printer.unsupported(what)


def _by_parameter(node: Node) -> Iterable[Unordered]:
    """The members that are written as rules with a parameter."""
    if not uses(node).unordered:
        return ()
    return (each for each in walk(node) if isinstance(each, Unordered) and not _are_few(each))


def _are_few(node: Unordered) -> bool:
    """Whether members are written in all their orders."""
    return len(node.members) <= 2 and is_nothing(node.extra)


def _walk(grammar: Grammar) -> int:
    """How deep a walk through the rules goes that enters each of them once."""
    seen, path, deepest = {grammar.start}, [iter(uses(grammar.rules[grammar.start]).rules)], 1
    while path:
        following = next((name for name in path[-1] if name not in seen), None)
        if following is None:
            path.pop()
            continue
        seen.add(following)
        path.append(iter(uses(grammar.rules[following]).rules))
        deepest = max(deepest, len(path))
    return deepest


def _reachable(names: list[str], needed: list[bool]) -> list[str]:
    """The groups that may come next: up to the first that has a member which must be there."""
    return names[: needed.index(True) + 1] if True in needed else names


_Leaf = Expr | Special
"""What the whole grammar has a name for, or the vocabulary."""


def _text(grammar: Grammar, tokens: Mapping[str, int]) -> str:
    """Rule by rule, then the terminals, named in the order in which they are met."""
    terminals: dict[Expr, str] = {}
    met: dict[Expr, str] = {}  # in which rule

    def named(leaf: _Leaf) -> str:
        if isinstance(leaf, Special):
            return _token(leaf.name, tokens)
        found = terminals.get(leaf)
        if found is None:
            found = terminals[leaf] = f"T{len(terminals)}"
            met[leaf] = name
        return found

    printer = _Printer(grammar)
    lines = ["%llguidance {}"]
    with about() as at:
        for name, node in grammar.rules.items():
            at.parts = (name,)
            rule = _rules.get(node, name, grammar.start)
            if rule is None:
                rule = _rules.put(printer.rule_of(name), node, name, grammar.start)
            text, leaves = rule
            lines.append(text % tuple([named(leaf) for leaf in leaves]))
        for expr, name in terminals.items():
            at.parts = expr, met[expr]
            lines.append(f"{name}: {_counted_terminal(expr)}")
    return "\n".join(lines) + "\n"


def _token(name: str, tokens: Mapping[str, int]) -> str:
    if _SPELLED.fullmatch(name):
        return name
    if name in tokens:
        return f"<[{tokens[name]}]>"
    raise _Printer.unsupported(f"special token {name!r}, not written in <>")


def _counted_terminal(expr: Expr) -> str:
    found = terminal(expr)
    counts = "{" in found  # perhaps
    if counts and repeats(expr) > MAX_COUNTERS and counters(expr) > MAX_COUNTERS:
        raise _Printer.unsupported(f"counts that keep more than {MAX_COUNTERS} numbers at once")
    return found


_Rule = tuple[str, tuple[_Leaf, ...]]
"""The text of a rule, and of those made for its parts, with %s for each of these leaves."""

_rules = PerNode[_Rule]()


# Letters that no text of a grammar has.
_LEAF = "\0"  # before and after a leaf's place
# Before and after all that must not touch another such. llguidance takes longer to read a grammar
# than to compile it, a space as long as a name: one stands only where two of these meet.
_MARK = "\1"
_MAYBE = "?" + _MARK  # a name right behind it would be taken for another kind of "?"

# Of such parts a sequence is written one by one.
_ALONE = frozenset([Choice, Literal, Ref, Regular, Repeat, Sequence, Unordered])


class _Printer(Printer):
    """Rules of a grammar, one by one. Rules that parts of one need have names made of its own."""

    name = "llguidance"

    def __init__(self, grammar: Grammar) -> None:
        super().__init__(grammar)
        self._rule = ""
        self._places: dict[_Leaf, str] = {}
        self._leaves: dict[str, _Leaf] = {}
        self._members: dict[int, str] = {}

    def rule_of(self, name: str) -> _Rule:
        clock.check()
        self._rule, self._extra_rules = name, []
        lines = [self.rule(self._names[name], self.node(self._grammar.rules[name]))]
        lines += self._extra_rules
        text = "\n".join(lines).replace(_MARK + _MARK, " ").replace(_MARK, "")
        cut = text.replace("%", "%%").split(_LEAF)
        return "%s".join(cut[::2]), tuple([self._leaves[place] for place in cut[1::2]])

    def ref(self, node: Ref) -> str:
        return _marked(self._names[node.name])

    def regular(self, node: Regular) -> str:
        return self._places.get(node.expr) or self._leaf(node.expr)

    def special(self, node: Special) -> str:
        return self._leaf(node)

    def _leaf(self, leaf: _Leaf) -> str:
        found = self._places.get(leaf)
        if found is None:
            place = str(len(self._leaves))
            self._leaves[place] = leaf
            found = self._places[leaf] = _marked(f"{_LEAF}{place}{_LEAF}")
        return found

    def rule(self, name: str, body: str) -> str:
        return f"{name}:{body}"

    def row(self, parts: Iterable[str]) -> str:
        return "".join(parts)

    def ways(self, parts: Iterable[str]) -> str:
        return "|".join(parts)

    def count(self, low: int, high: int | None) -> str:
        return _MAYBE if (low, high) == (0, 1) else counted(low, high)

    def unordered(self, node: Unordered) -> str:
        """Rules whose parameter has one bit for each member that is written; few members, which
        take llguidance half as long, in all their orders.

        More members than bits come in groups, one group after the other, as in the source.
        """
        members = node.members
        if not members:
            return self._others(node)
        if _are_few(node):
            return self._few(node)
        groups = [members[i : i + MAX_PERMUTED] for i in range(0, len(members), MAX_PERMUTED)]
        place = len(self._extra_rules)
        self._extra_rules += [""] * len(groups)  # holds the place: members may have such rules, too
        names = [f"{place + i}_{self._rule}" for i in range(len(groups))]
        needed = [True in [required for _, required in group] for group in groups]
        for i, group in enumerate(groups):
            after = _reachable(names[i + 1 :], needed[i + 1 :])
            may_end = not any(needed[i + 1 :])
            self._extra_rules[place + i] = self._group(node, group, names[i], after, may_end)
        heads = ([] if node.some or any(needed) else ['""']) + [
            _marked(f"m{name}::0x0") for name in _reachable(names, needed)
        ]
        return heads[0] if len(heads) == 1 else f"({self.ways(heads)})"

    def _others(self, node: Unordered) -> str:
        """No members: any number of others."""
        if is_nothing(node.extra):
            return self.choice(NOTHING) if node.some else self.empty()
        extra = self.in_sequence(node.extra)
        more = self.tight(node.separator) + extra
        return f"({extra}({more})*){'' if node.some else _MAYBE}"

    def _few(self, node: Unordered) -> str:
        """One or two members, and no others."""
        texts = [self._member(member) for member, _ in node.members]
        needed = [required for _, required in node.members]
        if len(texts) == 1:
            return texts[0] if node.some or needed[0] else f"({texts[0]}){_MAYBE}"
        separator = self.tight(node.separator)
        ways = [] if node.some or any(needed) else ['""']
        one, other = texts
        for first, second, required in ((one, other, needed[1]), (other, one, needed[0])):
            more = separator + second
            ways.append(first + (more if required else f"({more}){_MAYBE}"))
        return f"({self.ways(ways)})"

    def _group(
        self,
        node: Unordered,
        group: tuple[tuple[Node, bool], ...],
        name: str,
        later: list[str],
        may_end: bool,
    ) -> str:
        """A rule with a member, and one with what may stand behind it: the end, or more."""
        required = [member for member, needed in group if needed]
        members = required + [member for member, needed in group if not needed]
        clock.check()
        separator = self.tight(node.separator)
        found = [
            f"{self._member(member)}{_MARK}u{name}::set_bit({i})%if bit_clear({i})"
            for i, member in enumerate(members)
        ]
        more = f"{separator}{_MARK}m{name}::_"
        if not is_nothing(node.extra):
            found.append(f"{self.in_sequence(node.extra)}{_MARK}u{name}::_")
        else:  # no separator where nothing is left to come behind it
            more += f"%if not(is_ones([0:{len(members)}]))"
        complete = f"%if is_ones([0:{len(required)}])" if required else ""
        after = [f'""{complete}'] if may_end else []
        after += [more, *[f"{separator}{_MARK}m{each}::0x0{complete}" for each in later]]
        return f"m{name}::_:{self.ways(found)}\nu{name}::_:{self.ways(after)}"

    def _member(self, node: Node) -> str:
        """Objects that are much alike share members, as nodes: these are written once, unless they
        need rules of their own, which are named after the rule that they stand in."""
        found = self._members.get(id(node))
        if found is None:
            n_extra = len(self._extra_rules)
            found = self.in_sequence(named(node))
            if len(self._extra_rules) == n_extra:
                self._members[id(node)] = found
        return found

    def sequence(self, node: Sequence) -> str:
        """The clock is looked at for each rule, choice and group of members: that is enough."""
        parts = node.parts
        if not _ALONE.issuperset(map(type, parts)):
            parts = tuple(fused(node.parts))
            if Special in map(type, parts):
                pairs = zip_longest(parts, parts[1:])
                parts = tuple(_written_out(a) if isinstance(b, Special) else a for a, b in pairs)
        printed = self._in_sequence
        return "".join([printed[type(part)](self, part) for part in parts]) or '""'


def _marked(name: str) -> str:
    return f"{_MARK}{name}{_MARK}"


def _written_out(node: Node) -> Node:
    """What stands before a special token, without And and Not if that takes few states.

    llguidance 1.9 panics ("has_pending_lexeme_bytes") before a token when a terminal is at an end
    that it can see only by exploring it, such as that of `/[1-9][0-9]*/ & /[3-7](a|)/` after "3".
    """
    if isinstance(node, Capture):
        return Capture(node.name, _written_out(node.part), node.channel)
    if isinstance(node, Choice):
        return Choice(tuple(map(_written_out, node.parts)))
    if not isinstance(node, Regular) or not node.expr.boolean:
        return node
    try:
        return Regular(to_expr(minimise(dfa(node.expr, MAX_STATES)), MAX_STATES))
    except TooLarge:
        return node


def terminal(expr: Expr) -> str:
    """A terminal's right-hand side: a regex, or regexes joined by Lark's operators."""
    if not expr.boolean:
        return _plain(expr)
    return _TERMINALS[type(expr)](expr)


def _plain(expr: Expr) -> str:
    """A regex; `//` would begin a comment."""
    return f"/{rust_regex(expr)}/" if expr != EMPTY else '""'


def _loose(expr: Expr) -> str:
    plain = not expr.boolean
    return terminal(expr) if plain else f"({terminal(expr)})"


def _alt(expr: Alt) -> str:
    return " | ".join(map(_loose, expr.parts))


def _cat(expr: Cat) -> str:
    """Neighbours without operators share one regex."""
    found: list[str] = []
    plain: list[Expr] = []
    for part in (*expr.parts, None):
        if part is not None and not part.boolean:
            plain.append(part)
            continue
        if plain:
            found.append(_plain(Cat(tuple(plain))))
            plain = []
        if part is not None:
            found.append(_loose(part))
    return " ".join(found)


def _and(expr: And) -> str:
    """Complements last; if there is nothing else, of all text."""
    wanted = [_loose(part) for part in expr.parts if not isinstance(part, Not)]
    unwanted = [_complement(part) for part in expr.parts if isinstance(part, Not)]
    return " & ".join([*(wanted or [_ALL]), *unwanted])


def _complement(expr: Not) -> str:
    return "~" + _loose(expr.part)


def _not(expr: Not) -> str:
    return f"{_ALL} & {_complement(expr)}"


def _rep(expr: Rep) -> str:
    return f"({terminal(expr.part)}){counted(expr.low, expr.high)}"


_TERMINALS: Mapping[type, Callable[..., str]] = {
    Alt: _alt,
    Cat: _cat,
    And: _and,
    Not: _not,
    Rep: _rep,
}
