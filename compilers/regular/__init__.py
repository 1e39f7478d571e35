"""Regular languages of Unicode strings, as expressions closed under all boolean operators.

An expression is its own automaton: its states are its derivatives (Brzozowski 1964, "Derivatives
of Regular Expressions"), so product and complement need no construction of their own, and a
question about a language (is it empty? does it hold this text?) explores only the states it needs.
Where all states are needed, they are sets of what may be left of each part, as bits (product).

    word = plus(chars("az"))                   # [az]+
    odd = both(word, other_than(text("a")))    # [az]+ but not "a"
    accepts(odd, "a"), is_empty(odd), shortest(odd)

    letters         sets of letters, as ranges of code points
    syntax          ... and how a regex writes them
    expressions     the seven kinds of expression
    constructors    expressions made of others: union, intersection, complement, ...
    derivatives     what may follow a letter
    texts           whether a language has a text, how long they are, the shortest
    automata        tables of states
    product         expression -> automaton
    elimination     automaton -> expression

Letters are code points; surrogates are no letters.
"""

from compilers.regular.automata import Dfa, minimise
from compilers.regular.constructors import (
    both,
    cat,
    chars,
    common_prefix,
    either,
    maybe,
    nonempty,
    other_than,
    plus,
    ranges,
    span,
    star,
    substitute,
    text,
    times,
    without,
    words_of,
)
from compilers.regular.derivatives import accepts, alphabet, derivative, steps
from compilers.regular.elimination import to_expr, to_factored_expr, transitions
from compilers.regular.expressions import (
    ANY,
    EMPTY,
    EVERY,
    NEVER,
    Alt,
    And,
    Cat,
    Chars,
    Expr,
    Not,
    Rep,
    State,
    children,
)
from compilers.regular.letters import ANY_LETTER, LAST, SURROGATES, Ranges, inverse, normal, overlap
from compilers.regular.product import dfa
from compilers.regular.syntax import counted, letter_class
from compilers.regular.texts import is_empty, lengths, listed, one_letter, shortest

__all__ = [
    "ANY",
    "ANY_LETTER",
    "EMPTY",
    "EVERY",
    "LAST",
    "NEVER",
    "SURROGATES",
    "Alt",
    "And",
    "Cat",
    "Chars",
    "Dfa",
    "Expr",
    "Not",
    "Ranges",
    "Rep",
    "State",
    "accepts",
    "alphabet",
    "both",
    "cat",
    "chars",
    "children",
    "common_prefix",
    "counted",
    "derivative",
    "dfa",
    "either",
    "inverse",
    "is_empty",
    "lengths",
    "letter_class",
    "listed",
    "maybe",
    "minimise",
    "nonempty",
    "normal",
    "one_letter",
    "other_than",
    "overlap",
    "plus",
    "ranges",
    "shortest",
    "span",
    "star",
    "steps",
    "substitute",
    "text",
    "times",
    "to_expr",
    "to_factored_expr",
    "transitions",
    "without",
    "words_of",
]
