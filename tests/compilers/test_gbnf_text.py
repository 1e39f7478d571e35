"""Grammars in GBNF: rows of (grammar, accept, reject), held by both engines; what is refused, and
where; and that nobody takes one notation for the other."""

import re
import time

import pytest

import compilers
from compilers.errors import CompileError, Contradiction, Malformed, TooLarge, Unsupported
from compilers.ir import Regular, Special
from compilers.oracle import recognises
from tests.compilers.byte_engine import holds, tokens

JSON = r"""
# what llama.cpp brings along, in our words
root   ::= object
value  ::= object | array | string | number | ("true" | "false" | "null") ws
object ::=
  "{" ws (
            string ":" ws value
    ("," ws string ":" ws value)*
  )? "}" ws
array  ::= "[" ws ( value ("," ws value)* )? "]" ws
string ::=
  "\"" (
    [^"\\\x7F\x00-\x1F] |
    "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) # escapes
  )* "\"" ws
number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
ws ::= | " " | "\n" [ \t]{0,20}
"""
SUMS = 'root ::= (expr "=" term "\\n")+\nexpr ::= term ([-+*/] term)*\n'
SUMS += 'term ::= num | "(" expr ")"\nnum ::= [0-9]+'

ROWS: list[tuple[str, list[str], list[str]]] = [
    ('root ::= "a"', ["a"], ["", "aa"]),
    ('root ::= "yes" | "no" "!"*', ["yes", "no", "no!!"], ["yes!", ""]),
    ('root ::= x-1 y_2\nx-1 ::= [a-c]\ny_2 ::= "z"?', ["a", "cz"], ["d", "az z"]),
    ('root ::= ("a" | "b")+ "c"{2} "d"{1,} "e"{0,2}', ["acc" "d", "bbccddee"], ["acd", "ccd"]),
    ("root ::= [^a-c\\n] .", ["dx", "é\n"], ["ax", "\nx", "d"]),
    (r'root ::= "\"\\\n\t\x41\u00e9\U0001F600\[\]"', ['"\\\n\tAé😀[]'], ["A"]),
    (r"root ::= [\]\[\\^-]+ [a\-c] [-x] [x-]", ["]^-[\\a-x", "[-x-"], ["]bxx"]),
    ('root ::=\n  "a" |\n  "b"\n  | "c"\n\nx ::= "d"', ["a", "b", "c"], ["d"]),
    ('root ::= "a" |\nother ::= "b"', ["a", ""], ["b"]),
    ('# root ::= "x"\nroot ::= "a" # one\n# the end', ["a"], ["x"]),
    ('root ::= "(" root ")" | ""', ["", "(())"], ["(", ")"]),
    ('root ::= root "+" [0-9] | [0-9]', ["1", "1+2+3"], ["+1", "1+"]),
    ('root ::= "ab" | [a] "b" "c"', ["ab", "abc"], ["a", "abcc"]),
    ('root ::= [a-z]* "end" n?\nn ::= "!" n?', ["end", "xendend", "end!!"], ["en", "xend1"]),
    (SUMS, ["1+2=3\n", "(1*2)/30=4\n(1)=1\n"], ["1+2=3", "=3\n", "1+=3\n"]),
    (JSON, ['{"a": [1, -2.5e1 , "\\u00e9\\n"]}', "{}\n  ", '{"a":{"b":true}}'],
     ["[]", '{"a": }', '{"a": "\n"}', '{"a": 1,}', '{"a": 01}']),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["llguidance", "kbnf"])
@pytest.mark.parametrize(("source", "accept", "reject"), ROWS)
def test_rows(source: str, accept: list[str], reject: list[str], engine: str) -> None:
    grammar = compilers.gbnf_text(source)
    assert [text for text in accept if not recognises(grammar, text)] == []
    assert [text for text in reject if recognises(grammar, text)] == []
    written = compilers.emit(grammar, engine)
    assert [text for text in accept if not holds(written, tokens(text), engine)] == []
    assert [text for text in reject if holds(written, tokens(text), engine)] == []


@pytest.mark.parametrize(("source", "accept", "reject"), ROWS)
def test_what_is_printed_is_read_again(source: str, accept: list[str], reject: list[str]) -> None:
    again = compilers.gbnf_text(compilers.emit(compilers.gbnf_text(source), "gbnf"))
    assert [text for text in accept if not recognises(again, text)] == []
    assert [text for text in reject if recognises(again, text)] == []


