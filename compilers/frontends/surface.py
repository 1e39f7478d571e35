"""How a family of models writes a reply: tool calls, reasoning and words, as texts with holes.

    Surface(call='<tool_call>\\n{"name": "{name}", "arguments": {arguments}}\\n</tool_call>')

`call`         one call, with the holes {name} and {arguments}; {id} and {index} may stand beside
`also`         other spellings of a call that models use and that are taken, too
`calls`        what stands around all calls, with the hole {calls}
`between`      what stands between two calls; None: a reply holds one call at most
`parameter`    where arguments are no JSON object but parameters: one, with {key} and {value}
`json_parameter`  the same for values that are no strings, where these are written otherwise
`content`      what stands around the words of a reply, with the hole {content}
`preamble`     the same for words before calls; None: calls stand in place of words
`reasoning`    what stands around the reasoning before all that, with the hole {reasoning}
`sign`         the text by which a call that begins with no tag is told from words; None: all of its
               text before the first hole
`tags`         the texts that a vocabulary may have as special tokens of their own
`style`        how the arguments' JSON is spaced

A tag that a vocabulary has as a special token is that token, which no text can spell. Else it is
plain text, which the words before it do not hold.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields

from compilers.errors import Malformed
from compilers.frontends.json_schema.spelling import Style
from compilers.ir import EMPTY, Literal, Node, Special, sequence

IDS = 9
"""Letters and digits of an {id}: what the models that write ids were taught."""

_HOLES = {
    "call": ({"name", "arguments"}, {"id", "index"}),
    "also": ({"name", "arguments"}, {"id", "index"}),
    "calls": ({"calls"}, set[str]()),
    "parameter": ({"key", "value"}, set[str]()),
    "json_parameter": ({"key", "value"}, set[str]()),
    "content": ({"content"}, set[str]()),
    "preamble": ({"content"}, set[str]()),
    "reasoning": ({"reasoning"}, set[str]()),
}
_HOLE = re.compile(
    r"\{(" + "|".join(sorted({h for a, b in _HOLES.values() for h in a | b})) + r")\}"
)


@dataclass(frozen=True, slots=True)
class Surface:
    """The default is that of Qwen and Hermes models. Malformed, naming the field, if it is none."""

    call: str = '<tool_call>\n{"name": "{name}", "arguments": {arguments}}\n</tool_call>'
    also: tuple[str, ...] = ()
    calls: str = "{calls}"
    between: str | None = "\n"
    parameter: str | None = None
    json_parameter: str | None = None
    content: str = "{content}"
    preamble: str | None = "{content}"
    reasoning: str | None = "<think>{reasoning}</think>"
    sign: str | None = None
    tags: tuple[str, ...] = ("<tool_call>", "</tool_call>", "<think>", "</think>")
    style: Style = field(default_factory=Style)

    def __post_init__(self) -> None:
        for each in fields(self):
            if each.name in _HOLES:
                value = getattr(self, each.name)
                for text in value if each.name == "also" else () if value is None else (value,):
                    _check(each.name, text, self.parameter is not None)
        if self.json_parameter is not None and self.parameter is None:
            raise Malformed("stands for nothing without parameter", "json_parameter", "surface")
        if "" in self.tags or self.sign == "":
            raise Malformed("must not be empty", "tags" if "" in self.tags else "sign", "surface")

    @property
    def spellings(self) -> tuple[str, ...]:
        """All spellings of a call, the one to write first."""
        return (self.call, *self.also)


def _check(name: str, text: str, tagged: bool) -> None:
    """Each hole once, the name before the arguments, and text after whatever has no end itself.

    `tagged`: arguments are parameters, which begin with a text of their own.
    """
    needed, allowed = _HOLES[name]
    holes = _HOLE.findall(text)
    if not (needed <= set(holes) <= needed | allowed and len(holes) == len(set(holes))):
        wanted = " and ".join(f"{{{hole}}}" for hole in sorted(needed, reverse=name == "call"))
        raise Malformed(f"must hold {wanted} once, not {text!r}", name, "surface")
    order = [hole for hole in holes if hole in ("name", "arguments", "key", "value")]
    if order != sorted(order, key=("name", "arguments", "key", "value").index):
        raise Malformed(f"must hold {{{order[1]}}} before {{{order[0]}}}", name, "surface")
    pieces = split(text)
    bare = [i for i in range(2, len(pieces) - 1, 2) if not pieces[i]]
    if any(not tagged or pieces[i + 1] != "arguments" for i in bare):
        raise Malformed("needs some text between two holes", name, "surface")
    if name in ("parameter", "json_parameter") and not pieces[-1]:
        raise Malformed("needs some text after {value}", name, "surface")
    if name == "reasoning" and not (pieces[0] and pieces[-1]):
        raise Malformed("needs a tag before {reasoning} and one after it", name, "surface")


def split(text: str) -> list[str]:
    """Text and the names of holes in turn: "a{name}b" is ["a", "name", "b"]."""
    return _HOLE.split(text)


class Tags:
    """The tags of a surface, and which of them are special tokens of a vocabulary."""

    def __init__(self, surface: Surface, special: Collection[str]) -> None:
        known = sorted(surface.tags, key=len, reverse=True)
        self._special = frozenset(special).intersection(known)
        self._pattern = re.compile("(" + "|".join(map(re.escape, known)) + ")") if known else None
        self._content = tuple(known), tuple(sorted(self._special))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tags) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __repr__(self) -> str:
        return f"Tags{self._content}"

    def node(self, text: str) -> Node:
        """A piece of markup, its special tags as tokens."""
        found: list[Node] = []
        for part in self._split(text):
            if part in self._special:
                found.append(Special(part))
            elif part and found and isinstance(found[-1], Literal):
                found[-1] = Literal(found[-1].text + part)
            elif part:
                found.append(Literal(part))
        return sequence(*found) if found else EMPTY

    def first(self, text: str) -> str:
        """The first tag in a piece of markup, else all of it."""
        parts = self._split(text)
        return parts[1] if len(parts) > 1 else text

    def common(self, texts: Iterable[str]) -> str:
        """What all begin with, no tag cut in two."""
        found: list[str] = []
        for parts in zip(*map(self._split, texts), strict=False):
            if len(set(parts)) > 1:
                break
            found.append(parts[0])
        return "".join(found)

    def plain(self, text: str) -> str | None:
        """What words before this markup may not hold: its first tag, unless that is a token."""
        tag = self.first(text)
        return None if not tag or self.spells(tag) else tag

    def spells(self, text: str) -> bool:
        """Whether a token is in it, so that no text can spell it."""
        return not self._special.isdisjoint(self._split(text))

    def _split(self, text: str) -> list[str]:
        return self._pattern.split(text) if self._pattern else [text]
