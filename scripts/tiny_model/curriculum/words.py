# ruff: noqa: SIM905 - word lists read better as text
"""Word lists, and samplers of values: each gives (what a person says, what goes into JSON)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from .phrases import capital, listed

Value = tuple[str, Any]
Sampler = Callable[[Random], Value]

NAMES = """Anna Ben Clara David Emma Felix Grace Henry Iris Jack Kate Leo Maria Noah Olivia Paul
Quinn Rosa Sam Tina Uma Victor Wendy Xavier Yara Zoe Alice Bob Carol Dan Eva Frank Gina Hugo Ivan
Julia Kim Lucas Mia Nina Omar Peter Ruth Sara Tom Vera Will John Jane Mary Lily Max Oscar""".split()
SURNAMES = """Smith Miller Jones Brown Garcia Lopez Young King Wright Hill Green Baker Adams Clark
Weber Novak Rossi Silva Tanaka Chen Kumar Olsen Moore Stone Wood Fischer""".split()
US_CITIES = {
    "Boston": "MA", "San Francisco": "CA", "New York": "NY", "Chicago": "IL", "Seattle": "WA",
    "Austin": "TX", "Dallas": "TX", "Houston": "TX", "Denver": "CO", "Miami": "FL",
    "Orlando": "FL", "Atlanta": "GA", "Portland": "OR", "Phoenix": "AZ", "Las Vegas": "NV",
    "Los Angeles": "CA", "San Diego": "CA", "Detroit": "MI", "Philadelphia": "PA",
    "Nashville": "TN", "Memphis": "TN", "Cleveland": "OH", "New Orleans": "LA",
    "Salt Lake City": "UT", "Baltimore": "MD", "Minneapolis": "MN",
}  # fmt: skip
COUNTRIES = {
    "France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Spain": "Madrid", "Japan": "Tokyo",
    "China": "Beijing", "Peru": "Lima", "Norway": "Oslo", "Egypt": "Cairo", "Greece": "Athens",
    "Austria": "Vienna", "Portugal": "Lisbon", "Poland": "Warsaw", "Sweden": "Stockholm",
    "Canada": "Ottawa", "Cuba": "Havana", "Kenya": "Nairobi", "Ireland": "Dublin",
    "Russia": "Moscow", "Finland": "Helsinki", "Denmark": "Copenhagen", "Chile": "Santiago",
    "Hungary": "Budapest", "the United Kingdom": "London", "India": "New Delhi",
    "Argentina": "Buenos Aires", "Vietnam": "Hanoi", "South Korea": "Seoul",
    "Belgium": "Brussels", "Turkey": "Ankara",
}  # fmt: skip
OTHER_CITIES = """Hamburg Munich Milan Lyon Naples Porto Seville Osaka Kyoto Mumbai Sydney
Melbourne Toronto Vancouver Zurich Geneva Prague Dubai Singapore Bangkok""".split()
ITEMS = """milk eggs bread butter cheese apples bananas oranges rice coffee tea sugar flour tomatoes
potatoes onions carrots soap candles batteries pens paper honey salt pasta lemons grapes
yogurt""".split()
THINGS = """apples oranges books coins stamps marbles pencils cookies eggs balls shells stickers
cards flowers candies pears plums nuts cakes toys""".split()
PEOPLE = """neighbor repairman teacher doctor baker farmer friend sister brother mother father
cousin uncle aunt gardener driver""".split()
ROOMS = ["kitchen", "living room", "bedroom", "bathroom", "garage", "hallway", "office", "garden"]
LANGUAGES = """English French German Spanish Italian Japanese Chinese Portuguese Russian Dutch
Swedish Polish Greek Turkish""".split()
CURRENCIES = ["USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "INR"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = """January February March April May June July August September October November
December""".split()
COLORS = "red blue green yellow orange purple pink black white brown gray".split()
CONDITIONS = ["sunny", "cloudy", "rainy", "windy", "snowy", "foggy", "stormy", "clear"]
NUMBER_WORDS = """zero one two three four five six seven eight nine ten eleven twelve""".split()
SENTENCES = """I will be late
this is a test
hello world
the meeting is at noon
happy birthday
call me back
see you tomorrow
dinner is ready
thank you for your help
the train leaves at nine
I am on my way
good luck with the exam
please bring the keys
the report is done
where is the dog
the door is open
we won the game
it is raining again
I love this song
the cat is asleep
buy some bread
water the plants
the car is in the garage
how much does it cost
where is the station
I would like a coffee
let us meet at the park
my phone is broken
the sky is blue
do not forget the milk
the shop is closed today
good night""".splitlines()
TOPICS = """cats dogs llamas space trains music history physics gardening chess volcanoes whales
robots cooking painting football bees rivers castles planets""".split()
SONGS = """Blue Moon|Golden Days|Night Train|Summer Rain|River Song|Silver Sky|Old Road|First Snow|
Little Star|Green Hills|Long Way Home|Morning Light""".replace("\n", "").split("|")
DISHES = """pizza pancakes soup salad curry lasagna tacos sushi omelette stew pie noodles
dumplings""".split()
STOCKS = ["AAPL", "MSFT", "TSLA", "AMZN", "NVDA", "IBM", "ORCL", "INTC", "NFLX", "META"]

ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pr qu r s sh st t tr v w y z".split()
VOWELS = "a e i o u ai ee oo ia".split()
CODAS = ["", "", "", "n", "r", "l", "s", "k", "m", "t", "x", "nd", "rt"]


# A model this small copies a word token by token. Words of a few known syllables are two or three
# tokens long and easy to keep apart; now and then there is one that has to be spelt.
SYLLABLES = """ba bel bor bran bri dal dar del dim dor dra fen fil flo fran gal gar gel gri gul hal
har hel hin hor jan jel jor kal kan kel kim kor kra lan lar lem lin lor lum mal mar mel min mor mun
nal nar nel nim nor pal par pel pin por pra qual quin ral ran rel rim ron sal san sel shan sil sor
stel tal tan tel tim tor tra val van vel vik vor wal wen wil xan yan yor zal zan zel zim
zor""".split()


def invented(rng: Random) -> str:
    """A word nobody has seen, such as `zorvik`: it can only be copied."""
    if rng.random() < 0.8:
        return "".join(rng.sample(SYLLABLES, rng.choice([2, 2, 2, 3])))
    return "".join(
        rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS)
        for _ in range(rng.choice([1, 2, 2]))
    )


def same(text: str) -> Value:
    """Said as it is written."""
    return text, text


def one_of(*choices: str) -> Sampler:
    """One of a few words."""
    return lambda rng: same(rng.choice(choices))


def person(rng: Random) -> Value:
    name = rng.choice(NAMES) if rng.random() < 0.6 else capital(invented(rng))
    return same(name if rng.random() < 0.7 else f"{name} {rng.choice(SURNAMES)}")


def city(rng: Random) -> Value:
    draw = rng.random()
    if draw < 0.45:
        return same(rng.choice([*US_CITIES, *COUNTRIES.values()]))
    if draw < 0.6:
        return same(rng.choice(OTHER_CITIES))
    name = capital(invented(rng))
    return same(name if draw < 0.9 else f"{rng.choice(['San', 'New', 'Port', 'Lake'])} {name}")


def city_and_state(rng: Random) -> Value:
    """`Boston` -> `Boston, MA`; cities elsewhere get their country."""
    if rng.random() < 0.65:
        name = rng.choice(list(US_CITIES))
        full = f"{name}, {US_CITIES[name]}"
    else:
        country = rng.choice(list(COUNTRIES))
        name = COUNTRIES[country]
        full = f"{name}, {country.removeprefix('the ')}"
    return (name if rng.random() < 0.8 else full), full


def word(rng: Random) -> Value:
    return same(invented(rng) if rng.random() < 0.5 else rng.choice(TOPICS + ITEMS + COLORS))


def topic(rng: Random) -> Value:
    if rng.random() < 0.6:
        return same(rng.choice(TOPICS))
    return same(f"{rng.choice([*COLORS, 'old', 'small', 'famous'])} {word(rng)[0]}")


def sentence(rng: Random) -> Value:
    if rng.random() < 0.7:
        return same(rng.choice(SENTENCES))
    return same(" ".join(word(rng)[0] for _ in range(rng.randint(2, 4))))


def item(rng: Random) -> Value:
    return same(rng.choice(ITEMS) if rng.random() < 0.75 else invented(rng))


def items(rng: Random) -> Value:
    """An array of strings, said as `a, b and c`."""
    chosen = list(dict.fromkeys(item(rng)[0] for _ in range(rng.choice([1, 2, 2, 3, 3, 4]))))
    return listed(chosen), chosen


def people(rng: Random) -> Value:
    chosen = list(dict.fromkeys(rng.choice(NAMES) for _ in range(rng.choice([1, 2, 2, 3]))))
    return listed(chosen), chosen


def numbers(rng: Random) -> Value:
    chosen = [rng.randint(1, 99) for _ in range(rng.randint(2, 5))]
    return listed([str(number) for number in chosen]), chosen


def integer(low: int, high: int, step: int = 1) -> Sampler:
    """A whole number; small ones are sometimes said as words."""

    def sample(rng: Random) -> Value:
        number = rng.randrange(low, high + 1, step)
        if 2 <= number < len(NUMBER_WORDS) and rng.random() < 0.2:
            return NUMBER_WORDS[number], number
        return str(number), number

    return sample


def decimal(rng: Random) -> Value:
    number = rng.randint(1, 200) + rng.choice([0.5, 0.25, 0.75, 0.99, 0.1])
    return str(number), number


def amount(rng: Random) -> Value:
    return decimal(rng) if rng.random() < 0.3 else integer(1, 900)(rng)


def email(rng: Random) -> Value:
    host = rng.choice(["example.com", "mail.com", "test.org", f"{invented(rng)}.com"])
    name = rng.choice(NAMES).lower() if rng.random() < 0.6 else invented(rng)
    return same(f"{name}@{host}")


def code(rng: Random) -> Value:
    """An identifier: `48213`, `A-4821`, `ZX81`."""
    digits = "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 4)))
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTXZ") for _ in range(rng.randint(1, 2)))
    return same(rng.choice([digits, f"{letters}-{digits}", letters + digits]))


def number_code(rng: Random) -> Value:
    number = rng.randint(10, 9999)
    return str(number), number


def date(rng: Random) -> Value:
    day, month = rng.randint(1, 28), rng.randint(1, 12)
    return same(f"{rng.choice([2024, 2025, 2026, 2027])}-{month:02d}-{day:02d}")


def day(rng: Random) -> Value:
    return same(rng.choice([*WEEKDAYS, "today", "tomorrow"]))


def clock(rng: Random) -> Value:
    hour, minute = rng.randint(0, 23), rng.choice([0, 0, 15, 30, 45, rng.randint(1, 59)])
    return same(f"{hour:02d}:{minute:02d}" if rng.random() < 0.6 else f"{hour}:{minute:02d}")


def room(rng: Random) -> Value:
    name = rng.choice(ROOMS)
    return name, name


def on_off(rng: Random) -> Value:
    return rng.choice([("on", True), ("off", False)])


def title(rng: Random) -> Value:
    if rng.random() < 0.6:
        return same(rng.choice(SONGS))
    return same(f"{capital(word(rng)[0])} {capital(word(rng)[0])}")


def address(rng: Random) -> Value:
    """A nested object: street and city."""
    name = rng.choice([*SURNAMES, capital(invented(rng))])
    street = f"{rng.randint(1, 99)} {name} {rng.choice(['Street', 'Road', 'Avenue'])}"
    town = city(rng)[0]
    return f"{street}{rng.choice([' in ', ', '])}{town}", {"street": street, "city": town}


def point(rng: Random) -> Value:
    """A nested object of two numbers."""
    x, y = rng.randint(0, 99), rng.randint(0, 99)
    return rng.choice([f"{x}, {y}", f"x {x} and y {y}", f"x={x}, y={y}"]), {"x": x, "y": y}


def expression(rng: Random) -> Value:
    a, b = rng.randint(1, 99), rng.randint(1, 99)
    text = f"{a} {rng.choice('+-*/')} {b}"
    return same(text if rng.random() < 0.7 else f"{text} {rng.choice('+-')} {rng.randint(1, 9)}")


def file_name(rng: Random) -> Value:
    return same(f"{word(rng)[0]}.{rng.choice(['txt', 'csv', 'pdf', 'png', 'md', 'py'])}")
