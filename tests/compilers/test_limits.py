"""Hostile declarations: each compiles or is refused by name, soon, in every dialect."""

import math
import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import compilers
from compilers.errors import CompileError, Malformed, Unsupported
from tests.compilers.byte_engine import holds, tokens

# Of processor time, for the front end (which stops a schema after 1.5 s) and for each dialect.
SECONDS = 4.0
TIMES = int(os.environ.get("DIFFERENTIAL", "1"))
Front = Callable[[Any], compilers.Grammar]


def nested(outer: Callable[[Any], Any], depth: int, inner: Any = True) -> Any:
    for _ in range(depth):
        inner = outer(inner)
    return inner


def rules(n: int, body: str, last: str, name: str = "r") -> str:
    """Lark in which each rule is made of the next one."""
    lines = [f"{name}{i}: {body.format(f'{name}{i + 1}')}" for i in range(n)]
    return "\n".join([f"start: {name}0", *lines, f"{name}{n}: {last}"])


def as_gbnf(lark: str) -> str:
    return lark.replace(":", " ::=").replace("start", "root")


SCHEMAS = {
    "deep items": nested(lambda s: {"items": s, "type": "array"}, 400),
    "deep properties": nested(lambda s: {"properties": {"a": s}, "required": ["a"]}, 400),
    "deep not": nested(lambda s: {"not": s}, 400, {"type": "string"}),
    "deep allOf": nested(lambda s: {"allOf": [s, {"type": "object"}]}, 400),
    "deep anyOf": nested(lambda s: {"anyOf": [s, {"const": 1}]}, 400),
    "deep if": nested(lambda s: {"if": s, "then": s, "else": {"minLength": 2}}, 12),
    "one ref to itself": {"$ref": "#"},
    "refs in a ring": {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
                       "$ref": "#/$defs/a"},
    "a long chain of refs": {
        "$defs": {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(1000)} | {"d1000": {}},
        "$ref": "#/$defs/d0",
    },
    "a tree of refs": {
        "$defs": {f"d{i}": {"items": [{"$ref": f"#/$defs/d{i + 1}"}] * 2, "minItems": 2}
                  for i in range(40)} | {"d40": {}},
        "$ref": "#/$defs/d0",
    },
    "a schema that no value can end": {"type": "object", "properties": {"a": {"$ref": "#"}},
                                       "required": ["a"]},
    "2,000 alternatives": {"anyOf": [{"const": f"v{i}"} for i in range(2000)]},
    "2,000 rivals": {"oneOf": [{"properties": {f"k{i}": {}}, "required": [f"k{i}"]}
                               for i in range(2000)]},
    "10,000 values": {"enum": [f"value {i}" for i in range(10_000)]},
    "a product of choices": {"allOf": [{"anyOf": [{"required": [f"a{i}"]}, {"required": [f"b{i}"]}]}
                                       for i in range(30)]},
    "1,000 members": {"type": "object", "properties": {f"k{i}": {"type": "integer"}
                                                        for i in range(1000)}},
    "a huge string": {"type": "string", "minLength": 10**6, "maxLength": 10**9},
    "a huge array": {"type": "array", "minItems": 10**6, "maxItems": 10**9},
    "a huge object": {"type": "object", "minProperties": 10**6},
    "huge numbers": {"type": "integer", "minimum": -(10**300), "maximum": 10**300},
    "a large divisor": {"type": "integer", "multipleOf": 104_729},
    "a fine divisor": {"type": "number", "multipleOf": 1e-12},
    "overlapping patterns": {"patternProperties": {f"a.*{i}": {"minimum": i} for i in range(20)}},
    "many unequal items": {"type": "array", "uniqueItems": True,
                           "items": {"enum": list(range(100))}},
    "a pattern that explodes": {"pattern": "^(a|b)*a(a|b){20}$", "not": {"pattern": "b.{20}$"}},
    "many that it contains": {"allOf": [{"contains": {"const": i}} for i in range(30)]},
    "100,000 values": {"enum": [f"value {i}" for i in range(100_000)]},
    "a value nested deeply": {"const": nested(lambda value: {"a": value}, 390, 1)},
    "counts like those of no language": {"minLength": 1e308, "maxItems": 10**4000,
                                         "minProperties": 2**64 + 1},
    "no number": {"const": math.nan},
    "a number that no reader takes": {"const": -(10**400)},
    "a bound beyond all others": {"type": "array", "uniqueItems": True, "items": {
        "type": "integer", "minimum": 10**400, "maximum": 1.5}},
    "an index of 5,000 digits": {"$ref": "#/anyOf/" + "9" * 5000, "anyOf": [{}]},
    "an index in other digits": {"$ref": "#/anyOf/²", "anyOf": [{}]},
    "a name that is no URI": {"$id": "http://[", "$ref": "x"},
    "another": {"$defs": {"a": {"$id": "http://a\u2100b/"}}, "$ref": "http://[#a"},
}  # fmt: skip
PATTERNS = {
    "deep groups": "(" * 5_000 + ")" * 5_000,
    "groups at the limit": "(?:" * 55 + "a" + ")*" * 55,
    "counts within counts": "((a{100}){100}){100}",
    "a huge count": "a{100000}",
    "a count too huge": "a{1000000000}",
    "many ways to count": "([ab]{1,300}){1,300}",
    "4,000 alternatives": "|".join(f"w{i}" for i in range(4000)),
    "stars of stars": "((((a*)*)*)*b)*",
    "look-aheads": "".join(f"(?=.*{c}.{{9}})" for c in "abcdef") + ".*",
    "forbidden far behind": "(?!.*a.{25}$).*",
    "anchors multiplied": "(^a|b$|c)" * 12,
    "a long one": "ab?" * 6_000,
    "all of it may be empty": "a?" * 2_000,
    "anchors in a row": "a$" * 2_000,
    "look-aheads in a row": "(?=a)b?" * 2_000,
    "boundaries in a row": r"a\b" * 2_000,
    "a count of 5,000 digits": "a{1," + "9" * 5_000 + "}",
}
TEMPLATES = {
    "deep": "<a>" * 45 + "{x}" + "</a>" * 45,
    "too deep": "<a>" * 5_000,
    "1,000 holes": "<r>" + "".join(f"<t{i}>{{x{i}}}</t{i}>" for i in range(1000)) + "</r>",
    "1,000 holes in a row": "<r>" + " and ".join("{x}" for _ in range(1000)) + "</r>",
    "repeated within repeated": nested(
        lambda inner: f"<a>{inner}</a><!-- add 900-1000 more -->", 6, "{x:int}"
    ),
    "open braces": "<a>" + "{" * 20_000 + "</a>",
    "open comment": "<a><!--" + "-" * 50_000,
    "a pattern that explodes": "<a>{x:regex((a|b)*a(a|b){18})}</a>",
    "no times": "<a>{x}</a><!-- add 0-0 more -->",
    "times of 5,000 digits": f"<a>{{x}}</a><!-- add 1-{'9' * 5_000} more -->",
}
LARK = {
    "deep groups": "start: " + "(" * 5_000 + '"a"' + ")" * 5_000,
    "a rule twice the next": rules(40, "{0} {0}", '"a"'),
    "a rule or itself": rules(200, "{0} | {0} {0}", '"a"'),
    "terminals twice the next": rules(25, "{0} {0}", '"a"', "R"),
    "many counts": rules(8, "{0}~0..900", '"a"'),
    "terminals counted": rules(4, "{0}~0..900", '"a"', "R"),
    "a ring of rules": 'start: a\na: b\nb: a | "x"',
    "both sides": 'start: start start | start "+" start | "a" |',
    "2,000 alternatives": "start: " + " | ".join(f'"w{i}"' for i in range(2000)),
    "nothing but empty": "start: (((()*)+)?)*",
    "overlapping words": 'start: A* B* C*\nA: /[ab]+/\nB: /[bc]+/\nC: /[ca]+x/',
    "a long chain of terminals": rules(6_000, "{0}", '"a"', "R"),
    "a long chain of rules": rules(6_000, "{0}", '"a"'),
    "a count of 5,000 digits": f'start: "a"~{"9" * 5_000}',
}  # fmt: skip
GBNF = {
    "a text twice the next": as_gbnf(rules(30, "{0} {0}", '"a"')),
    "a long chain": as_gbnf(rules(6_000, "{0}", '"a"')),
    "a long chain that is not regular": as_gbnf(rules(1_500, '"(" {0} ")" | root', '"a"')),
    "a count of 5,000 digits": 'root ::= "a"{' + "9" * 5_000 + "}",
}
KINDS: dict[str, tuple[Front, dict[str, Any]]] = {
    "schema": (compilers.json_schema, SCHEMAS),
    "regex": (compilers.regex, PATTERNS),
    "template": (compilers.template, TEMPLATES),
    "lark": (compilers.lark_text, LARK),
    "gbnf": (compilers.gbnf_text, GBNF),
}
CASES = [
    pytest.param(front, source, id=f"{kind}: {name}")
    for kind, (front, cases) in KINDS.items()
    for name, source in cases.items()
]


