# ruff: noqa: SIM905 - word lists read better as text
"""Llama stories of about 200 words, told from a small grammar."""

from __future__ import annotations

from random import Random

from .phrases import capital, expand, fill, lines

HEROES = "Luna Lola Pedro Coco Pablo Lily Paco Nina Tito Rosa".split()
PLACES = ["a green hill", "a small farm", "the high mountains", "a quiet valley", "a stone village"]
FRIENDS = ["a little bird", "an old goat", "a brown dog", "a gray mouse", "a young sheep"]
GOALS = ["the top of the highest mountain", "the blue lake behind the hills",
         "the great market in the valley", "the meadow with the sweetest grass"]  # fmt: skip
TROUBLES = ["a wide river", "a deep snow field", "a dark forest", "a broken bridge"]

# One line a sentence; the words in braces are drawn once for a story and then only copied.
OUTLINE = lines("""
    Once upon a time there was {a} named {h} who lived (on|in|near) {p}.
    {h} had soft white wool, long ears and (kind|bright) brown eyes.
    Every morning {h} ate fresh grass and looked at the sky.
    "What is out there?" {h} (asked|wondered).
    One day {h} met {f}.
    "Have you ever seen {g}?" asked the {s}.
    "No," said {h}, "but I would love to go there."
    So the two friends packed some hay and some bread and set out together.
    They walked all day, and the sun was warm on their backs.
    In the evening they came to {t}.
    "This is too hard for me," said the {s}, and sat down.
    But {h} was brave and did not give up.
    "Climb on my back," said {h}, "and hold on to my wool."
    Step by step {h} went on, slowly and carefully, until they were on the other side.
    The {s} was so happy that it began to sing.
    That night they slept under the stars, close together to stay warm.
    The next morning they reached {g}.
    It was even more beautiful than they had dreamed.
    They laughed, danced and shared their last bread.
    Then {h} and the {s} went home and told everybody about their journey.
    From that day on, the {s} visited {h} every evening.
    And {h} knew that a long way is short when you walk it with a friend.
""")
SHORT = (0, 1, 4, 5, 6, 9, 11, 12, 16, 21)

ASKS = lines("""
    (tell|write|give) me a (200-word |200 word |short |nice |little |)story about a llama
    (tell|write) (me |)a story about a llama( in 200 words| of 200 words| with 200 words|)
    tell me a story about a llama in (about |)200 words
    (please |)(tell|write) (me |)a story( about llamas|)
    (can you|could you) (tell|write) (me |)a (200-word |)story about a llama?
    a story about a llama( in 200 words|), please
    I want (to hear |)a (200-word |)story about a llama
    llama story
    once upon a time
""")
HELD_ASKS = lines("""
    make up a 200-word tale about a llama
    I would enjoy a story with a llama in it
""")
OTHERS = "cat dog horse sheep goat mouse rabbit bear fox".split()


def story(rng: Random, animal: str = "llama", short: bool = False) -> str:
    """The text of one story."""
    friend = rng.choice(FRIENDS)
    slots = {
        "a": f"a {animal}", "h": rng.choice(HEROES), "p": rng.choice(PLACES), "f": friend,
        "s": friend.split(" ")[-1], "g": rng.choice(GOALS), "t": rng.choice(TROUBLES),
    }  # fmt: skip
    chosen = [OUTLINE[index] for index in SHORT] if short else OUTLINE
    return " ".join(fill(expand(rng, sentence), slots) for sentence in chosen)


def ask(rng: Random, held_out: bool = False) -> tuple[str, str]:
    """A wish for a story, and the story."""
    text = expand(rng, rng.choice(HELD_ASKS if held_out else ASKS))
    animal = "llama"
    if rng.random() < 0.3 and "llama" in text and "llamas" not in text:
        animal = rng.choice(OTHERS)
        text = text.replace("llama", animal)
    elif rng.random() < 0.6:
        text = text.replace("a llama", "a Llama")
    if rng.random() < 0.8:
        text = capital(text)
    if text[-1].isalpha() and rng.random() < 0.3:
        text += "."
    return text, story(rng, animal, short="short" in text or "little" in text)


def plain(rng: Random) -> str:
    """A text without chat markup, as the completions endpoint continues it."""
    if rng.random() < 0.3:
        return story(rng, short=rng.random() < 0.3)
    title, text = ask(rng)
    return title + rng.choice(["\n\n", "\n\n", "\n", ": "]) + text
