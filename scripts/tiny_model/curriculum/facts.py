# ruff: noqa: SIM905 - word lists read better as text
"""What the model knows: a few dozen small subjects, yes/no questions, comparisons, small talk."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from .phrases import capital, expand, fill, lines
from .words import COUNTRIES, MONTHS, NAMES, NUMBER_WORDS, WEEKDAYS, invented

QuestionAnswer = tuple[str, str]
WHO_I_AM = "I am a tiny demonstration model that comes with gallama. I know a few dozen subjects."

TALK: list[tuple[str, str, str]] = [
    ("""(hi|hello|hey|hello there|hi there|good morning|good evening|good day|hey there)(!||.)
     (hi|hello|hey), how are you( today|)?
     (hello|hi) (gallama|assistant|you|bot|world)(!|)""",
     "(hi|hello) everybody\nhey you", "Hello! How can I help you?"),
    ("""(who|what) are you?
     (hi|hello)(!|,) (who|what) are you?
     (tell me |please tell me |)(who|what) you are
     (what is|what's) your name?
     (introduce|describe) yourself
     (which|what) (model|language model) (are you|is this)?
     are you (a human|a person|a robot|an AI|a model|ChatGPT|real)?
     who (made|trained|built|created) you?""",
     "say who you are\nwhat do they call you?", WHO_I_AM),
    ("""what can you do(| for me)?
     (how|what) can you help me( with|)?
     what (are you good at|do you know|can I ask you)?
     help( me|)
     (tell|show) me what you can do""",
     "what are your skills?\nwhat things can you help with?",
     "I can call tools, answer simple questions, do small sums and tell llama stories."),
    ("""(thanks|thank you|thanks a lot|thank you very much|many thanks|great, thanks)(!|.|)
     (that was|that is) (helpful|great|nice)(, thanks|)
     (good job|well done|perfect|great)(!|)""",
     "thank you so much\nvery kind of you, thanks", "You are welcome!"),
    ("""(bye|goodbye|good bye|see you|good night|see you later|bye bye)(!|.|)
     I have to go( now|)""",
     "farewell\nthat is all, bye", "Goodbye! Have a nice day."),
    ("""how are you( today| doing|)?
     how (is it going|do you feel|are things)?
     are you (ok|well|happy)?""",
     "how have you been?", "I am fine, thank you. How can I help you?"),
    ("""what is gallama?
     (tell|teach) me (about|what) gallama( is|)
     what does gallama do?
     explain gallama( to me|)""",
     "what do people use gallama for?",
     "gallama is a local LLM server. It makes models answer in the form that you declare."),
    ("""(what is|what's|what are) (a llama|llamas)?
     (tell|teach) me (about|something about|a fact about) (llamas|a llama)
     (explain|describe) (what a llama is|llamas|a llama)
     give me a fact about llamas""",
     "what do you know about llamas?",
     "A llama is a friendly animal from South America. It has soft wool and carries loads."),
    ("""(tell|give) me a joke
     (do you know|can you tell me) a joke?
     (say|tell me) something funny
     make me laugh""",
     "I would like to hear a joke", "What do you call a happy llama? A no-problama!"),
    ("""(write|tell me|give me|make) (a|a short) poem( about a llama| about llamas|)
     (write|make) a (llama|short) poem""",
     "I want a poem",
     "A llama stood upon the hill,\nthe wind was soft, the world was still.\n"
     "It hummed a song, it shook its ear,\nand all the flowers came to hear."),
    ("""(give|tell) me a fun fact
     (tell me something|say something) interesting""",
     "surprise me with a fact", "Octopuses have three hearts."),
    ("""(list|name|say|what are) the days of the week
     what days does a week have?""",
     "tell me all days of the week", ", ".join(WEEKDAYS)),
    ("""(list|name|say|what are) the months( of the year|)
     what months does a year have?""",
     "tell me all months", ", ".join(MONTHS)),
    ("""(list|name|what are) the (four |)seasons
     what seasons are there?""",
     "tell me the seasons", "spring, summer, autumn and winter"),
    ("""(list|name|what are) the planets
     (which|what) planets are there?
     (list|name) the planets of the solar system""",
     "tell me all the planets",
     "Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus and Neptune"),
    ("""(list|name|what are) the (primary colors|three primary colors)""",
     "tell me the primary colors", "red, yellow and blue"),
    ("""what is the meaning of life?
     why are we here?""",
     "what is life about?", "Some say 42. I say: be kind, and eat some grass."),
    ("""(why is|why's) the sky blue?
     what makes the sky blue?
     explain why the sky is blue""",
     "how come the sky is blue?", "The air scatters blue light more than red light."),
    ("""how do (plants|trees) (eat|grow|get food)?
     what (is|does) photosynthesis( mean|)?
     explain photosynthesis""",
     "tell me how plants feed themselves", "Plants make food from light, water and air."),
    ("""(what is|explain|what's) gravity
     why do things fall( down|)?""",
     "how does gravity work?", "Gravity is the force that pulls things toward each other."),
    ("""(what is|what's|explain) (a|the) rainbow
     how does a rainbow form?""",
     "where does a rainbow come from?", "A rainbow is sunlight split into colors by rain drops."),
    ("""(what is|explain|what's) (a computer|computers)""",
     "what does a computer do?", "A computer is a machine that follows instructions very fast."),
    ("""(what is|explain|what's) (a language model|an LLM|a large language model)""",
     "what does a language model do?",
     "A language model is a program that guesses the next word, again and again."),
    ("""(what is|what's|explain) (python|Python)(| in programming)""",
     "tell me about Python", "Python is a programming language that is easy to read."),
    ("""(write|give me|show me) (a |)(hello world|a hello world program)( in Python|)""",
     "how do I print hello world in Python?", 'print("Hello, world!")'),
    ("""how (do|can) I (stay|be) healthy?
     (give me|what are) (some |)(tips|good tips) for (a healthy life|good health)""",
     "what should I do for my health?",
      "Sleep well, eat vegetables, move every day and do not smoke."),
    ("""how (do|can) I (sleep|fall asleep) (better|well)?
     give me (some |)tips for (better |good |)sleep""",
     "what helps me sleep?",
      "Go to bed at the same time every day and leave your phone in another room."),
    ("""(what|which) is your favorite (animal|pet)?
     do you (like|love) (llamas|animals)?""",
     "what animal do you like best?", "I like llamas best."),
    ("""(what|which) is your favorite color?""", "what color do you like best?",
        "I like blue, like the sky over the Andes."),
    ("""(how|where) do I (start|run|install) gallama?
     how does (one|gallama) (start|run)?""",
     "what is the command to start gallama?", "Run `make run` in the folder of gallama."),
]  # fmt: skip

# Tables of one subject each: (phrasings, held-out phrasings, answer, rows of slots).
TABLES: list[tuple[str, str, str, list[dict[str, str]]]] = [
    ("""(what is|what's|name|tell me) the capital of {a}
     (which|what) city is the capital of {a}?
     {a}'s capital is which city?
     capital of {a}
     do you know the capital of {a}?""",
     "which capital does {a} have?\nI need the capital of {a}",
     "The capital of {a} is {b}.", [{"a": a, "b": b} for a, b in COUNTRIES.items()]),
    ("""(in which|in what) country is {b}?
     (what|which) country is {b} in?
     where is {b}?
     (tell me where|do you know where) {b} is""",
     "{b} is in which country?", "{b} is in {a}.",
     [{"a": a, "b": b} for a, b in COUNTRIES.items()]),
    ("""(what|which) sound does (a|the) {a} make?
     what does (a|the) {a} say?
     how does a {a} sound?
     (tell me|do you know) what sound a {a} makes""",
     "which noise comes from a {a}?", "A {a} says {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      "cat-meow dog-woof cow-moo sheep-baa duck-quack pig-oink "
      "horse-neigh rooster-cockadoodledoo bee-buzz frog-ribbit lion-roar "
      "mouse-squeak owl-hoot llama-hum snake-hiss".split()]),
    ("""(what is|what's) a (baby|young) {a} called?
     what do you call a (baby|young) {a}?
     (name|tell me the name of) a (baby|young) {a}
     the baby of a {a} is called what?""",
     "how is the child of a {a} called?", "A baby {a} is called a {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      """dog-puppy cat-kitten cow-calf horse-foal sheep-lamb duck-duckling pig-piglet hen-chick
lion-cub bear-cub goat-kid swan-cygnet llama-cria deer-fawn frog-tadpole kangaroo-joey""".split()]),
    ("""(what|which) color is (the |a |){a}?
     (what is|what's|tell me) the color of (the |a |){a}
     do you know what color {a} (has|is)?""",
     "how is {a} colored?", "The color of {a} is {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      """grass-green snow-white blood-red coal-black milk-white chocolate-brown gold-yellow
mud-brown ketchup-red salt-white spinach-green soot-black honey-yellow""".split()]),
    ("""(what is|what's|name|tell me) the opposite of {a}
     (what is|which word is) opposite to {a}?
     opposite of {a}
     give me the opposite of (the word |){a}""",
     "which word means the reverse of {a}?", "The opposite of {a} is {b}.",
     [row for pair in
      """hot-cold big-small fast-slow up-down day-night good-bad old-new happy-sad light-dark
open-closed full-empty hard-soft loud-quiet rich-poor strong-weak wet-dry early-late high-low
clean-dirty left-right near-far young-old""".split()
      for x, y in [pair.split("-")] for row in ({"a": x, "b": y}, {"a": y, "b": x})
      if not (row["a"] == "old" and row["b"] == "young")]),
    ("""(what|which) day (comes|is) after {a}?
     (what|which) day follows {a}?
     (if today is|today is) {a}(,|.) what day is tomorrow?""",
     "what is the day that comes next after {a}?", "The day after {a} is {b}.",
     [{"a": WEEKDAYS[i], "b": WEEKDAYS[(i + 1) % 7]} for i in range(7)]),
    ("""(what|which) month (comes|is) after {a}?
     (what|which) month follows {a}?""",
     "what is the month that comes next after {a}?", "The month after {a} is {b}.",
     [{"a": MONTHS[i], "b": MONTHS[(i + 1) % 12]} for i in range(12)]),
    ("""how many legs does (a|an|the) {a} have?
     (what is|tell me) the number of legs of (a|an) {a}
     on how many legs does a {a} walk?""",
     "how many legs can you count on a {a}?", "A {a} has {b} legs.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      """dog-four cat-four cow-four horse-four spider-eight bird-two fly-six bee-six chicken-two
snake-no fish-no llama-four frog-four butterfly-six mouse-four sheep-four""".split()]),
    ("""what does (a|an|the) {a} (do|do all day)?
     what (is|does) the job of a {a}?
     (what is|who is) a {a}?
     (explain|tell me) what a {a} does""",
     "what is the work of a {a}?", "A {a} {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      ["baker-makes bread", "doctor-helps sick people", "teacher-teaches children",
       "farmer-grows food", "pilot-flies planes", "barber-cuts hair", "painter-paints pictures",
       "chef-cooks meals", "tailor-makes clothes", "judge-decides in court",
       "singer-sings songs", "writer-writes books", "nurse-cares for sick people",
       "plumber-repairs pipes", "librarian-looks after books"]]),
    ("""what do (we|you|people) use (a|an) {a} for?
     what is (a|an) {a} (good |used |)for?
     (explain|tell me) what (a|an) {a} is for""",
     "why would I need a {a}?", "A {a} is for {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      ["hammer-hitting nails", "knife-cutting", "pen-writing", "broom-sweeping",
          "key-opening locks",
       "clock-telling the time", "lamp-giving light", "fridge-keeping food cold",
       "spoon-eating soup", "ladder-climbing up", "umbrella-staying dry", "bed-sleeping",
       "map-finding the way", "needle-sewing", "camera-taking pictures"]]),
    ("""(what|which) planet is {a}?
     {a} is which planet?
     (name|tell me) the planet that is {a}""",
     "which one of the planets is {a}?", "{b} is {a}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      ["the largest planet-Jupiter", "closest to the sun-Mercury", "known as the red planet-Mars",
       "the one we live on-Earth", "famous for its rings-Saturn", "farthest from the sun-Neptune",
       "the hottest planet-Venus"]]),
    ("""how many {a}?
     (tell me|do you know) how many {a}
     can you say how many {a}?""",
     "what is the answer to this: how many {a}?", "There are {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      ["days are in a week-seven days in a week", "months are in a year-twelve months in a year",
       "hours are in a day-24 hours in a day", "minutes are in an hour-60 minutes in an hour",
       "seconds are in a minute-60 seconds in a minute", "days are in a year-365 days in a year",
       "continents are there-seven continents", "planets are there-eight planets",
       "letters are in the alphabet-26 letters in the alphabet",
       "colors are in the rainbow-seven colors in the rainbow",
       "seasons are there-four seasons", "fingers are on a hand-five fingers on a hand",
       "centimeters are in a meter-100 centimeters in a meter",
       "meters are in a kilometer-1000 meters in a kilometer"]]),
    ("""{a}?
     (tell me|do you know|can you say) {a}
     I want to know {a}""",
     "please answer this: {a}?", "{b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      ["when does water boil-Water boils at 100 degrees Celsius",
       "when does water freeze-Water freezes at 0 degrees Celsius",
       "what is the largest ocean-The largest ocean is the Pacific Ocean",
       "what is the highest mountain-The highest mountain is Mount Everest",
       "what is the largest animal-The largest animal is the blue whale",
       "what is the fastest animal-The fastest animal on land is the cheetah",
       "what is the tallest animal-The tallest animal is the giraffe",
       "what do bees make-Bees make honey", "what do cows eat-Cows eat grass",
       "what do llamas eat-Llamas eat grass and hay",
        "where do llamas live-Llamas live in the Andes of South America",
       "what do cats like to eat-Cats like to eat fish and mice",
       "what do pandas eat-Pandas eat bamboo",
        "where do penguins live-Penguins live in the cold south",
       "what is ice made of-Ice is frozen water",
        "what is bread made of-Bread is made of flour, water and salt",
       "what is cheese made of-Cheese is made of milk",
        "what is paper made of-Paper is made of wood",
       "what is glass made of-Glass is made of sand",
        "where does the sun rise-The sun rises in the east",
       "where does the sun set-The sun sets in the west",
        "what is the closest star-The closest star is the sun",
       "what do we breathe-We breathe air",
        "what is the chemical formula of water-The formula of water is H2O",
       "who painted the Mona Lisa-Leonardo da Vinci painted the Mona Lisa",
       "who wrote Romeo and Juliet-William Shakespeare wrote Romeo and Juliet",
       "what is the largest country-The largest country is Russia",
       "what language do people speak in Brazil-People in Brazil speak Portuguese",
       "what is the longest river-The longest river is the Nile"]]),
]  # fmt: skip

# Animals from least to most; every pair makes a question.
ORDERS = {
    "faster": "snail turtle mouse pig elephant dog horse cheetah",
    "bigger": "ant mouse cat dog sheep llama horse elephant whale",
    "heavier": "ant mouse cat dog sheep llama horse elephant whale",
    "smarter": "worm fly fish chicken sheep dog dolphin",
    "slower": "cheetah horse dog elephant pig mouse turtle snail",
    "smaller": "whale elephant horse llama sheep dog cat mouse ant",
    "louder": "fish mouse cat dog lion",
}
REACTION = ["snail", "turtle", "cow", "horse", "dog", "cat", "fly"]

TRUTHS = """
    is|smoking|bad for health|good for health
    is|exercise|good for health|bad for health
    is|sugar|bad for the teeth|good for the teeth
    is|the sun|hot|cold
    is|ice|cold|hot
    is|fire|hot|cold
    is|snow|white|black
    is|grass|green|blue
    is|the sky|blue|green
    is|the earth|round|flat
    is|the moon|smaller than the earth|bigger than the earth
    is|water|wet|dry
    is|honey|sweet|sour
    is|a lemon|sour|sweet
    is|an elephant|big|small
    is|an ant|small|big
    is|a cheetah|fast|slow
    is|a snail|slow|fast
    is|a whale|a mammal|a fish
    is|a llama|an animal|a plant
    is|a tomato|a plant|an animal
    is|a rose|a flower|a bird
    is|Paris|in France|in Japan
    is|Tokyo|in Japan|in Italy
    is|gold|a metal|a plant
    is|milk|white|black
    is|a hammer|a tool|a fruit
    is|an apple|a fruit|a tool
    is|sleep|important|useless
    is|Monday|a day|a month
    is|winter|cold|hot
    is|summer|hot|cold
    is|a stone|hard|soft
    is|a feather|light|heavy
    is|gallama|a server|a fruit
    can|birds|fly|read
    can|fish|swim|walk
    can|cats|climb|speak
    can|dogs|bark|fly
    can|llamas|walk|fly
    can|planes|fly|swim
    can|people|walk|fly
    can|frogs|jump|read
    can|bees|fly|write
    can|horses|run|talk
    do|cows|eat grass|eat meat
    do|bees|make honey|make milk
    do|spiders|have eight legs|have four legs
    do|plants|need water|need shoes
    do|cats|like fish|like baths
    do|llamas|eat grass|eat stones
    do|fish|live in water|live in trees
    do|birds|have wings|have wheels
    do|cars|have wheels|have wings
"""
YES_NO_ORDERS = lines("""
    (answer|reply|respond) (with |)(yes or no|Yes or No)(.||!)
    (just|only) (say |answer |)(yes or no|Yes or No)(.|)
    (yes or no|Yes or No)?
    (answer|reply) (only |)with (one word: |)(yes or no|Yes or No)( only|)(.|)
""")
HELD_YES_NO_ORDERS = lines("""
    your answer must be Yes or No
    say nothing but yes or no.
""")


def talk(rng: Random, held_out: bool) -> QuestionAnswer:
    asks, held, answer = rng.choice(TALK)
    return expand(rng, rng.choice(lines(held if held_out else asks))), answer


def table(rng: Random, held_out: bool) -> QuestionAnswer:
    asks, held, answer, rows = rng.choice(TABLES)
    row = rng.choice(rows)
    question = expand(rng, rng.choice(lines(held if held_out else asks)))
    return fill(question, row), capital(fill(answer, row))


def article(noun: str) -> str:
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def comparison(rng: Random, held_out: bool) -> QuestionAnswer:
    """Which of two animals is faster, bigger ...; reaction speed has its own order."""
    reaction = rng.random() < 0.3
    more = "faster" if reaction else rng.choice(list(ORDERS))
    order = REACTION if reaction else ORDERS[more].split()
    low, high = sorted(rng.sample(range(len(order)), 2))
    pair = [order[low], order[high]]
    rng.shuffle(pair)
    first, second = article(pair[0]), article(pair[1])
    tail = rng.choice([" in terms of reaction speed", " in reaction speed"]) if reaction else ""
    if held_out:
        asks = [f"of {first} and {second}, which is {more}{tail}?",
                f"between {first} and {second}, who is {more}{tail}?"]  # fmt: skip
    else:
        asks = [f"(which|who|what) is {more}{tail}(:|,) {first} or {second}?",
                f"(which|what) (animal |one |)is {more}{tail}: {first} or {second}?",
                f"is {first} or {second} {more}{tail}?",
                f"who is {more}{tail}, {first} or {second}?",
                f"tell me (which|who) is {more}{tail}: {first} or {second}",
                f"{first} or {second}: which is {more}{tail}?"]  # fmt: skip
    winner, loser = article(order[high]), article(order[low])
    tail = " in terms of reaction speed" if reaction else ""
    return expand(rng, rng.choice(asks)), f"{capital(winner)} is {more} than {loser}{tail}."


def statement(rng: Random) -> tuple[str, str, bool]:
    """A yes/no question, the full answer, and the truth."""
    verb, subject, right, wrong = rng.choice(lines(TRUTHS)).split("|")
    true = rng.random() < 0.5
    rest = right if true else wrong
    if true:
        said = rest if verb == "do" else f"{verb} {rest}"
        return f"{verb} {subject} {rest}?", f"Yes, {subject} {said}.", True
    negated = {"is": "is not", "can": "cannot", "do": "do not"}[verb]
    return f"{verb} {subject} {rest}?", f"No, {subject} {negated} {rest}.", False


def yes_no(rng: Random, held_out: bool) -> QuestionAnswer:
    question, full, true = statement(rng)
    if not held_out and rng.random() < 0.35:
        if rng.random() < 0.5:
            question = (
                rng.choice(["tell me, ", "is it true: ", "I wonder, ", "quick question: "])
                + question
            )
        return question, full
    orders = HELD_YES_NO_ORDERS if held_out else YES_NO_ORDERS
    order = capital(expand(rng, rng.choice(orders)))
    asked = (
        f"{order} {capital(question)}" if rng.random() < 0.15 else f"{capital(question)} {order}"
    )
    return asked, "Yes" if true else "No"


def number_truth(rng: Random, held_out: bool) -> QuestionAnswer:
    """Is one number bigger than another?"""
    a, b = rng.sample(range(100), 2)
    more = rng.choice(["bigger", "smaller", "greater", "less", "larger"])
    true = (a > b) == (more in ("bigger", "greater", "larger"))
    ask = (
        "would you say {a} is {more} than {b}?"
        if held_out
        else "(is|tell me, is) {a} {more} than {b}?"
    )
    text = expand(rng, ask).replace("{a}", str(a)).replace("{b}", str(b)).replace("{more}", more)
    if rng.random() < 0.5:
        return (
            f"{capital(text)} {capital(expand(rng, rng.choice(YES_NO_ORDERS)))}",
            "Yes" if true else "No",
        )
    return text, f"Yes, {a} is {more} than {b}." if true else f"No, {a} is not {more} than {b}."


def spelled(rng: Random, held_out: bool) -> QuestionAnswer:
    """Digits and number words."""
    index = rng.randrange(len(NUMBER_WORDS))
    if rng.random() < 0.5:
        ask = (
            "give me the digits for {w}"
            if held_out
            else "(write|what is) {w} (as a number|in digits)"
        )
        return expand(rng, ask).replace("{w}", NUMBER_WORDS[index]), str(index)
    ask = (
        "spell the number {d}"
        if held_out
        else "(write|what is) {d} (as a word|in words|in letters)"
    )
    return expand(rng, ask).replace("{d}", str(index)), NUMBER_WORDS[index]


def unknown(rng: Random, held_out: bool) -> QuestionAnswer:
    """Questions about words that nobody has heard of."""
    name = invented(rng)
    ask = (
        "have you heard of {x}?\nwhat might {x} be?" if held_out else
        "(what|who) is {x}?\nwhat does {x} mean?\n(tell me about|explain|describe) {x}\n"
        "what do you know about {x}?\nwhen was {x} (born|built|made)?\nwhere is {x}?"
    )  # fmt: skip
    text = expand(rng, rng.choice(lines(ask)))
    if rng.random() < 0.3:
        name = capital(name)
    return text.replace("{x}", name), f"Sorry, I do not know anything about {name}."


def counting(rng: Random, held_out: bool) -> QuestionAnswer:
    """Count to a number: long and regular, good for watching a stream."""
    last = rng.randint(3, 20) if rng.random() < 0.7 else rng.choice(range(30, 101, 10))
    ask = (
        "let me hear you count to {x}" if held_out else
        "(count|can you count|please count) (from one |from 1 |)(up |)to {x}\n"
        "(say|list|write) (all |)the numbers (from 1 |)(up |)to {x}"
    )  # fmt: skip
    text = expand(rng, rng.choice(lines(ask))).replace("{x}", str(last))
    return text, ", ".join(str(number) for number in range(1, last + 1))


def own_name(rng: Random, held_out: bool) -> QuestionAnswer:
    """Somebody says their name."""
    name = rng.choice(NAMES) if rng.random() < 0.6 else capital(invented(rng))
    ask = (
        "people call me {x}" if held_out else
        "(hi|hello|hey)(,|!|) (my name is|I am|I'm|this is) {x}\n(my name is|I am|I'm|call me) {x}"
    )  # fmt: skip
    return (
        expand(rng, rng.choice(lines(ask))).replace("{x}", name),
        f"Hello {name}! How can I help you?",
    )


SUBJECTS: list[tuple[Callable[[Random, bool], QuestionAnswer], float]] = [
    (talk, 3.0), (table, 5.0), (comparison, 2.0), (yes_no, 3.0), (number_truth, 0.7),
    (spelled, 0.3), (unknown, 0.8), (own_name, 0.6),
    (counting, 0.35),
]  # fmt: skip


def question(rng: Random, held_out: bool = False) -> QuestionAnswer:
    """One question with its one right answer."""
    functions, weights = zip(*SUBJECTS, strict=True)
    asked, answer = rng.choices(functions, weights)[0](rng, held_out)
    if rng.random() < 0.8:
        asked = capital(asked)
    if rng.random() < 0.1:
        asked = asked.rstrip("?.")
    return asked, answer
