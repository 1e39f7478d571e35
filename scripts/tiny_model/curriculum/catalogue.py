"""The tools that the model knows by family, and a few that it never sees before the exam."""

from __future__ import annotations

from . import words as w
from .toolbox import Tool, array, enum, flag, nested, number, text, whole

WEATHER_ASKS = """
    =(what is|what's|how is|how's) the weather (like |)in {location}( today| right now| now|)?
    =(what is|what's) the weather (like |)(today |now |)in {location}?
    =(what's|what is) it like outside in {location}?
    =is it (raining|sunny|cold|warm|snowing|windy) in {location}( today| now|)?
    =(do I need|should I take) an umbrella in {location}( today|)?
    =how (hot|cold|warm) is it in {location}( today| now|)?
    =weather in {location}
    =(what|how) is the weather in {location} in {unit}?
    (tell|give) me the (current |)weather (in|for) {location}
    (check|get|look up|find out) the (current |)weather (in|for) {location}
    (tell|give) me the temperature in {location} in {unit}
    get the weather for {location} in (degrees |){unit}
"""
WEATHER_HELD = """
    =what (weather|temperature) do they have in {location}( today|)?
    =will I need a coat in {location} (today|now)?
    (show|report) (me |)today's weather for {location}
    (show|find) me the weather in {location} using {unit}
"""
WEATHER_RESULT = {"temperature": w.integer(13, 39), "condition": w.one_of(*w.CONDITIONS)}
WEATHER_ANSWER = "It is {condition} and {temperature} degrees in {location}."
UNIT = enum("unit units", "The unit of temperature|Temperature unit", "celsius fahrenheit", False)