def test_a_special_token_is_not_its_letters() -> None:
    grammar = compilers.gbnf_text('root ::= "a" <think>')
    assert recognises(grammar, ["a", Special("<think>")])
    assert not recognises(grammar, "a<think>")


def test_what_is_regular_is_one_language() -> None:
    source = 'root ::= a ("," a)*\na ::= [0-9]+ b?\nb ::= "." [0-9]{1,3}'
    assert isinstance(compilers.gbnf_text(source).rules["root"], Regular)
    doubling = ["root ::= r0", *(f"r{i} ::= r{i + 1} r{i + 1}" for i in range(40)), 'r40 ::= "a"?']
    begin = time.process_time()
    assert len(compilers.gbnf_text("\n".join(doubling)).rules) > 20
    assert time.process_time() - begin < 1
    chain = ["root ::= r0", *(f"r{i} ::= r{i + 1} " for i in range(3000)), 'r3000 ::= "a"']
    assert recognises(compilers.gbnf_text("\n".join(chain)), "a")


REFUSED = [
    ('root ::= "a"\nroot ::= "b"', Malformed, "line 2, column 1: root is defined twice"),
    ("root ::= itme\nitem ::= [x]", Malformed, "column 10: itme is not defined; did you mean item"),
    ('start ::= "a"', Malformed, "a rule named root"),
    ('root ::= ("a"', Malformed, "')' expected"),
    ('root ::= "a")', Malformed, "the end of the line"),
    ("root ::= 'a'", Malformed, 'line 1, column 10: "\'" begins nothing'),
    ("root ::= 'a';", Malformed, "begins nothing that GBNF knows"),
    ('root ::= "a', Malformed, "begins nothing"),
    ('root "a"', Malformed, "'::=' expected"),
    ('root ::= "a" root ::= "b"', Malformed, "column 19: not expected here"),
    (r'root ::= "a\d"', Malformed, r"line 1, column 12: \d is no escape"),
    (r'root ::= "\ud800"', Malformed, "names no letter"),
    ("root ::= [b-a]", Malformed, "two letters in order"),
    ("root ::= []", Malformed, "a class without letters"),
    ('root ::= "a"{3,2}', Malformed, "out of order"),
    ('root ::= "a"{99999}', TooLarge, "count"),
    ("root ::= *", Malformed, "column 10: not expected here"),
    ('root ::= "a" <[5]>', Unsupported, "line 1, column 14: a token by number"),
    ("root ::= !<think>", Unsupported, "any token but one"),
    ("root ::= root", Contradiction, "no text"),
    ("root ::= " + "(" * 100 + '"a"' + ")" * 100, TooLarge, "nested"),
    ("root ::= " + '"a"' * 50_000, TooLarge, "letters"),
]


@pytest.mark.parametrize(("source", "error", "message"), REFUSED)
def test_refused(source: str, error: type[CompileError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        compilers.gbnf_text(source)


LARK_OR_GBNF = [
    ('start: "a"', "a"),
    ('// root ::= "b"\n\n?start: "a"', "a"),
    ('%import common.INT\nstart: INT\n# root ::= "x"', "4"),
    ('# start: "b"\nroot ::= "a"', "a"),
    ('root::="a"', "a"),
    ('start: "root ::= a"', "root ::= a"),
    ('root ::= "start: a"', "start: a"),
]


@pytest.mark.parametrize(("source", "text"), LARK_OR_GBNF)
def test_the_first_rule_shows_the_notation(source: str, text: str) -> None:
    assert recognises(compilers.grammar_text(source), text)


NEITHER = [
    ("", "line 1, column 1: a rule of Lark"),
    ("[0-9]+", "or of GBNF (root ::= ...) expected"),
    ("yes | no", "expected"),
    ('root = "a"', "expected"),
    ('root ::= "a"\nstart: "b"', "line 2, column 6: ':' begins nothing that GBNF knows"),
    ('start: "b"\nroot ::= "a"', "line 2, column 8: '=' begins nothing that Lark knows"),
]


@pytest.mark.parametrize(("source", "message"), NEITHER)
def test_neither(source: str, message: str) -> None:
    with pytest.raises(Malformed, match=re.escape(message)):
        compilers.grammar_text(source)
