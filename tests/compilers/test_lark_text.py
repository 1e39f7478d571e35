"""Grammars written by hand: rows of (grammar, accept, reject), and what is refused, and where."""

import re

import lark
import pytest

import compilers
from compilers.errors import CompileError, Contradiction, Malformed, TooLarge, Unsupported
from compilers.ir import Special
from compilers.oracle import recognises
from tests.compilers.test_lark import holds

ROWS = [
    ('start: "a"', ["a"], ["", "aa"]),
    ('start: "a" "b"? | [ "c" ] "d"', ["a", "ab", "d", "cd"], ["b", "c", "abd"]),
    ('start: ("a" | "b")+ "c"*', ["a", "abba", "acc"], ["", "c"]),
    ('start: "a"~2 "b"~1..3', ["aab", "aabbb"], ["ab", "aa", "aabbbb"]),
    ('start: "a"~0..1 "b"', ["b", "ab"], ["aab"]),
    ('start: "yes"i', ["yes", "YES", "yEs"], ["ye"]),
    ('start: "ßǅ"i', ["ßǅ", "ßǆ", "ßǄ"], ["Sǅ", "SSǅ"]),
    ('start: "a".."f" "0".."9"', ["a0", "f9"], ["g0", "a"]),
    (r'start: "\"\\\n\t\x41\u00e9\U0001F600"', ['"\\\n\tAé😀'], ["A"]),
    (r"start: /[a-c]{2}\/x/i", ["ab/x", "CB/X"], ["a/x"]),
    ("start: /a.b/s", ["a\nb", "axb"], ["ab"]),
    ('start: A B\nA: /x+/\nB: A? "y" | "z"', ["xy", "xxy", "xz"], ["x", "y"]),
    ('start: item ("," item)*\nitem: /[0-9]+/\n  | "(" start ")"', ["1", "1,(2,(3))"], ["", "(1"]),
    ('start: start "+" "1" | "1"', ["1", "1+1", "1+1+1"], ["+1", "1+"]),
    ('?start: x -> first\n  | "c" -> second\n!x: "a"', ["a", "c"], ["b"]),
    ('start: "a" "b"\n%ignore " "', ["ab", " a  b ", "a b"], ["a\nb", ""]),
    ("start: INT\n%import common.INT", ["0", "42"], ["", "-1"]),
    ("start: N\n%import common.SIGNED_NUMBER -> N", ["-4.5e3", "7"], ["x"]),
    ('start: CNAME "=" INT\n%import common (CNAME, INT)', ["a_1=2"], ["1=2"]),
    ('start: /"/ WORD /"/\n%import common.WORD // words', ['"abc"'], ['"a b"']),
    ('# a remark\nstart: "a" // one more\n\n// the end', ["a"], ["b"]),
    ('start: _a B_1\n_a: "x"\nB_1: "y"\n', ["xy"], ["x"]),
    ('start: "a" |', ["a", ""], ["b"]),
    ('start: "é" /[^é]/', ["é😀", "éa"], ["éé"]),
]
# What python lark does not take: empty terminals, and its own strings in a regular language.
OURS = [
    ("start: A B\nA: /x*/\nB: /y?/", ["", "xx", "xy"], ["yx"]),
    ("start: ESCAPED_STRING\n%import common.ESCAPED_STRING", ['""', r'"a\"b"'], ['"a"b"', '"']),
    ('start: "" "a"', ["a"], [""]),
]


@pytest.mark.parametrize(("source", "accept", "reject"), ROWS + OURS)
def test_rows(source: str, accept: list[str], reject: list[str]) -> None:
    grammar = compilers.lark_text(source)
    assert [text for text in accept if not recognises(grammar, text)] == []
    assert [text for text in reject if recognises(grammar, text)] == []


@pytest.mark.parametrize(("source", "accept", "reject"), ROWS)
def test_lark_says_the_same(source: str, accept: list[str], reject: list[str]) -> None:
    parser = lark.Lark(source, parser="earley", lexer="dynamic_complete")
    assert [text for text in accept if not holds(parser, text)] == []
    assert [text for text in reject if holds(parser, text)] == []


def test_a_special_token_is_not_its_letters() -> None:
    grammar = compilers.lark_text('start: "a" <think>')
    assert recognises(grammar, ["a", Special("<think>")])
    assert not recognises(grammar, "a<think>")


REFUSED = [
    ('start: "a"\nstart: "b"', Malformed, "line 2, column 1: start is defined twice"),
    ("start: itme\nitem: /x/", Malformed, "line 1, column 8: itme is not defined; did you mean it"),
    ("start: INT", Malformed, "INT is not defined"),
    ('item: "a"', Malformed, "a rule named start"),
    ('start: ("a"', Malformed, "')' expected"),
    ('start: "a")', Malformed, "the end of the line"),
    ("start: 'a'", Malformed, 'line 1, column 8: "\'" begins nothing'),
    ("start: = x", Malformed, "'=' begins nothing"),
    ('start "a"', Malformed, "':' expected"),
    (r'start: "a\d"', Malformed, r"line 1, column 10: \d is no escape"),
    (r'start: "\ud800"', Malformed, "names no letter"),
    ('start: "b".."a"', Malformed, "two letters in order"),
    ('start: "a"~3..2', Malformed, "out of order"),
    ('start: "a"~99999', TooLarge, "count"),
    ('start: "a"*?', Malformed, "column 12: not expected here"),
    ("start: A\nA: B\nB: A", Malformed, "the terminal A uses itself"),
    ('start: A\nA: b\nb: "x"', Malformed, "line 2, column 4: a terminal cannot use the rule b"),
    ("start: A\nA: <think>", Malformed, "cannot use the special token <think>"),
    ("start: /(?<=a)b/", Unsupported, "line 1, column 8: pattern: look-behind"),
    ("start: /a/m", Unsupported, "the flag 'm'"),
    ("start: /[/", Malformed, "ends too early"),
    ('start.2: "a"', Unsupported, "a priority"),
    ('start: A\nA.2: "a"', Unsupported, "a priority"),
    ('start: x{"a"}\nx{y}: y', Unsupported, "a template"),
    ("%declare A\nstart: A", Unsupported, "line 1, column 1: %declare"),
    ('%override start: "a"', Unsupported, "%override"),
    ("%nonsense", Malformed, "no command"),
    ("start: A\n%import .other.A", Unsupported, "anywhere but common"),
    ("start: A\n%import python.A", Unsupported, "anywhere but common"),
    ("start: INTT\n%import common.INTT", Malformed, "common has no INTT; did you mean INT"),
    ("start: start", Contradiction, "no text"),
    ('start: "a" start', Contradiction, "no text"),
    ("start: " + "(" * 100 + '"a"' + ")" * 100, TooLarge, "nested"),
    ("start: " + '"a"' * 50_000, TooLarge, "letters"),
]


@pytest.mark.parametrize(("source", "error", "message"), REFUSED)
def test_refused(source: str, error: type[CompileError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        compilers.lark_text(source)


def test_errors_show_the_place() -> None:
    with pytest.raises(Malformed, match=r'^line 2, column 9: .*\n  item: "a\n {8}\^$'):
        compilers.lark_text('start: item\n  item: "a\n')
