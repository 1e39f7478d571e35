r"""A subset of Lark, for grammars that people write by hand.

    start: greeting (", " greeting)* "!"?
    greeting: "hello" | "hi"i " " NAME        // a comment; # begins one, too
            | <wave>                          // a special token of the vocabulary, by name
    NAME: LETTER ("a".."z")~1..9
    %import common.LETTER
    %ignore " "

Rules are in small letters, terminals in capitals. There are "text", "text"i, /regex/, /regex/i,
/regex/s, "a".."f", ( ), [x] and x? for perhaps x, x*, x+, x~3, x~2..5 and `|`, which may begin a
line. Aliases (`-> name`) and the marks `?` and `!` before a rule shape trees only: they are read
and change nothing. `%import common.NAME` takes from the file that Lark brings along.

A text belongs to the language if there is any way to read it, as with Lark's
`Lark(text, parser="earley", lexer="dynamic_complete")`: no terminal is greedy, none is preferred.
What differs: `\d`, `\w`, `\s` and `.` are those of ECMA-262 (compilers.frontends.regex); terminals
may be empty; common.ESCAPED_STRING has a quote inside only behind a backslash; <special> is ours.
Refused by name: templates, priorities, imports of other files, %declare, %extend, %override,
terminals that use rules or themselves, and what the regexes cannot say.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources

from compilers import clock
from compilers.errors import CompileError, Contradiction, Malformed, TooLarge
from compilers.frontends.names import fitted
from compilers.frontends.regex import whole
from compilers.frontends.regex.letters import in_both_cases
from compilers.frontends.texts import count
from compilers.frontends.tokens import Token, Tokens, defined, near
from compilers.ir import (
    EMPTY,
    Choice,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Special,
    choice,
    rewritten,
    sequence,
    unused,
)
from compilers.lookahead import repeats, size
from compilers.regular import Expr, cat, either, ranges, text, times
from compilers.uses import productive

MAX_LENGTH = 100_000
MAX_DEPTH = 50
MAX_COUNT = 10_000
MAX_SIZE = 50_000  # nodes of a terminal, written out
MAX_REPEATS = 100_000  # counts within counts

_TOKEN = re.compile(
    r"""(?P<space>[ \t\f]+|\s*(?://|\#)[^\n]*)
    |(?P<line>\s*\n\s*)
    |(?P<string>"(?:\\.|[^"\\\n])*"i?)
    |(?P<regex>/(?!/)(?:\\.|[^/\\\n])+/[a-z]*)
    |(?P<special><[^<>\s]+>)
    |(?P<rule>_?[a-z][_a-z0-9]*)
    |(?P<terminal>_?[A-Z][_A-Z0-9]*)
    |(?P<number>\d+)
    |(?P<sign>->|\.\.|[:|()\[\]?*+~.,{}!])
    |(?P<command>%[a-z]+)""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|[^\\]+", re.DOTALL
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "\\": "\\", '"': '"'}
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_OTHER_COMMANDS = ("%declare", "%extend", "%override")

# Lark says it with a look-behind.
_OWN_COMMON = r'_STRING_ESC_INNER: /([^"\\\n]|\\[^\n])*/'


@clock.limited()
def parse(source: str) -> Grammar:
    """The grammar of the rule `start`. Malformed or Unsupported with line and caret; Contradiction
    where no text is of it."""
    if len(source) > MAX_LENGTH:
        raise TooLarge(f"a grammar of more than {MAX_LENGTH} letters", kind="lark")
    parser = _Parser(source)
    parser.run()
    grammar = fitted(defined(_Lowering(parser).run(), source, parser.defined))
    if grammar.start not in productive(grammar.rules):
        raise Contradiction("no text is of this grammar")
    return grammar


