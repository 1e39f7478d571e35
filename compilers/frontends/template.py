"""Thinking templates: XML in which tags are literal and everything else is a hole.

    <steps>
      <step>{action}</step>
      <!-- add more -->             the element before it, 1 to 16 times (or: <!-- add 2-5 more -->)
    </steps>
    <answer>Say it shortly</answer>  a description is a hole named after its tag
    <n kind="sum">{n:int}</n>        typed: int, number, bool, word, line, a|b|c, regex(...)

A filled template is read back as fields (compilers.tree): a hole is a field of its name, a list
where it stands in a repeatable element or the name stands twice; a repeatable element with more
than one hole is a list of such trees, under the name of its tag. int and number, of up to 18 digits
(before and after the point), become numbers, bool becomes a boolean.

White space stands as it is written. A hole of free text ends where the text that follows it begins,
and holds neither that text nor the tag that closes its element. There are no entities and no
document types: `<!DOCTYPE` is refused, and with it every bomb made of them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import pairwise

from compilers import clock
from compilers.errors import CompileError, Contradiction, Malformed, TooLarge, placed
from compilers.frontends.regex import whole
from compilers.frontends.texts import HALF_PAIR, count, half_pair
from compilers.ir import (
    Capture,
    FreeText,
    Grammar,
    Literal,
    Node,
    Origin,
    Regular,
    Repeat,
    Sequence,
    Table,
    sequence,
    walk,
)
from compilers.regular import (
    EVERY,
    Expr,
    both,
    cat,
    chars,
    either,
    is_empty,
    other_than,
    plus,
    ranges,
    text,
    times,
)

MAX_LENGTH = 100_000
MAX_DEPTH = 50
MAX_TIMES = 1_000
MAX_HOLES = 300
DEFAULT_TIMES = (1, 16)

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)-->|<(?P<tag>[^<>]*)>"
    # In the braces of a hole (they may nest once, for regex({2,3})) a '<' opens no tag.
    r"|(?P<text>(?:[^<{]|\{(?:[^{}]|\{[^{}]*\})*\}|\{)+)",
    re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z_][\w.-]*")
_TAG = re.compile(r"(?P<close>/?)(?P<name>[A-Za-z_][\w.-]*)(?:\s[^<>]*?)?(?P<empty>/?)", re.DOTALL)
_MORE = re.compile(r"\s*add\s+(?:(?P<low>\d+)\s*-\s*(?P<high>\d+)\s+)?more\b.*", re.DOTALL | re.I)

_DIGIT = ranges((0x30, 0x39))
_POSITIVE = cat(ranges((0x31, 0x39)), times(_DIGIT, 0, 17))
_SIGN = either(chars("-"), text(""))
_FRACTION = either(text(""), cat(text("."), times(_DIGIT, 1, 18)))
INT = either(text("0"), cat(_SIGN, _POSITIVE))
NUMBER = cat(_SIGN, either(text("0"), _POSITIVE), _FRACTION)
BOOL = either(text("true"), text("false"))
_TYPES: dict[str, Expr] = {
    "int": INT,
    "number": NUMBER,
    "bool": BOOL,
    "word": plus(whole(r"[\w-]")),
    "line": plus(whole(r"[^\r\n]")),
}


@dataclass
class _Element:
    """An open element: what it holds so far, and where it began."""

    name: str
    at: int
    parts: "list[Node | _Whole]" = field(default_factory=list)


@clock.limited()
def parse(source: str, channel: str = "thinking") -> Grammar:
    """The grammar of a template. Malformed with line and caret where it is none."""
    if len(source) > MAX_LENGTH:
        raise TooLarge(f"a template of more than {MAX_LENGTH} letters", kind="template")
    parser = _Parser(source.strip(), channel)
    rules = {"start": parser.run()}

    def table() -> Table:
        found: dict[str | Expr, tuple[str, ...]] = {}
        for hole in _captures(rules.values()):
            if isinstance(hole.part, Regular):
                found[hole.part.expr] = tuple(parser.typed[hole.name])
        return found

    return Grammar(rules, origins=(Origin("", rules, table),))


class _Parser:
    def __init__(self, source: str, channel: str) -> None:
        self._source = source
        self._channel = channel
        self._open = [_Element("", 0)]
        self.typed: dict[str, list[str]] = {}  # where the typed holes of a name stand
        self._has_tags = False
        self._n_holes = 0
        self._at = 0

    def run(self) -> Node:
        if (at := half_pair(self._source)) is not None:
            self._at = at
            raise self._malformed(HALF_PAIR)
        while self._at < len(self._source):
            found = _TOKEN.match(self._source, self._at)
            if found is None or (found["tag"] or "")[:1] in ("!", "?"):
                raise self._malformed(self._reason())
            self._token(found)
            self._at = found.end()
        last = self._open[-1]
        if last.name:
            self._at = last.at
            raise self._malformed(f"<{last.name}> is never closed")
        if not self._has_tags:
            self._at = 0
            what = "no tags" if last.parts else "an empty template"
            raise self._malformed(f"{what}: write it in tags, such as <plan>{{plan}}</plan>")
        if isinstance(last.parts[0], Capture) and isinstance(last.parts[0].part, FreeText):
            self._at = 0
            raise self._malformed("text before the first tag: begin with a tag")
        return _bounded(last.parts)

    def _reason(self) -> str:
        if self._source.startswith(("<!", "<?"), self._at):
            return "document types, processing instructions and open comments are not allowed"
        return "'<' that opens no tag"

    def _malformed(self, message: str) -> Malformed:
        where, shown = placed(self._source, self._at)
        return Malformed(f"{message}\n{shown}", where, "template")

    def _token(self, found: re.Match[str]) -> None:
        if found["comment"] is not None:
            self._comment(found["comment"])
        elif found["tag"] is not None:
            self._tag(found[0], found["tag"])
        else:
            self._text(found["text"])

    def _comment(self, body: str) -> None:
        """`add more` repeats the element before it, with the white space that leads to it."""
        found = _MORE.fullmatch(body)
        if found is None:
            return  # a remark to people
        low, high = DEFAULT_TIMES
        if found["low"] is not None:
            low, high = count(found["low"]), count(found["high"])
        if not low <= high or not 1 <= high <= MAX_TIMES:
            raise self._malformed(f"repetition must be LOW-HIGH with HIGH from 1 to {MAX_TIMES}")
        parts = self._open[-1].parts
        if parts and _is_space(parts[-1]):
            parts.pop()  # what stood before the comment
        if not parts or not isinstance(parts[-1], _Whole):
            raise self._malformed("nothing before this comment to repeat")
        lead = [parts.pop()]
        if parts and _is_space(parts[-1]):
            lead.insert(0, parts.pop())
        self._repeat(_element(lead), low, high)

    def _repeat(self, element: Node, low: int, high: int) -> None:
        """Right behind a hole the first one stands apart: its tag is what ends the hole."""
        parts = self._open[-1].parts
        if parts and isinstance(parts[-1], Capture):
            if low == 0:
                raise self._malformed("text right before an element that may be left out")
            parts.append(_Whole(element.parts if isinstance(element, Sequence) else (element,)))
            low, high = low - 1, high - 1
        if high:
            parts.append(Repeat(element, low, high))

    def _tag(self, written: str, tag: str) -> None:
        found = _TAG.fullmatch(tag)
        if found is None:
            raise self._malformed("not a tag")
        self._has_tags = True
        if found["close"]:
            self._close(found["name"], written)
            return
        if len(self._open) > MAX_DEPTH:
            raise TooLarge(f"elements nested deeper than {MAX_DEPTH}", kind="template")
        element = _Element(found["name"], self._at)
        element.parts += self._holes(written, None)
        if found["empty"]:
            self._open[-1].parts.append(_Whole(tuple(element.parts), element.name))
        else:
            self._open.append(element)

    def _close(self, name: str, written: str) -> None:
        element = self._open[-1]
        if element.name != name:
            due = f"where </{element.name}> is due" if element.name else "closes nothing"
            raise self._malformed(f"</{name}> {due}")
        self._open.pop()
        parts = [_until(p, [written]) if isinstance(p, Capture) else p for p in element.parts]
        self._open[-1].parts.append(_Whole((*parts, Literal(written)), name))

    def _text(self, written: str) -> None:
        parts = self._open[-1].parts
        if not written.strip():
            parts.append(Literal(written))
            return
        new = self._holes(written, self._open[-1].name or "text")
        self._check_apart([*parts[-1:], *new])
        parts += new

    def _holes(self, written: str, name: str | None) -> list[Node]:
        """Literal text and holes. `name`: what a text without any hole is a description for."""
        pieces = _split(written)
        if len(pieces) == 1 and name is not None:
            lead = written[: len(written) - len(written.lstrip())]
            tail = written[len(written.rstrip()) :]
            parts: list[Node] = [Literal(lead), self._capture(name, FreeText()), Literal(tail)]
            return [part for part in parts if part != Literal("")]
        found: list[Node] = []
        for i, piece in enumerate(pieces):
            if i % 2:
                found.append(self._hole(piece))
            elif piece:
                found.append(Literal(piece))
        self._check_apart(found)
        return found

    def _check_apart(self, parts: "Iterable[Node | _Whole]") -> None:
        """Nobody could tell where one hole ends and the other begins."""
        if any(isinstance(a, Capture) and isinstance(b, Capture) for a, b in pairwise(parts)):
            raise self._malformed("two holes with nothing between them")

    def _hole(self, body: str) -> Node:
        name, colon, kind = body.partition(":")
        if not _NAME.fullmatch(name.strip()):
            raise self._malformed(f"{{{body}}}: a hole needs a name")
        kind = kind.strip()
        if colon and not kind:
            raise self._malformed(f"{{{body}}}: a type is missing behind the colon")
        if not kind:
            return self._capture(name.strip(), FreeText())
        self.typed.setdefault(name.strip(), []).append(placed(self._source, self._at)[0])
        return self._capture(name.strip(), Regular(self._type(kind)))

    def _type(self, kind: str) -> Expr:
        if kind in _TYPES:
            return _TYPES[kind]
        if kind.startswith("regex(") and kind.endswith(")"):
            try:
                return whole(kind[len("regex(") : -1])
            except CompileError as error:
                raise self._malformed(error.message) from error
        if "|" in kind:
            return either(*(text(each.strip()) for each in kind.split("|")))
        near = get_close_matches(kind, _TYPES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        known = f"{', '.join(_TYPES)}, a|b, regex(..)"
        raise self._malformed(f"unknown type {kind!r} (known: {known}){hint}")

    def _capture(self, name: str, node: Node) -> Node:
        self._n_holes += 1
        if self._n_holes > MAX_HOLES:
            raise TooLarge(f"more than {MAX_HOLES} holes", kind="template")
        return Capture(name, node, self._channel)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A closed element."""

    parts: tuple["Node | _Whole", ...]
    name: str = ""


