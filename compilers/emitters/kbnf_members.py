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
    found, none = others, True
    for member, required in reversed(list(members)):
        left = rules.single(found[0]), found[1]
        here = rules.row([*member, _behind(rules, left, none, separator)])
        found = here if required else either([here, left])
        none = none and not required
    return found


def in_any_order(rules: Rules, members: list[Member], others: Texts, separator: Texts) -> Texts:
    """Members in any order, then others: a rule for each set of members that are left. One of all
    these at least."""
    everything = (1 << len(members)) - 1
    needed = sum(1 << i for i, (_, required) in enumerate(members) if required)
    behind: list[Texts] = []  # each set of members that are left

    def found(left: int) -> Texts:
        ways = [
            rules.row([*member, behind[left & ~(1 << i)]])
            for i, (member, _) in enumerate(members)
            if left >> i & 1
        ]
        return either(ways if left & needed else [*ways, others])

    for left in range(everything):
        texts, empty = found(left)
        here = rules.single(texts), empty
        behind.append(_behind(rules, here, not left & needed, separator))
    return found(everything)


def _behind(rules: Rules, left: Texts, none: bool, separator: Texts) -> Texts:
    """What may follow a member. `none`: nothing may."""
    texts, empty = rules.row([separator, left])
    return texts, empty or none


def either(ways: list[Texts]) -> Texts:
    return [text for texts, _ in ways for text in texts], any(empty for _, empty in ways)