class _Parser:
    """Rules and terminals as nodes, in which a Ref may name either."""

    def __init__(self, source: str) -> None:
        self.tokens = Tokens(source, _TOKEN, "Lark")
        self._depth = 0
        self.rules: dict[str, Node] = {}
        self.terminals: dict[str, Node] = {}
        self.ignored: list[Node] = []
        self.defined: dict[str, int] = {}  # where the rules begin
        self.places: dict[str, int] = {}  # where the names that are used stand first

    # --- statements

    def run(self) -> None:
        while self.tokens.current.kind != "end":
            marked = self.tokens.skip("?") or self.tokens.skip("!")
            token = self.tokens.take(*(("rule", "a rule") if marked else ()))
            if token.kind == "command":
                self._command(token)
            elif token.kind in ("rule", "terminal"):
                self._definition(token)
            elif token.kind != "line":
                raise self.tokens.malformed("a rule, a terminal or a % command expected", token.at)

    def _definition(self, token: Token) -> None:
        name = token.text
        if self.tokens.skip("{"):
            raise self.tokens.unsupported("a template", token.at)
        if self.tokens.skip("."):
            raise self.tokens.unsupported("a priority", token.at)
        self.tokens.expect(":")
        kind = self.rules if token.kind == "rule" else self.terminals
        if name in kind:
            raise self.tokens.malformed(f"{name} is defined twice", token.at)
        if token.kind == "rule":
            self.defined[name] = token.at
        kind[name] = self._alternatives()
        self.tokens.take("line", "the end of the line, or '|',")

    def _command(self, token: Token) -> None:
        if token.text == "%ignore":
            self.ignored.append(self._alternatives())
        elif token.text == "%import":
            self._import()
        elif token.text in _OTHER_COMMANDS:
            raise self.tokens.unsupported(token.text, token.at)
        else:
            raise self.tokens.malformed(f"{token.text} is no command of Lark", token.at)
        self.tokens.take("line", "the end of the line")

    def _import(self) -> None:
        module = self.tokens.current
        if self.tokens.skip(".") or module.text != "common":
            raise self.tokens.unsupported("an import from anywhere but common", module.at)
        self.tokens.take()
        if not self.tokens.skip("."):
            self.tokens.expect("(")
            self._import_one()
            while self.tokens.skip(","):
                self._import_one()
            self.tokens.expect(")")
            return
        self._import_one()

    def _import_one(self) -> None:
        token = self.tokens.take("terminal", "the name of a terminal")
        if token.text not in common():
            what = f"common has no {token.text}{near(token.text, common())}"
            raise self.tokens.malformed(what, token.at)
        name = token
        if self.tokens.skip("->"):
            name = self.tokens.take("terminal", "a name in capitals")
        self.terminals[name.text] = Regular(common()[token.text])

    # --- what stands behind the colon

    def _alternatives(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLarge(f"groups nested deeper than {MAX_DEPTH}", kind="lark")
        parts = [self._sequence()]
        while self._skip_bar():
            parts.append(self._sequence())
        self._depth -= 1
        return choice(*parts)

    def _skip_bar(self) -> bool:
        """A `|` here, or at the beginning of the next line."""
        after = self.tokens.ahead(1)
        if self.tokens.current.kind == "line" and after.kind == "sign" and after.text == "|":
            self.tokens.take()
        return self.tokens.skip("|")

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while True:
            token = self.tokens.current
            if token.kind in ("line", "end", "command") or token.text in ("|", ")", "]"):
                break
            if self.tokens.skip("->"):
                self.tokens.take("rule", "a name in small letters")
                break
            parts.append(self._quantified(self._atom()))
        return sequence(*parts)

    def _quantified(self, node: Node) -> Node:
        for sign, bounds in _QUANTIFIERS.items():
            if self.tokens.skip(sign):
                return Repeat(node, *bounds)
        if not self.tokens.skip("~"):
            return node
        low, high = self._counts()
        return Repeat(node, low, high) if high else EMPTY

    def _counts(self) -> tuple[int, int]:
        token = self.tokens.take("number", "a number")
        low = high = count(token.text)
        if self.tokens.skip(".."):
            high = count(self.tokens.take("number", "a number").text)
        if high < low:
            raise self.tokens.malformed("the counts after ~ are out of order", token.at)
        if high > MAX_COUNT:
            raise TooLarge(f"a count of more than {MAX_COUNT}", kind="lark")
        return low, high

    def _atom(self) -> Node:
        token = self.tokens.take()
        if token.kind in ("rule", "terminal"):
            return self._name(token)
        if token.kind == "string":
            return self._string(token)
        if token.kind == "regex":
            return Regular(self._regex(token))
        if token.kind == "special":
            self.places.setdefault(token.text, token.at)
            return Special(token.text)
        if token.text in ("(", "["):
            inside = self._alternatives()
            self.tokens.expect(")" if token.text == "(" else "]")
            return inside if token.text == "(" else Repeat(inside, 0, 1)
        raise self.tokens.malformed("not expected here", token.at)

    def _name(self, token: Token) -> Node:
        if self.tokens.skip("{"):
            raise self.tokens.unsupported("a template", token.at)
        self.places.setdefault(token.text, token.at)
        return Ref(token.text)

    def _string(self, token: Token) -> Node:
        found, fold = self._unquoted(token)
        if self.tokens.skip(".."):
            last, _ = self._unquoted(self.tokens.take("string", "a text"))
            if len(found) != 1 or len(last) != 1 or found > last:
                what = 'a range is of two letters in order, as "a".."z"'
                raise self.tokens.malformed(what, token.at)
            return Regular(ranges((ord(found), ord(last))))
        if not fold:
            return Literal(found)
        return Regular(cat(*map(in_both_cases, found)))

    def _unquoted(self, token: Token) -> tuple[str, bool]:
        body, _, fold = token.text[1:].rpartition('"')
        found = []
        for part in _ESCAPE.finditer(body):
            digits = part[1] or part[2] or part[3]
            if part[4] is not None and part[4] not in _ESCAPED:
                at = token.at + 1 + part.start()
                raise self.tokens.malformed(f"{part[0]} is no escape; a backslash is \\\\", at)
            found.append(
                _letter(int(digits, 16)) if digits else _ESCAPED[part[4]] if part[4] else part[0]
            )
        if None in found:
            raise self.tokens.malformed("an escape that names no letter", token.at)
        return "".join(map(str, found)), bool(fold)

    def _regex(self, token: Token) -> Expr:
        pattern, _, flags = token.text[1:].rpartition("/")
        for flag in flags:
            if flag not in "is":
                raise self.tokens.unsupported(f"the flag {flag!r} of a regex", token.at)
        try:
            return whole("".join(f"(?{flag})" for flag in flags) + pattern)
        except CompileError as error:
            where, _ = self.tokens.place(token.at)
            raise type(error)(error.message, where, error.kind) from error


class _Lowering:
    """Terminals put in as regular languages, and what is ignored behind each of them."""

    def __init__(self, parser: _Parser) -> None:
        self._parser = parser
        self._known: dict[str, Expr | None] = {}  # None: being made

    def run(self) -> Grammar:
        parser = self._parser
        for name, at in parser.places.items():
            if name.startswith("<"):
                continue
            defined = parser.rules if name.islower() else parser.terminals
            if name not in defined:
                raise parser.tokens.malformed(f"{name} is not defined{near(name, defined)}", at)
        if "start" not in parser.rules:
            raise Malformed("a grammar needs a rule named start", kind="lark: malformed")
        ignored = either(*map(self._expr, parser.ignored))
        skip = Repeat(Regular(ignored)) if parser.ignored else EMPTY
        rules = {name: self._rule(node, skip) for name, node in parser.rules.items()}
        if skip == EMPTY:
            return Grammar(rules)
        whole_text = unused("start", rules)
        return Grammar({whole_text: sequence(skip, Ref("start")), **rules}, whole_text)

    def _rule(self, node: Node, skip: Node) -> Node:
        def change(leaf: Node) -> Node:
            if isinstance(leaf, Ref) and leaf.name in self._parser.rules:
                return leaf
            found = Regular(self.terminal(leaf.name)) if isinstance(leaf, Ref) else leaf
            return sequence(found, skip) if skip != EMPTY else found

        return rewritten(node, change)

    def terminal(self, name: str) -> Expr:
        if name not in self._known:
            self._known[name] = None
            self._known[name] = self._expr(self._parser.terminals[name])
        found = self._known[name]
        if found is None:
            message = f"the terminal {name} uses itself; only rules may"
            raise self._parser.tokens.malformed(message, self._parser.places[name])
        return found

    def _expr(self, node: Node) -> Expr:
        rule = isinstance(node, Ref) and node.name in self._parser.rules
        if isinstance(node, Ref | Special) and (rule or isinstance(node, Special)):
            what = f"{'the rule' if rule else 'the special token'} {node.name}"
            at = self._parser.places[node.name]
            raise self._parser.tokens.malformed(f"a terminal cannot use {what}", at)
        return _EXPRS[type(node)](self, node)

    def _parts(self, node: Sequence | Choice) -> list[Expr]:
        found = list(map(self._expr, node.parts))
        if sum(map(size, found)) > MAX_SIZE:
            raise TooLarge(f"a terminal of more than {MAX_SIZE} parts", kind="lark: terminal")
        return found

    def _times(self, node: Repeat) -> Expr:
        found = times(self._expr(node.part), node.low, node.high)
        if repeats(found) > MAX_REPEATS:
            raise TooLarge(f"counts within counts of more than {MAX_REPEATS}", kind="lark: counts")
        return found


_EXPRS: dict[type, Callable[..., Expr]] = {
    Literal: lambda lowering, node: text(node.text),
    Regular: lambda lowering, node: node.expr,
    Ref: lambda lowering, node: lowering.terminal(node.name),
    Sequence: lambda lowering, node: cat(*lowering._parts(node)),
    Choice: lambda lowering, node: either(*lowering._parts(node)),
    Repeat: lambda lowering, node: lowering._times(node),
}


@lru_cache(maxsize=1)
def common() -> Mapping[str, Expr]:
    """The terminals of Lark's common.lark."""
    source = resources.files("lark").joinpath("grammars/common.lark").read_text(encoding="utf-8")
    parser = _Parser(re.sub(r"(?m)^_STRING_ESC_INNER:.*", lambda _: _OWN_COMMON, source))
    parser.run()
    lowering = _Lowering(parser)
    return {name: lowering.terminal(name) for name in parser.terminals}


def _letter(code: int) -> str | None:
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None