def _is_space(node: "Node | _Whole") -> bool:
    return isinstance(node, Literal) and not node.text.strip()


def _split(written: str) -> list[str]:
    """Text and holes in turn: "a{b}c" is ["a", "b", "c"]. Braces nest inside regex(...)."""
    pieces, depth, start = [], 0, 0
    for i, letter in enumerate(written):
        if letter == "{":
            if depth == 0:
                pieces.append(written[start:i])
                start = i + 1
            depth += 1
        elif letter == "}" and depth:
            depth -= 1
            if depth == 0:
                pieces.append(written[start:i])
                start = i + 1
    if depth:
        return [written]
    return [*pieces, written[start:]]


def _flat(parts: "list[Node | _Whole] | tuple[Node | _Whole, ...]") -> list[Node]:
    """Elements opened up, neighbouring literals joined."""
    found: list[Node] = []
    for part in parts:
        for each in _flat(part.parts) if isinstance(part, _Whole) else [part]:
            if isinstance(each, Literal) and found and isinstance(found[-1], Literal):
                found[-1] = Literal(found[-1].text + each.text)
            else:
                found.append(each)
    return found


def _element(parts: "list[Node | _Whole]") -> Node:
    """A repeatable element: if it has several holes, they are captured together under its name."""
    whole = parts[-1]
    assert isinstance(whole, _Whole)
    first, *rest = _flat(parts)
    if sum(isinstance(each, Capture | Repeat) for each in rest) < 2:
        return _bounded(parts)
    channel = next(each.channel for each in _captures(rest))
    return sequence(first, Capture(whole.name, _closed(rest), channel))


