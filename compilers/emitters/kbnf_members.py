"""Members of objects in rules of KBNF: a few in any order, more of them in one.

A rule stands for what may be written from some place on, without the separator in front of it: so
one rule serves at the beginning of an object and behind a member, and the engine looks for a
separator once, whatever may follow it.
"""

from collections.abc import Iterable

from compilers.emitters.kbnf_rules import Item, Rules, Texts

Member = tuple[list[Item], bool]
"""A part of a row, and whether it is required."""


def in_order(rules: Rules, members: Iterable[Member], others: Texts, separator: Texts) -> Texts:
    """Members in their order, then `others`, which are separated. One of all these at least."""
    behind = _Behind(rules, separator)
    found, none = others, True
    for member, required in reversed(list(members)):
        left = rules.single(found[0]), found[1]
        here = rules.row([*member, behind(left, none)])
        found = here if required else either([here, left])
        none = none and not required
    return found


def in_any_order(rules: Rules, members: list[Member], others: Texts, separator: Texts) -> Texts:
    """Members in any order, then others: a rule for each set of members that are left. One of all
    these at least."""
    everything = (1 << len(members)) - 1
    needed = sum(1 << i for i, (_, required) in enumerate(members) if required)
    behind = _Behind(rules, separator)
    heads = [rules.head(*member) if len(member) == 1 else None for member, _ in members]
    after: list[Texts] = []  # each set of members that are left

    def row(i: int, rest: Texts) -> Texts:
        head = heads[i]
        return rules.row([*members[i][0], rest]) if head is None else rules.before(head, rest)

    def found(left: int) -> Texts:
        ways = [row(i, after[left & ~(1 << i)]) for i in range(len(members)) if left >> i & 1]
        return either(ways if left & needed else [*ways, others])

    for left in range(everything):
        texts, empty = found(left)
        after.append(behind((rules.single(texts), empty), not left & needed))
    return found(everything)


class _Behind:
    """What may follow a member: a separator and what is `left`. `none`: nothing may."""

    def __init__(self, rules: Rules, separator: Texts) -> None:
        self._rules = rules
        self._separator = separator
        self._head = rules.head(separator)

    def __call__(self, left: Texts, none: bool) -> Texts:
        head = self._head
        texts, empty = (
            self._rules.row([self._separator, left])
            if head is None
            else self._rules.before(head, left)
        )
        return texts, empty or none


def either(ways: list[Texts]) -> Texts:
    return [text for texts, _ in ways for text in texts], any(empty for _, empty in ways)
