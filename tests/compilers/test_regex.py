"""Regular expressions: rows of (pattern, texts in which it is found, texts in which it is not)."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compilers.errors import CompileError, Malformed, Unsupported
from compilers.frontends.regex import search, whole
from compilers.regular import (
    Dfa,
    accepts,
    both,
    cat,
    dfa,
    either,
    is_empty,
    lengths,
    listed,
    minimise,
    other_than,
    shortest,
    to_expr,
)
from compilers.regular.letters import holds

SEARCH = [
    ("a", ["a", "xay"], ["", "b"]),
    ("^a", ["a", "ab"], ["ba"]),
    ("a$", ["a", "ba"], ["ab", "a\n"]),
    ("^a|b$", ["ax", "xb", "b"], ["xa", "bx"]),
    ("^(a|b)$|^$", ["", "a", "b"], ["ab", "c"]),
    ("(^a|b)c", ["ac", "xbc"], ["xac", "c"]),
    ("x*^a", ["a", "ab"], ["xa", "ba"]),
    ("^(?!foo)", ["", "fo", "xfoo"], ["foo", "foobar"]),
    ("^(?=.*[0-9])(?=.*[a-z]).{2,4}$", ["a1", "1a", "ab12"], ["a", "ab", "12", "abc12"]),
    ("^((?!bad).)*$", ["", "good", "ba"], ["bad", "xbady", "a\nb"]),
    (r"^[^\s]+$", ["ab"], ["", "a b", "a\u00a0b", "a\tb"]),
    (r"^[\w-]+$", ["a-b_9"], ["", "a.b"]),
    (r"^[a-zA-Z0-9-_.]+$", ["a-b_.c"], ["a/b"]),
    (r"^\u00e9\x41\/\.$", ["éA/."], ["eA/."]),
    (r"^\ud83d\ude00$", ["😀"], [":"]),
    (r"^a{2}b{1,}c{0,1}$", ["aab", "aabbc"], ["ab", "aac"]),
    (r"^a{,2}$", ["a{,2}"], ["a", ""]),
    (r"^\p{Lu}\p{L}*$", ["Éa", "A"], ["a", ""]),
    (r"^(?:(?<year>\d{4}))$", ["2024"], ["24"]),
    (r"^[^]$", ["a", "\n"], ["", "ab"]),
    (r"[]", [], ["", "a"]),
    (r"^[\]\\]$", ["]", "\\"], ["["]),
    (r"(?i)^ab[c-d]$", ["AbC", "abd"], ["abe"]),
    (r"^.$", ["a", "é", "😀"], ["\n", "\u2028", "ab"]),
    ("", ["", "x"], []),
    (r"^(a/?(b|$))*$", ["", "ab", "a", "aba/", "a/b"], ["b", "aa", "aab"]),
    (r"^(a($|/))+$", ["a", "a/", "a/a"], ["", "aa"]),
    (r"^(?:(?:^[*]|[a-z]+)[.])*x$", ["x", "*.x", "*.ab.x"], ["a.*.x", "*x"]),
    (r"[ab]{1,9}", ["a", "xbx"], ["", "x"]),
    (r"^a[bc]{2,9}", ["abb", "abcbx"], ["ab", "abxx"]),
    (r"\bfoo\b", ["foo", "a foo.", "(foo)", "éfoo"], ["food", "a_foo", "fo", ""]),
    (r"^\w+\b.?$", ["ab", "ab.", "ab\u00e9"], ["", ".", "ab.."]),
    (r"o\B", ["oo", "of", "no o one on"], ["o", "so", "so o "]),
    (r"\b", ["a", " a"], ["", " ", "é"]),
    (r"^\B$", [""], ["a", " "]),
    (r"^(?:a|\b.)\b", ["a", "b c"], ["ab", " "]),
    (r"^a(?i)b(?:c(?-i)d|e)f$", ["aBCdF", "aBeF"], ["Abcdf", "abcDf", "abEf"]),
    (r"^(?i:a)b(?s:.).$", ["Ab\nx", "abxx"], ["aBxx", "abx\n"]),
]


@pytest.mark.parametrize(("pattern", "found", "missing"), SEARCH)
def test_search(pattern: str, found: list[str], missing: list[str]) -> None:
    expr = search(pattern)
    assert [t for t in found if not accepts(expr, t)] == []
    assert [t for t in missing if accepts(expr, t)] == []


REFUSED = [
    (r"(a)\1", Unsupported, "back-reference"),
    (r"(?<=a)b", Unsupported, "look-behind"),
    (r"^(?:\ba )+$", Unsupported, r"\b inside a repetition"),
    (r"^(?:a\b|b)*$", Unsupported, r"\b inside a repetition"),
    (r"^((?!^a).)*$", Unsupported, "an anchor or look-ahead inside a repetition"),
    (r"(?m)^a", Unsupported, "(?m"),
    (r"a++", Unsupported, "possessive"),
    (r"[[:alpha:]_]+", Unsupported, "POSIX class"),
    (r"[_[:^digit:]]", Unsupported, "POSIX class"),
    (r"(a(?=b).)*c", Unsupported, "repetition"),
    (r"\p{Script=Greek}", Unsupported, "Script=Greek"),
    (r"(a", Malformed, "missing"),
    (r"a)", Malformed, "unbalanced"),
    (r"*a", Malformed, "nothing to repeat"),
    (r"[b-a]", Malformed, "order"),
    (r"[a", Malformed, "early"),
    (r"\xzz", Malformed, "hexadecimal"),
    ("(" * 5000 + ")" * 5000, CompileError, "nested"),
]


@pytest.mark.parametrize(("pattern", "error", "message"), REFUSED)
def test_refused(pattern: str, error: type[CompileError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        search(pattern)


LETTERS = st.sampled_from(["a", "b", "é", "😀", ".", "[ab]", "[^a]", r"\d", r"\b", " "])


def _joined(parts: list[str]) -> str:
    return "".join(parts)


PATTERNS = st.recursive(
    LETTERS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(_joined),
        st.tuples(inner, inner).map(lambda p: f"(?:{p[0]}|{p[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,2}"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
        st.tuples(st.sampled_from(["(?!%s)", "(?=%s)"]), inner).map(lambda p: p[0] % p[1]),
        st.tuples(inner, inner).map(lambda p: f"(?:^{p[0]}|{p[1]})"),
        st.tuples(inner, inner).map(lambda p: rf"(?:{p[0]}\Z|{p[1]})"),
        st.tuples(inner, inner).map(lambda p: rf"{p[0]}\b{p[1]}"),
        st.tuples(inner, inner).map(lambda p: rf"(?i:{p[0]}){p[1]}"),
    ),
    max_leaves=6,
)
TEXTS = st.text(alphabet="abA1é😀 ", max_size=5)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, TEXTS)
def test_the_same_as_python(pattern: str, text: str) -> None:
    try:
        expr, found = whole(pattern), search(pattern)
    except Unsupported:
        return
    assert accepts(expr, text) == bool(re.fullmatch(pattern, text, re.ASCII))
    assert accepts(found, text) == bool(re.search(pattern, text, re.ASCII))
    assert accepts(other_than(expr), text) != accepts(expr, text)


def leads_to_an_end(automaton: Dfa, text: str) -> bool:
    state = 0
    for letter in map(ord, text):
        found = [row for pairs, row in zip(automaton.classes, automaton.steps[state], strict=True)
                 if holds(pairs, letter)]  # fmt: skip
        if not found:
            return False
        (state,) = found
    return automaton.ends[state]


@settings(max_examples=150, deadline=None)
@given(PATTERNS, PATTERNS, PATTERNS, TEXTS)
def test_automata_of_parts_beside_each_other(one: str, two: str, three: str, text: str) -> None:
    try:
        a, b, c = whole(one), whole(two), whole(three)
    except Unsupported:
        return
    for expr in (
        both(a, other_than(b)),
        both(a, other_than(b), other_than(c)),
        either(both(a, b), other_than(c)),
        other_than(either(a, both(b, c))),
        both(cat(both(a, b), c), other_than(a)),
    ):
        assert leads_to_an_end(dfa(expr), text) == accepts(expr, text)
        assert is_empty(expr) == (shortest(expr) is None)


LISTED = [
    (r"", [""]),
    (r"ab", ["ab"]),
    (r"a|bc|a", ["a", "bc"]),
    (r"[a-c]x", ["ax", "bx", "cx"]),
    (r"x[ab](y|z)", ["xay", "xaz", "xby", "xbz"]),
    (r"[ab][ab][ab]", None),
    (r"[a-e]", None),
    (r"a*", None),
]


@pytest.mark.parametrize(("pattern", "found"), LISTED)
def test_all_texts_of_a_few(pattern: str, found: list[str] | None) -> None:
    assert listed(whole(pattern), 4) == found


@settings(max_examples=150, deadline=None)
@given(PATTERNS, TEXTS)
def test_automata_keep_the_language(pattern: str, text: str) -> None:
    try:
        expr = whole(pattern)
    except Unsupported:
        return
    small = minimise(dfa(expr))
    back = to_expr(small)
    assert accepts(back, text) == accepts(expr, text)
    found = shortest(expr)
    assert is_empty(expr) == (found is None)
    if found is not None:
        example = found.text.decode()
        low, high = lengths(expr)
        assert low <= len(example)
        assert high is None or len(example) <= high
        assert accepts(back, example)