KNOWN = (
    Tool(
        "get_current_weather get_weather current_weather weather",
        "Get the current weather in a given location|Get the weather in a city|Current weather",
        (
            text(
                "location city place",
                "The city and state, e.g. San Francisco, CA|"
                "City and state or country, e.g. Austin, TX",
                w.city_and_state,
            ),
            UNIT,
        ),
        WEATHER_ASKS, WEATHER_HELD, WEATHER_RESULT, WEATHER_ANSWER,
    ),
    Tool(
        "get_weather weather_lookup fetch_weather check_weather get_current_weather",
        "Get the weather for a city|Look up the current weather|Tells the weather of a place",
        (text("location city place town", "The city|Name of the city|The place", w.city), UNIT),
        WEATHER_ASKS, WEATHER_HELD, WEATHER_RESULT, WEATHER_ANSWER,
    ),
    Tool(
        "get_forecast weather_forecast forecast",
        "Get the weather forecast for the next days|Forecast for several days in a city",
        (
            text("city location place", "The city|Where", w.city),
            whole("days num_days count", "Number of days|How many days", w.integer(2, 10)),
        ),
        """
        =(what is|what's) the (weather |)forecast for {city} for the next {days} days?
        =how will the weather be in {city} over the next {days} days?
        =what will the weather be like in {city} for {days} days?
        (get|show|give me|check) the {days}-day forecast (for|in) {city}
        (get|show|give me|check) the forecast for {city} for {days} days
        forecast the weather in {city} for (the next |){days} days
        """,
        """
        =how does the next {days} days look in {city}, weather-wise?
        =I will be in {city} for {days} days, what is the forecast?
        tell me the {days} day forecast in {city}
        """,
        {"summary": w.one_of(*w.CONDITIONS)},
        "The forecast for {city} is {summary}.",
    ),
    Tool(
        "get_current_time get_time current_time time_in_city",
        "Get the current time in a city|Tells what time it is in a place|Local time of a city",
        (text("city location place timezone_city", "The city|Name of the city", w.city),),
        """
        =what time is it (right now |now |)in {city}( now| right now|)?
        =(what is|what's) the (current |local |)time in {city}?
        =(do you know|can you tell me) what time it is in {city}?
        =how late is it in {city}( now|)?
        =time in {city}
        (tell|give) me the (current |local |)time in {city}
        (check|look up|get) the (local |)time (in|for) {city}
        """,
        """
        =what does the clock say in {city}?
        =what hour is it in {city}( now|)?
        find out what time it is in {city}
        """,
        {"time": w.clock},
        "It is {time} in {city}.",
    ),
    Tool(
        "set_timer start_timer create_timer timer",
        "Set a timer|Start a countdown timer|Starts a timer for some minutes",
        (
            whole("minutes duration_minutes mins duration", "Minutes|How many minutes", w.integer(1,
                90)),
            text("label name title", "What the timer is for|A name for the timer", w.word, False),
        ),
        """
        set (a|the) timer (for|to) {minutes} (minutes|min)
        (start|create) a {minutes}( |-)minute timer
        (start|begin) a timer (for|of) {minutes} minutes
        count down {minutes} minutes
        set a {minutes} minute timer (called|named|for the) {label}
        start a timer (called|named) {label} for {minutes} minutes
        set a timer for {minutes} minutes (called|named) {label}
        =timer (for |){minutes} minutes
        =wake me in {minutes} minutes with a timer
        """,
        """
        put {minutes} minutes on the timer
        make a timer (that runs|of) {minutes} minutes
        time {minutes} minutes under the name {label}
        """,
        answer="The timer is set for {minutes} minutes.",
        result={"status": w.one_of("started")},
    ),
    Tool(
        "set_alarm create_alarm add_alarm alarm",
        "Set an alarm|Set an alarm clock at a time|Wakes the user at a given time",
        (
            text("time at alarm_time", "Time as HH:MM|When", w.clock),
            text("day date weekday", "The day|Which day", w.day, False),
        ),
        """
        set (an|my|the) alarm (for|at|to) {time}
        wake me (up |)at {time}
        create an alarm (for|at) {time}
        set an alarm for {day} at {time}
        wake me (up |)on {day} at {time}
        set an alarm at {time} (on |for |){day}
        =alarm at {time}
        =I need (to get up|an alarm) at {time}
        """,
        """
        get me out of bed at {time}
        make the alarm ring at {time}
        have the alarm go off at {time} on {day}
        """,
        {"status": w.one_of("set")},
        "The alarm is set for {time}.",
    ),
    Tool(
        "send_email email send_mail write_email",
        "Send an email|Sends an email to someone|Write an email message",
        (
            text("to recipient address email", "The email address|Who gets it", w.email),
            text("subject title", "The subject line|Subject", w.topic),
            text("body message text", "The text of the email|Body", w.sentence, False),
        ),
        """
        send an email to {to} (about|with the subject|with subject) {subject}
        (write|send) (an email |)to {to} about {subject}
        email {to} about {subject}
        (send|write) an email to {to} with subject {subject} and (text|body|message) "{body}"
        email {to} about {subject} and say "{body}"
        send {to} an email about {subject} saying "{body}"
        """,
        """
        (drop|mail) {to} a line about {subject}
        get an email out to {to} on the subject {subject}
        mail {to} with the subject {subject} and the words "{body}"
        """,
        {"status": w.one_of("sent")},
        "The email to {to} was sent.",
    ),
    Tool(
        "send_message message text_message send_text send_sms",
        "Send a text message to a person|Sends a message|Text someone",
        (
            text("to recipient contact name", "Who gets it|The person", w.person),
            text("message text body content", "The message|What to say", w.sentence),
        ),
        """
        (text|message) {to}: {message}
        (text|message|write) {to} (that|saying) {message}
        (tell|text) {to} "{message}"
        send (a message|a text) to {to}: {message}
        send (a message|a text|an SMS) to {to} (saying|that says) {message}
        send "{message}" to {to}
        send {to} (the|a) message: {message}
        let {to} know: {message}
        """,
        """
        pass this on to {to}: {message}
        send {to} a text that reads {message}
        write to {to}: {message}
        """,
        {"status": w.one_of("sent")},
        "The message to {to} was sent.",
    ),
    Tool(
        "call_contact call phone make_call",
        "Call a person on the phone|Start a phone call|Phones a contact",
        (
            text("contact name person", "The person to call|Who", w.person),
            flag("speaker use_speaker", "Use the speaker|Speaker on or off", w.on_off, False),
        ),
        """
        call {contact}( now|)
        (phone|ring) {contact}
        make a (phone |)call to {contact}
        (start|place) a (phone |)call (to|with) {contact}
        call {contact} with (the |)speaker {speaker}
        phone {contact} with the speaker {speaker}
        """,
        """
        get {contact} on the (phone|line)
        dial {contact}
        ring {contact} up with the speaker {speaker}
        """,
        {"status": w.one_of("ringing")},
        "The call to {contact} is {status}.",
    ),
    Tool(
        "calculate calculator compute evaluate",
        "Calculate an expression|Does arithmetic|Compute the value of a math expression",
        (text("expression formula query", "The expression, e.g. 2 + 2|What to compute",
            w.expression),),
        """
        =(what is|what's|how much is) {expression}?
        =(can you |)(calculate|compute) {expression}( for me|)?
        (calculate|compute|work out|evaluate|solve) {expression}
        tell me (what {expression} is|the result of {expression}|the value of {expression})
        use the calculator for {expression}
        """,
        """
        =what do you get for {expression}?
        =what does {expression} equal?
        do the math: {expression}
        """,
        {"result": w.integer(13, 999)},
        "The result is {result}.",
    ),
    Tool(
        "add_numbers sum_numbers sum add",
        "Add numbers|Adds up a list of numbers|Sum of numbers",
        (array("numbers values nums", "The numbers|Numbers to add", w.numbers, "integer"),),
        """
        =(what is|what's) the (sum|total) of {numbers}?
        (add|sum) (up |)(the numbers |){numbers}
        (find|give me|get|compute) the (sum|total) of {numbers}
        add {numbers} together
        """,
        """
        =what do {numbers} add up to?
        =how much is {numbers} all together?
        total (up |){numbers}
        """,
        {"total": w.integer(13, 400)},
        "The total is {total}.",
    ),
    Tool(
        "convert_currency currency_converter exchange exchange_money",
        "Convert money from one currency to another|Currency conversion",
        (
            number("amount value sum", "How much|The amount of money", w.amount),
            enum("from_currency from source source_currency", "Currency to convert from|From",
                 " ".join(w.CURRENCIES)),
            enum("to_currency to target target_currency", "Currency to convert to|To",
                 " ".join(w.CURRENCIES)),
        ),
        """
        convert {amount} {from_currency} (to|into) {to_currency}
        change {amount} {from_currency} (to|into) {to_currency}
        =(what is|what's|how much is) {amount} {from_currency} in {to_currency}?
        =how (much|many) {to_currency} (is|are|do I get for) {amount} {from_currency}?
        exchange {amount} {from_currency} (for|to) {to_currency}
        tell me how much {amount} {from_currency} is in {to_currency}
        """,
        """
        =what would {amount} {from_currency} be worth in {to_currency}?
        turn {amount} {from_currency} into {to_currency}
        swap {amount} {from_currency} for {to_currency}
        """,
        {"converted": w.amount},
        "{amount} {from_currency} is {converted} {to_currency}.",
    ),
    Tool(
        "convert_units unit_converter convert convert_measure",
        "Convert between units of measure|Unit conversion",
        (
            number("value amount quantity", "The value|How many", w.amount),
            enum("from_unit from source_unit", "Unit to convert from|From",
                 "meters feet inches kilometers miles grams pounds liters gallons"),
            enum("to_unit to target_unit", "Unit to convert to|To",
                 "meters feet inches kilometers miles grams pounds liters gallons"),
        ),
        """
        convert {value} {from_unit} (to|into) {to_unit}
        =(what is|what's|how much is) {value} {from_unit} in {to_unit}?
        =how many {to_unit} (are|are in|is|in) {value} {from_unit}?
        change {value} {from_unit} (to|into) {to_unit}
        tell me how many {to_unit} {value} {from_unit} are
        """,
        """
        =what does {value} {from_unit} come to in {to_unit}?
        express {value} {from_unit} in {to_unit}
        turn {value} {from_unit} into {to_unit}
        """,
        {"converted": w.amount},
        "{value} {from_unit} is {converted} {to_unit}.",
    ),
    Tool(
        "translate translate_text translator",
        "Translate text into another language|Translates a text",
        (
            text("text sentence phrase", "The text|What to translate", w.sentence),
            text("language target_language to", "The target language|Language",
                w.one_of(*w.LANGUAGES)),
        ),
        """
        translate "{text}" (to|into) {language}
        translate (the sentence|this|the text) (to|into) {language}: {text}
        =how do (you|I) say "{text}" in {language}?
        =what is "{text}" in {language}?
        say "{text}" in {language}
        tell me how to say "{text}" in {language}
        """,
        """
        =what would "{text}" be in {language}?
        put "{text}" into {language}
        give me the {language} for "{text}"
        """,
        {"translation": w.sentence},
        "In {language}, that is: {translation}",
    ),
    Tool(
        "search_web web_search search google",
        "Search the web|Find information on the internet|Web search",
        (text("query q search_term text", "What to search for|The search text", w.topic),),
        """
        search the (web|internet) for {query}
        (search|look|google) for {query}( online| on the web|)
        (look up|google) {query}( online| on the internet|)
        find (information|something|pages) about {query} (online|on the web|on the internet)
        =what can you find (online |on the web |)about {query}?
        do a web search for {query}
        """,
        """
        see what the (web|internet) says about {query}
        run a search on {query}
        =can you find anything online on {query}?
        """,
        {"results": w.integer(13, 99)},
        "I found {results} results for {query}.",
    ),
    Tool(
        "play_music play_song play music_player",
        "Play a song|Plays music|Play music by title and artist",
        (
            text("song title track name", "The song|Title of the song", w.title),
            text("artist by singer", "Who sings it|The artist", w.person, False),
            whole("volume loudness", "Volume from 0 to 100|How loud", w.integer(5, 100, 5), False),
        ),
        """
        play {song}
        play the song {song}
        play {song} by {artist}
        (put on|start) {song} by {artist}
        (put on|start) (the song |){song}
        play {song} at volume {volume}
        play {song} by {artist} at volume {volume}
        =I want to (hear|listen to) {song}
        """,
        """
        let me hear {song}
        start the track {song} by {artist}
        play me {song} with the volume at {volume}
        """,
        {"status": w.one_of("playing")},
        "Now playing {song}.",
    ),
    Tool(
        "set_volume change_volume volume",
        "Set the volume|Change how loud the sound is",
        (whole("level volume percent value", "From 0 to 100|The volume", w.integer(0, 100, 5)),),
        """
        set the volume (to|at) {level}( percent|)
        (turn|change) the (volume|sound) (up |down |)to {level}
        make the volume {level}
        =volume {level}( please|)
        put the (sound|volume) (on|at) {level}
        """,
        """
        bring the volume to {level}
        =I want the sound at {level} percent
        """,
        {"status": w.one_of("changed")},
        "The volume is now {level}.",
    ),
    Tool(
        "control_light set_light switch_light light",
        "Turn a light on or off|Controls the lights in a room",
        (
            text("room location place", "The room|Which room", w.room),
            flag("on state turn_on power", "true for on, false for off|On or off", w.on_off),
            whole("brightness level", "From 1 to 100|How bright", w.integer(5, 100, 5), False),
        ),
        """
        (turn|switch) {on} the (light|lights) in the {room}
        (turn|switch) the {room} (light|lights) {on}
        (turn|switch) {on} the {room} (light|lights|lamp)
        (turn|switch) the (light|lights) in the {room} {on}
        =(light|lights) {on} in the {room}
        (turn|switch) {on} the {room} light at {brightness} percent
        turn the {room} light {on} with brightness {brightness}
        """,
        """
        put the {room} lights {on}
        have the light in the {room} turned {on}
        switch the {room} lamp {on} at brightness {brightness}
        """,
        {"status": w.one_of("ok")},
        "The light in the {room} is {on}.",
    ),
    Tool(
        "set_thermostat set_temperature thermostat heating",
        "Set the heating to a temperature|Sets the thermostat of a room",
        (
            number("temperature degrees value", "Degrees|The temperature", w.integer(14, 30)),
            enum("room zone area", "The room|Which room",
                 "kitchen living_room bedroom bathroom garage hallway office", False),
        ),
        """
        set the (thermostat|heating|temperature) to {temperature}( degrees|)
        (heat|warm|cool) the {room} to {temperature} degrees
        set the {room} (thermostat|heating|temperature) to {temperature}( degrees|)
        set the (temperature|heating) in the {room} to {temperature}( degrees|)
        make it {temperature} degrees (in the {room}|in here|here)
        turn the heating (up |down |)to {temperature}( degrees|)
        """,
        """
        bring the {room} to {temperature} degrees
        =I want {temperature} degrees in the {room}
        have the thermostat at {temperature}
        """,
        {"status": w.one_of("heating")},
        "The temperature is set to {temperature} degrees.",
    ),
    Tool(
        "lock_door door_lock set_door",
        "Lock or unlock a door|Controls the door locks",
        (
            enum("door which", "The door|Which door", "front_door back_door garage_door side_door"),
            enum("action command", "What to do|Lock or unlock", "lock unlock"),
        ),
        """
        {action} the {door}
        {action} my {door}( now|)
        make sure to {action} the {door}
        =the {door}: {action} it
        """,
        """
        {action} up the {door}
        =it is time to {action} the {door}
        """,
        {"status": w.one_of("ok")},
        "Done.",
    ),
    Tool(
        "create_event add_event schedule_event calendar_event",
        "Create an event in the calendar|Add a calendar entry|Schedule an event",
        (
            text("title name event", "The title|What it is", w.word),
            text("date day", "The date|Which day", lambda rng: rng.choice([w.date, w.day])(rng)),
            text("time start_time at", "The start time|When", w.clock, False),
            array("attendees guests people", "Who comes|Names of guests", w.people, "string",
                False),
        ),
        """
        (create|add|schedule|make) an event (called |named |){title} on {date}
        put {title} in (my|the) calendar (for|on) {date}( at {time}|)
        (create|add|schedule) an event (called |named ){title} on {date} at {time}
        (create|schedule) an event {title} on {date} at {time} with {attendees}
        add {title} to (my|the) calendar on {date} at {time}
        (plan|schedule) {title} (for|on) {date} with {attendees}
        """,
        """
        book {title} into my calendar for {date} at {time}
        (enter|note) an event {title} on {date} with {attendees}
        make a calendar entry {title} for {date}
        """,
        {"status": w.one_of("created")},
        "The event {title} is in the calendar for {date}.",
    ),
    Tool(
        "create_reminder set_reminder add_reminder remind",
        "Create a reminder|Reminds the user of something|Set a reminder",
        (
            text("text task message about", "What to remind of|The task", w.one_of(
                "buy milk", "call the bank", "feed the cat", "pay the rent", "water the plants",
                "take the medicine", "walk the dog", "send the report", "clean the car",
                "visit Anna", "book the flight", "return the books", "wash the windows")),
            text("time at when", "When|The time", w.clock),
        ),
        """
        remind me to {text} at {time}
        remind me at {time} to {text}
        (set|create|add|make) a reminder to {text} at {time}
        (set|create|add) a reminder (for|at) {time} to {text}
        =at {time} I (have|need) to {text}, remind me
        do not let me forget to {text} at {time}
        """,
        """
        =reminder: {text} at {time}
        give me a reminder at {time} to {text}
        make sure that I {text} at {time}
        """,
        {"status": w.one_of("created")},
        "I will remind you at {time} to {text}.",
    ),
    Tool(
        "add_to_shopping_list shopping_list add_items buy_list",
        "Add items to the shopping list|Puts things on the shopping list",
        (array("items products things", "The items|What to buy", w.items),),
        """
        add {items} to (my|the) (shopping |grocery )list
        put {items} on (my|the) (shopping |grocery )list
        =(I need|we need|we are out of) {items}
        =(I need|we need) to buy {items}
        add {items} to the things to buy
        """,
        """
        write {items} on the shopping list
        =the shopping list should have {items}
        get {items} onto my grocery list
        """,
        {"count": w.integer(13, 30)},
        "I added {items} to the shopping list.",
    ),
    Tool(
        "order_food order_meal food_order",
        "Order food|Order a dish from a restaurant",
        (
            text("dish food meal item", "The dish|What to order", w.one_of(*w.DISHES)),
            whole("quantity count amount number", "How many|Number of portions", w.integer(1, 12)),
            enum("size portion", "The size|How large", "small medium large", False),
        ),
        """
        order {quantity} {dish}
        (order|get) {quantity} {size} {dish}
        (order|get) me {quantity} {dish}
        =(I want|I'd like) to (order|have) {quantity} {dish}
        order {dish} for {quantity} people
        place an order for {quantity} ({size} |){dish}
        """,
        """
        have {quantity} {size} {dish} delivered
        bring me {quantity} {dish}
        """,
        {"minutes": w.integer(13, 60)},
        "Your {dish} will be there in {minutes} minutes.",
    ),
    Tool(
        "book_flight reserve_flight flight_booking buy_flight",
        "Book a flight|Books a flight between two cities",
        (
            text("origin from departure from_city", "City of departure|From where", w.city),
            text("destination to arrival to_city", "City of arrival|To where", w.city),
            text("date day departure_date", "Date of the flight|When", w.date),
            whole("passengers travelers seats", "How many people|Number of seats", w.integer(1, 9),
                False),
        ),
        """
        book (a|the) flight from {origin} to {destination} (on|for) {date}
        (book|reserve) a flight to {destination} from {origin} on {date}
        (book|reserve) a flight on {date} from {origin} to {destination}
        book {passengers} seats from {origin} to {destination} on {date}
        book a flight from {origin} to {destination} on {date} for {passengers} (people|passengers)
        fly me from {origin} to {destination} on {date}
        =I need a flight from {origin} to {destination} on {date}
        """,
        """
        get me on a plane from {origin} to {destination} on {date}
        =I have to fly from {origin} to {destination} on {date}
        buy {passengers} plane tickets from {origin} to {destination} for {date}
        """,
        {"price": w.integer(60, 900)},
        "The flight to {destination} is booked and costs {price}.",
    ),
    Tool(
        "book_hotel reserve_hotel hotel_booking",
        "Book a hotel room|Reserve a room in a hotel",
        (
            text("city location place", "The city|Where", w.city),
            text("check_in arrival date from_date", "First night|Date of arrival", w.date),
            whole("nights num_nights stay", "How many nights|Number of nights", w.integer(1, 14)),
            flag("breakfast with_breakfast", "With breakfast|Breakfast or not",
                 lambda rng: rng.choice([("with breakfast", True), ("without breakfast", False)]),
                     False),
        ),
        """
        (book|reserve) a (hotel|hotel room|room) in {city} for {nights} nights from {check_in}
        (book|reserve) a (hotel|room) in {city} from {check_in} for {nights} nights
        book me a hotel in {city} on {check_in} for {nights} nights {breakfast}
        find a hotel {breakfast} in {city} for {nights} nights from {check_in}
        =I need a (room|hotel) in {city} for {nights} nights from {check_in}
        """,
        """
        get a hotel in {city} starting {check_in} for {nights} nights
        =I am staying {nights} nights in {city} from {check_in}, book a hotel {breakfast}
        """,
        {"hotel": w.title},
        "The hotel {hotel} in {city} is booked.",
    ),
    Tool(
        "get_directions directions route navigate find_route",
        "Get directions from one place to another|Find a route",
        (
            text("origin start from", "The start|From where", w.city),
            text("destination end to", "The goal|To where", w.city),
            enum("mode by transport", "How to travel|Means of transport", "car bike train bus foot",
                False),
        ),
        """
        =how do I get from {origin} to {destination}( by {mode}|)?
        =(what is|what's) the (way|best way|route) from {origin} to {destination}?
        (show|give|get) me (directions|the way|the route) from {origin} to {destination}
        (show|give) me directions from {origin} to {destination} by {mode}
        find (a|the) (route|way) from {origin} to {destination} by {mode}
        navigate from {origin} to {destination}
        """,
        """
        =which way is it from {origin} to {destination}?
        guide me from {origin} to {destination} by {mode}
        take me from {origin} to {destination}
        """,
        {"distance": w.integer(13, 900)},
        "It is {distance} kilometers from {origin} to {destination}.",
    ),
    Tool(
        "get_stock_price stock_price stock_quote get_quote",
        "Get the price of a stock|Current stock price by symbol",
        (text("symbol ticker stock", "The stock symbol|Ticker, e.g. AAPL", w.one_of(*w.STOCKS,
            "ABC", "QRX", "ZLT", "KOP", "XYZ", "BRM")),),
        """
        =(what is|what's) the (stock |share |)price of {symbol}( stock|)?
        =how (much is|is) {symbol}( stock|)( doing|) (today|now)?
        =(what is|what's) {symbol} (trading at|at now|worth)?
        (get|check|look up|tell me|give me) the (stock |share |)price (of|for) {symbol}
        """,
        """
        =what does a share of {symbol} cost?
        quote {symbol} for me
        """,
        {"price": w.decimal},
        "{symbol} is at {price}.",
    ),
    Tool(
        "get_news news latest_news headlines",
        "Get the latest news about a topic|News headlines",
        (
            text("topic subject about", "The topic|What about", w.topic),
            whole("count limit number max_results", "How many|Number of headlines", w.integer(2,
                12), False),
        ),
        """
        =(what is|what's) (the news about|new about|new with) {topic}?
        =(any|is there any) news (about|on) {topic}?
        (show|give|get|tell) me the (latest |)news (about|on) {topic}
        (show|give|get) me {count} (headlines|news) (about|on) {topic}
        =what are the (latest |)headlines (about|on) {topic}?
        """,
        """
        =what happened lately with {topic}?
        bring me {count} headlines on {topic}
        read me the news about {topic}
        """,
        {"headline": w.sentence},
        "The latest headline about {topic}: {headline}",
    ),
    Tool(
        "track_package track_order package_status track_parcel",
        "Track a package|Where a package is, by its number",
        (text("tracking_number number code package_id", "The tracking number|Number of the package",
            w.code),),
        """
        =where is (my |the |)(package|parcel) {tracking_number}?
        (track|follow) (my |the |)(package|parcel) {tracking_number}
        track (the |)(package|parcel) with (the |)number {tracking_number}
        =(what is|what's) the status of (package|parcel) {tracking_number}?
        =when will (my |the |)(package|parcel) {tracking_number} (arrive|come)?
        """,
        """
        =has (the package|parcel) {tracking_number} arrived yet?
        find my parcel {tracking_number}
        """,
        {"place": w.city},
        "The package {tracking_number} is in {place}.",
    ),
    Tool(
        "get_recipe find_recipe recipe search_recipe",
        "Find a recipe|Get a recipe for a dish",
        (
            text("dish meal food name", "The dish|What to cook", w.one_of(*w.DISHES)),
            array("ingredients with using", "Ingredients to use|What is in it", w.items, "string",
                False),
            flag("vegetarian veggie", "Without meat|Vegetarian or not",
                 lambda rng: ("vegetarian", True), False),
        ),
        """
        (find|get|give me|show me|look up) a recipe for {dish}
        =how do (I|you) (make|cook) {dish}?
        find a {vegetarian} recipe for {dish}
        give me a {vegetarian} {dish} recipe
        (find|get) a recipe for {dish} with {ingredients}
        =how (do|can) I (make|cook) {dish} with {ingredients}?
        """,
        """
        =what is a good recipe for {dish}?
        =what {dish} can I cook using {ingredients}?
        teach me how to make {dish}
        """,
        {"minutes": w.integer(13, 90)},
        "The recipe for {dish} takes {minutes} minutes.",
    ),
    Tool(
        "read_file open_file get_file file_read",
        "Read a file|Gives the contents of a file",
        (text("path file filename file_name", "The file|Path of the file", w.file_name),),
        """
        (read|open|show) (me |)(the file |){path}
        =what is in (the file |){path}?
        =what does (the file |){path} (say|contain)?
        (show|give) me the (contents|content) of {path}
        """,
        """
        print out {path}
        =what can I find in {path}?
        """,
        {"content": w.sentence},
        "The file {path} says: {content}",
    ),
    Tool(
        "write_file save_file create_file file_write",
        "Write text to a file|Saves text in a file",
        (
            text("path file filename file_name", "The file|Path of the file", w.file_name),
            text("content text data body", "The text|What to write", w.sentence),
        ),
        """
        (write|save) "{content}" (to|in|into) (the file |){path}
        (create|make) a file (called |named |){path} with (the text |){content}
        (write|save) to {path}: {content}
        put "{content}" in (the file |){path}
        """,
        """
        store "{content}" under {path}
        make {path} say {content}
        """,
        {"status": w.one_of("written")},
        "The file {path} was written.",
    ),
    Tool(
        "run_query query_database sql_query database_lookup",
        "Look up rows in a database table|Query a table",
        (
            text("table name from", "The table|Name of the table", w.one_of("users", "orders",
                "products", "customers", "invoices", "sales", "books", "players")),
            whole("limit max_rows count", "How many rows|Most rows to give", w.integer(2, 90)),
            text("order_by sort sort_by", "Column to sort by|Sort by", w.one_of("name", "date",
                "price", "age", "id", "city", "score"), False),
        ),
        """
        (show|get|give) (me |)(the first |){limit} (rows|entries) (from|of) (the |)(table |){table}
        (show|get|give) me {limit} {table}( from the database|)
        (show|get|list) {limit} {table} sorted by {order_by}
        (get|select) {limit} rows from {table}, (ordered|sorted) by {order_by}
        """,
        """
        pull {limit} rows out of {table}
        print {limit} {table} ordered by {order_by}
        """,
        {"rows": w.integer(13, 90)},
        "The table {table} gave {rows} rows.",
    ),
    Tool(
        "get_user find_user lookup_user user_info",
        "Get a user by id|Look up a user",
        (whole("user_id id uid", "The id of the user|User number", w.number_code),),
        """
        (get|find|show|look up|fetch) (me |)(the |)user {user_id}
        (get|find|show|look up) the user with (the |)(id|number) {user_id}
        =who is user (number |){user_id}?
        =(what is|what's) the name of user {user_id}?
        """,
        """
        bring up user {user_id}
        =which user has the id {user_id}?
        """,
        {"name": w.person},
        "User {user_id} is {name}.",
    ),
    Tool(
        "create_user add_user register_user new_user",
        "Create a user account|Registers a new user",
        (
            text("name full_name username", "The name|Name of the user", w.person),
            text("email mail email_address", "The email address|Email", w.email),
            whole("age years", "Age in years|How old", w.integer(18, 90), False),
            enum("role type level", "The role|Kind of account", "admin editor viewer guest owner",
                False),
        ),
        """
        (create|add|register|make) a (new |)user (called |named |){name} with (the |)email {email}
        (create|add|register) {name} as a (new |)user with email {email}
        (create|add) a user {name}, {email}, age {age}
        (create|register) a user {name} with email {email} and age {age}
        (create|add) a user {name} with email {email} and (the |)role {role}
        """,
        """
        set up an account for {name} with email {email}
        sign {name} up with the email {email} as {role}
        """,
        {"id": w.number_code},
        "The user {name} was created with id {id}.",
    ),
    Tool(
        "ship_order create_shipment send_package ship",
        "Ship an order to an address|Sends a package",
        (
            text("order_id order number", "The order|Order number", w.code),
            nested("address to destination", "Where to ship|The address",
                   {"street": "string", "city": "string"}, w.address),
            flag("express fast", "Express delivery|Fast or not",
                 lambda rng: rng.choice([("express", True), ("standard", False)]), False),
        ),
        """
        (ship|send|deliver) (the |)order {order_id} to {address}
        (ship|send) (the |)order {order_id} to {address} by {express} (delivery|mail)
        (ship|send) order (number |){order_id} (by|with) {express} delivery to {address}
        """,
        """
        have order {order_id} shipped to {address}
        =order {order_id} goes to {address} by {express} delivery
        """,
        {"days": w.integer(13, 20)},
        "The order {order_id} will arrive in {days} days.",
    ),
    Tool(
        "move_robot robot_move move move_to",
        "Move the robot to a point|Drive the robot",
        (
            nested("target position point goal", "The point|Where to go",
                   {"x": "integer", "y": "integer"}, w.point),
            enum("speed pace", "How fast|The speed", "slow normal fast", False),
        ),
        """
        (move|drive|send|bring) the robot to {target}
        (move|drive) the robot to {target} at {speed} speed
        move to {target}
        (make|let) the robot (go|drive) to {target}
        """,
        """
        have the robot drive over to {target}
        steer the robot to {target} at {speed} speed
        """,
        {"status": w.one_of("moving")},
        "The robot is on its way.",
    ),
    Tool(
        "draw_circle circle add_circle",
        "Draw a circle|Draws a circle on the canvas",
        (
            nested("center middle point", "The center|Middle of the circle",
                   {"x": "integer", "y": "integer"}, w.point),
            number("radius size r", "The radius|How large", w.amount),
            enum("color colour", "The color|Which color", " ".join(w.COLORS), False),
        ),
        """
        draw a circle at {center} with radius {radius}
        draw a {color} circle at {center} with (a |)radius (of |){radius}
        draw a circle with radius {radius} at {center}
        (make|add) a {color} circle with radius {radius} at {center}
        """,
        """
        put a {color} circle of radius {radius} at {center}
        place a circle at {center} with a radius of {radius}
        """,
        {"status": w.one_of("drawn")},
        "The circle is drawn.",
    ),
    Tool(
        "roll_dice dice throw_dice",
        "Roll some dice|Throws dice",
        (
            whole("count dice number num_dice", "How many dice|Number of dice", w.integer(1, 12)),
            whole("sides faces", "Sides of each|Number of sides", w.integer(4, 100), False),
        ),
        """
        (roll|throw) {count} dice
        (roll|throw) {count} dice with {sides} sides
        (roll|throw) {count} {sides}-sided dice
        """,
        """
        cast {count} dice
        let {count} dice with {sides} sides roll
        """,
        {"total": w.integer(13, 60)},
        "You rolled {total}.",
    ),
    Tool(
        "rate_movie review_movie movie_rating",
        "Rate a movie|Give a movie some stars",
        (
            text("movie title film", "The movie|Title of the movie", w.title),
            whole("stars rating score", "From 1 to 5|The stars", w.integer(1, 5)),
        ),
        """
        (rate|give) (the movie |){movie} {stars} stars
        rate {movie} with {stars} (stars|out of 5)
        give {stars} stars to (the movie |){movie}
        =(the movie |){movie} gets {stars} stars
        """,
        """
        leave {stars} stars for the film {movie}
        =I would give {movie} {stars} stars
        """,
        {"status": w.one_of("saved")},
        "Your rating for {movie} is saved.",
    ),
    Tool(
        "get_flight_status flight_status check_flight",
        "Get the status of a flight|Is a flight on time",
        (text("flight_number flight number code", "The flight number|Flight, e.g. LH400", w.code),),
        """
        =(is|will) flight {flight_number} (on time|late|delayed)?
        =(what is|what's) the status of flight {flight_number}?
        =when does flight {flight_number} (land|leave|arrive)?
        (check|look up|get|show me) (the status of |)flight {flight_number}
        """,
        """
        =has flight {flight_number} landed?
        tell me about flight {flight_number}
        """,
        {"status": w.one_of("on time", "delayed", "landed", "boarding")},
        "Flight {flight_number} is {status}.",
    ),
)  # fmt: skip

