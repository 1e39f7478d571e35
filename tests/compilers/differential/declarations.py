"""Random declarations: schemas, patterns, templates, lists of tools, and grammars as they are.

They are made to be near to trouble: of few names and letters, so that terminals that stand side by
side begin and end alike, of characters of two and four bytes, of parts that may be empty.
"""

from typing import Any

from hypothesis import strategies as st

from compilers import ir
from compilers.frontends.regex import whole
from compilers.ir import Grammar, Node
from compilers.regular import both, is_empty, other_than
from tests.compilers.differential.vocabulary import NAMED

# --- JSON Schema

NAMES = st.sampled_from(["a", "b", "ab"])
SCALARS = st.sampled_from([None, True, False, 0, 1, 2, 10, 1.5, -1, "", "a", "ab", "é"])
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=5,
)
NUMBERS = st.sampled_from([0, 1, 2, 1.5, -1])
COUNTS = st.integers(0, 2)
PATTERNS = st.sampled_from(["^a", "b$", "a", "^.$", "^(?!a)"])
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def _merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {k: v for part in parts for k, v in part.items()}


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, min_size=1, max_size=3)
    keyword = st.one_of(
        st.fixed_dictionaries({"properties": st.dictionaries(NAMES, inner, max_size=2)}),
        st.fixed_dictionaries({"additionalProperties": inner}),
        st.fixed_dictionaries({"patternProperties": st.dictionaries(PATTERNS, inner, max_size=2)}),
        st.fixed_dictionaries({"propertyNames": inner}),
        st.fixed_dictionaries({"required": st.lists(NAMES, max_size=2, unique=True)}),
        st.fixed_dictionaries({"minProperties": COUNTS}),
        st.fixed_dictionaries({"maxProperties": COUNTS}),
        st.fixed_dictionaries(
            {"dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, unique=True), max_size=1)}
        ),
        st.fixed_dictionaries({"dependentSchemas": st.dictionaries(NAMES, inner, max_size=1)}),
        st.fixed_dictionaries({"items": inner}),
        st.fixed_dictionaries({"prefixItems": few}),
        st.fixed_dictionaries({"contains": inner}),
        st.fixed_dictionaries({"minItems": COUNTS}),
        st.fixed_dictionaries({"maxItems": COUNTS}),
        st.fixed_dictionaries({"allOf": few}),
        st.fixed_dictionaries({"anyOf": few}),
        st.fixed_dictionaries({"oneOf": few}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"if": inner, "then": inner, "else": inner}),
    )
    return st.lists(keyword, min_size=1, max_size=3).map(_merged)


LEAVES = st.one_of(
    st.booleans(),
    st.fixed_dictionaries({"type": TYPES}),
    st.fixed_dictionaries({"type": st.lists(TYPES, min_size=1, max_size=2, unique=True)}),
    st.fixed_dictionaries({"enum": st.lists(JSON, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"const": JSON}),
    st.fixed_dictionaries({"minimum": NUMBERS}),
    st.fixed_dictionaries({"exclusiveMaximum": NUMBERS}),
    st.fixed_dictionaries({"multipleOf": st.sampled_from([1, 2, 0.5])}),
    st.fixed_dictionaries({"minLength": COUNTS}),
    st.fixed_dictionaries({"maxLength": COUNTS}),
    st.fixed_dictionaries({"pattern": PATTERNS}),
)
SCHEMAS = st.recursive(LEAVES, _schemas, max_leaves=6)

# --- regular expressions

_LETTERS = st.sampled_from(["a", "b", "é", "😀", ".", "[ab]", "[^a]", "[^é]", r"\d", "1"])
_COUNTS = st.sampled_from(["*", "+", "?", "{1,2}", "{2}", "{0,3}", "{2,}"])


def _joined(parts: list[str]) -> str:
    return "".join(parts)


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(_joined),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, _COUNTS).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    )


def _looks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _groups(inner),
        st.tuples(st.sampled_from(["(?!%s)", "(?=%s)"]), inner).map(lambda pair: pair[0] % pair[1]),
        st.tuples(inner, inner).map(lambda pair: f"(?:^{pair[0]}|{pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: rf"(?:{pair[0]}\Z|{pair[1]})"),
    )


PLAIN_PATTERNS = st.recursive(_LETTERS, _groups, max_leaves=5)
PATTERNS = st.recursive(_LETTERS, _looks, max_leaves=6)

# --- templates

_HOLES = st.sampled_from(
    ["{x}", "{y}", "say it", "{x:int}", "{n:number}", "{b:bool}", "{w:word}", "{l:line}",
     "{c:a|ab|é}", "{r:regex([ab]{1,3})}", "{r:regex((a|</a)*)}", "{x} and {y}", "{x}é{y:int}",
     "{x:int}.", "a{w:word}b"]
)  # fmt: skip
_MORE = st.sampled_from(
    ["", "", "<!-- add more -->", "\n<!-- add 0-2 more -->", "<!--add 2-3 more-->"]
)
_GAPS = st.sampled_from(["", "", " ", "\n  ", "é"])