def _captures(parts: Iterable[Node]) -> Iterator[Capture]:
    return (each for part in parts for each in walk(part) if isinstance(each, Capture))


def _bounded(parts: "list[Node | _Whole]") -> Node:
    return _closed(_flat(parts))


def _closed(flat: list[Node]) -> Node:
    """Each hole kept from holding the texts that may end it."""
    for i, part in enumerate(flat):
        if isinstance(part, Capture) and isinstance(part.part, FreeText | Regular):
            flat[i] = _until(part, _leads(flat[i + 1 :]))
    return sequence(*flat)


def _leads(parts: Iterable[Node]) -> list[str]:
    """The literals that these parts may begin with; none where a hole may be first."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, Literal):
            return [*found, part.text]
        if isinstance(part, Repeat):
            inner = _leads([part.part])
            if part.low or not inner:
                return [*found, *inner] if inner else []
            found += inner
        elif isinstance(part, Sequence):
            return [*found, *_leads(part.parts)]
        else:
            return []
    return found


def _until(hole: Capture, leads: list[str]) -> Capture:
    """The hole without texts that hold one of these, or the tag that one begins with."""
    stops = [stop for lead in leads for stop in (lead.strip(), lead) if stop]
    stops = [stop.partition(">")[0] + ">" if ">" in stop else stop for stop in stops]
    stops = list(dict.fromkeys(stops))
    if isinstance(hole.part, FreeText):
        return replace(hole, part=FreeText(tuple(dict.fromkeys((*hole.part.stops, *stops)))))
    assert isinstance(hole.part, Regular)
    expr = hole.part.expr
    try:
        for stop in stops:
            holding = cat(EVERY, text(stop), EVERY)
            if not is_empty(both(expr, holding)):
                expr = both(expr, other_than(holding))
        empty = is_empty(expr)
    except TooLarge as error:
        raise TooLarge(f"the hole {hole.name!r}: {error.message}", kind=error.kind) from error
    if empty:
        raise Contradiction(f"no text fits the hole {hole.name!r}")
    return replace(hole, part=Regular(expr))