NEVER_SEEN = (
    Tool(
        "rent_bike",
        "Rent a bike at a station",
        (
            text("station", "The station", w.city),
            whole("hours", "How many hours", w.integer(1, 12)),
        ),
        "",
        """
        rent a bike at {station} for {hours} hours
        =I want to rent a bike for {hours} hours in {station}
        """,
    ),
    Tool(
        "book_table",
        "Reserve a table in a restaurant",
        (
            text("restaurant", "Name of the restaurant", w.title),
            whole("guests", "Number of guests", w.integer(2, 12)),
            text("time", "The time", w.clock),
        ),
        "",
        """
        reserve a table at {restaurant} for {guests} guests at {time}
        book a table for {guests} at {restaurant} at {time}
        """,
    ),
    Tool(
        "paint_wall",
        "Paint a wall of a room in a color",
        (
            text("room", "The room", w.room),
            enum("color", "The color", " ".join(w.COLORS)),
        ),
        "",
        """
        paint the wall in the {room} {color}
        paint the {room} wall {color}
        """,
    ),
    Tool(
        "feed_pet",
        "Feed a pet",
        (
            text("pet", "The name of the pet", w.person),
            whole("grams", "Grams of food", w.integer(20, 400)),
        ),
        "",
        """
        feed {pet} {grams} grams
        give {pet} {grams} grams of food
        """,
    ),
    Tool(
        "invite_guests",
        "Invite people to a party",
        (
            array("guests", "The people to invite", w.people),
            text("date", "Date of the party", w.date),
        ),
        "",
        """
        invite {guests} to the party on {date}
        send invitations for {date} to {guests}
        """,
    ),
    Tool(
        "set_password",
        "Set the password of an account",
        (
            text("account", "The account", w.email),
            text("password", "The new password", w.code),
        ),
        "",
        """
        set the password of {account} to {password}
        change the password for {account} to {password}
        """,
    ),
)