def _element(parts: tuple[str, str, list[tuple[str, str]], str, str]) -> str:
    name, attribute, inner, gap, more = parts
    body = gap.join(each + after for each, after in inner)
    return f"<{name}{attribute}>{body}</{name}>{more}"


def _elements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(st.tuples(inner, st.just("")), min_size=1, max_size=2)
    attributes = st.sampled_from(["", "", ' k="{k:word}"', " é"])
    return st.tuples(st.sampled_from("ab"), attributes, parts, _GAPS, _MORE).map(_element)


TEMPLATES = _elements(st.recursive(_HOLES, _elements, max_leaves=3))

# --- lists of tools

PARAMETERS = st.fixed_dictionaries(
    {
        "type": st.just("object"),
        "properties": st.dictionaries(NAMES, LEAVES, max_size=2),
        "required": st.lists(NAMES, max_size=1),
        "additionalProperties": st.booleans(),
    }
)
TOOLS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.just("function"),
            "function": st.fixed_dictionaries(
                {"name": st.sampled_from(["a", "ab", "b"]), "parameters": PARAMETERS}
            ),
        }
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda tool: tool["function"]["name"],
)

# --- grammars as they are

_TEXTS = st.sampled_from(
    ["a", "b", "ab", "ba", "é", "aé", "😀", "", "<", "</a>", "<think>", "\n", '"']
)
_STOPS = st.lists(st.sampled_from(["a", "b", "ab", "é", "</a>", "\n"]), max_size=2, unique=True)
_RULES = ("start", "one", "two")


def _regular(parts: tuple[str, str, bool]) -> Node:
    wanted, other, subtract = parts
    """Never the empty language: front ends refuse it, or leave it out."""
    expr = whole(wanted)
    less = both(expr, other_than(whole(other))) if subtract else expr
    return ir.Regular(expr if is_empty(less) else less)


_TERMINALS = st.one_of(
    st.tuples(PLAIN_PATTERNS, _COUNTS).map(
        lambda pair: ir.Regular(whole(f"(?:{pair[0]}){pair[1]}"))
    ),
    _TEXTS.map(ir.Literal),
    _STOPS.map(lambda stops: ir.FreeText(tuple(stops))),
)
_NODES = st.one_of(
    _TEXTS.map(ir.Literal),
    _TEXTS.map(ir.Literal),
    st.tuples(_TERMINALS, _TERMINALS).map(ir.Sequence),
    st.tuples(PLAIN_PATTERNS, PLAIN_PATTERNS, st.integers(0, 3).map(lambda n: n == 0)).map(
        _regular
    ),
    _STOPS.map(lambda stops: ir.FreeText(tuple(stops))),
    st.sampled_from(NAMED).map(ir.Special),
    st.sampled_from(_RULES).map(ir.Ref),
)


def _joins(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(inner, min_size=1, max_size=3)
    bounds = st.sampled_from([(0, 1), (0, None), (1, None), (2, 2), (1, 3), (0, 2), (2, None)])
    members = st.lists(st.tuples(inner, st.booleans()), min_size=1, max_size=3).map(_keyed)
    return st.one_of(
        some.map(lambda parts: ir.Sequence(tuple(parts))),
        some.map(lambda parts: ir.Choice(tuple(parts))),
        st.tuples(inner, bounds).map(lambda pair: ir.Repeat(pair[0], *pair[1])),
        inner.map(lambda part: ir.Capture("x", part)),
        st.tuples(members, st.one_of(inner.map(_extra), st.just(ir.NOTHING))).map(
            lambda pair: ir.Unordered(pair[0], pair[1], ir.Literal(","))
        ),
    )


def _keyed(members: list[tuple[Node, bool]]) -> tuple[tuple[Node, bool], ...]:
    """Members with keys, as objects have them."""
    keys = ["a:", "ab:", "b:"]
    return tuple(
        (ir.sequence(ir.Literal(key), m), r) for key, (m, r) in zip(keys, members, strict=False)
    )


def _extra(node: Node) -> Node:
    return ir.sequence(ir.Literal("x:"), node)


def _grammar(bodies: tuple[Node, ...]) -> Grammar:
    """Without rules that nothing refers to."""
    rules = dict(zip(_RULES, bodies, strict=True))
    todo, used = ["start"], {"start"}
    while todo:
        new = {each.name for each in ir.walk(rules[todo.pop()]) if isinstance(each, ir.Ref)} - used
        used |= new
        todo += new
    return Grammar({name: rules[name] for name in _RULES if name in used})


_BODIES = st.recursive(_NODES, _joins, max_leaves=5)
GRAMMARS = st.tuples(*[_BODIES] * len(_RULES)).map(_grammar)