def soon(work: Callable[[], Any]) -> Any:
    """The result, or None where it is refused by name; no other error, and not late."""
    start = time.thread_time()
    try:
        return work()
    except CompileError:
        return None
    finally:
        took = time.thread_time() - start
        assert took < SECONDS, f"took {took:.1f} s"


@pytest.mark.parametrize(("front", "source"), CASES)
def test_hostile(front: Front, source: Any) -> None:
    grammar = soon(lambda: front(source))
    for dialect in compilers.DIALECTS if grammar is not None else ():
        soon(lambda dialect=dialect: compilers.emit(grammar, dialect))


HALF_PAIRS: list[tuple[Front, Any]] = [
    (compilers.choice, ["yes", "\ud800"]),
    (compilers.lark_text, 'start: "\udfff"'),
    (compilers.gbnf_text, "root ::= [\ud800]"),
    (compilers.template, "<a>\ud83d</a>"),
    (compilers.json_schema, {"enum": ["yes", "\ud800"]}),
    (compilers.json_schema, {"properties": {"\udfff": {}}}),
]


@pytest.mark.parametrize(("front", "source"), HALF_PAIRS)
def test_what_has_no_utf_8_is_refused(front: Front, source: Any) -> None:
    with pytest.raises(Malformed, match="half of a surrogate pair is no letter"):
        front(source)


COUNTS = ["([ab]{1,60}c?){1,60}", "(a|b|ab){1,3000}c", "(([ab]{1,15}c?){1,15}d?){1,15}"]
TOO_MANY = ["([ab]{1,80}c?){1,80}", "([ab]{1,100}){1,100}", ".*a.{5000}", "(a|b|ab){1,5000}c"]


@pytest.mark.parametrize("pattern", COUNTS)
def test_what_is_counted_can_be_counted_to_the_end(pattern: str) -> None:
    """llguidance compiles more than it can walk: a reply would end in an error."""
    grammar = compilers.emit(compilers.regex(pattern), "llguidance")
    assert not holds(grammar, tokens("ab" * 1000 + "!"))


@pytest.mark.parametrize("pattern", TOO_MANY)
def test_what_could_not_is_refused(pattern: str) -> None:
    with pytest.raises(Unsupported, match="counts that keep more than 4000 numbers"):
        compilers.emit(compilers.regex(pattern), "llguidance")
    with pytest.raises(Unsupported, match="counts that keep more than 4000 numbers"):
        compilers.emit(compilers.json_schema({"pattern": f"^{pattern}$"}), "llguidance")


# --- hostile texts at random: nested, repeated and cut pieces of what each front end reads

PIECES = {
    "regex": [
        *("(", ")", "(?:", "(?=", "(?!", "[", "]", "^", "$", "|", "*", "+", "?", "{", "}"),
        *("a", "é", "\\", "\\d", "\\p{L}", ".", "-", "\\u00", "{9,99}", "{99999}"),
    ],
    "template": [
        *("<a>", "</a>", "<a", ">", "{x}", "{", "}", "{n:int}", "{r:regex((a*)*)}", "<!--", " "),
        *("<!-- add more -->", "<!-- add 1-1000 more -->", "text", "<b/>", "é"),
    ],
    "lark": [
        *("start: ", "a: ", "A: ", "start", "a", "A", '"x"', "/y+/", "\n", "|", "(", ")", "[", "]"),
        *("*", "+", "?", "~9..99", "~900", '""', "%ignore A\n", "<think>", "%import common.INT\n"),
    ],
}


def _texts(kind: str) -> st.SearchStrategy[str]:
    pieces = st.lists(st.sampled_from(PIECES[kind]), min_size=1, max_size=12)
    return st.tuples(pieces, st.sampled_from([1, 1, 1, 30, 500])).map(
        lambda pair: "".join(pair[0] * pair[1])
    )


@pytest.mark.parametrize("kind", PIECES)
def test_hostile_at_random(kind: str) -> None:
    front = KINDS[kind][0]

    @settings(max_examples=150 * TIMES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_texts(kind))
    def check(source: str) -> None:
        grammar = soon(lambda: front(source))
        for dialect in compilers.DIALECTS if grammar is not None else ():
            soon(lambda dialect=dialect: compilers.emit(grammar, dialect))

    check()
