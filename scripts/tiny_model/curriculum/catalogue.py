"""The tools that the model knows by family, and a few that it never sees before the exam."""

from __future__ import annotations

from . import words as w
from .toolbox import Tool, array, enum, flag, nested, number, text, whole

WEATHER_ASKS = """
    =will it (rain|snow|be sunny) in {location} today?
    =do they have (rain|snow|sun) in {location}( now|)?
    (tell|give) me what the weather people say about {location} today
    =what (is|will) today's weather (be|like) in {location}?
    (read|give) me today's weather report for {location} in {unit}
    =will a coat be enough in {location}?
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
    ={location} weather( today| now| please|)
    =weather {location}
    =temperature (in |for |){location}
    =current conditions (in|for|at) {location}(, please|)
    =what temperature is it in {location}?
    =how many degrees (is it|are there) in {location}( right now| at the moment|)?
    =what's the temperature (in|over in) {location} (right now|at the moment|today)?
    =I am (flying|going|driving) to {location}, how is the weather there?
    =I'm in {location}, is it going to rain today?
    =my flight to {location} leaves soon, what's the weather there?
    =should I (pack|wear|bring) a (coat|jacket|raincoat|scarf|sweater) (in|for) {location}?
    =is a coat needed in {location} (right now|today)?
    =do people need (coats|umbrellas|sunglasses) in {location} (today|now)?
    =should I take a warm coat to {location}?
    =is there (rain|snow|sun|fog|wind|a storm) in {location}( today| right now|)?
    =does it (rain|snow) in {location} (now|today|at the moment)?
    =any (rain|snow|sunshine) in {location}( today|)?
    =I (want|need|would like) to know the weather (in|for) {location}
    =I wonder (how the weather is|what the weather is like) in {location}
    =can I go outside without a jacket in {location} today?
    =is {location} (sunny|rainy|cold|warm|hot|windy|foggy) (today|now|right now)?
    =how is {location} today, hot or cold?
    =good weather in {location} today?
    (show|read) me the weather (report |conditions |)(from|of|in) {location}
    report the weather conditions (in|for|at) {location}
    see (how cold|how warm|how hot) it is in {location} (today|right now)
    check whether it is (raining|snowing|cold) in {location}
    look outside in {location} and tell me the weather
    let me know (how|what) the weather is (like |)in {location}
    =in {location}, what's the weather (like|today|right now)?
    =for {location}, what is the temperature in {unit}?
    =what is the temperature in {location} in (degrees |){unit}?
    =how (warm|cold|hot) is it in {location} in {unit}?
    =how many degrees {unit} (is it|are there) in {location}( now| today|)?
    =temperature in {location}, {unit}
    ={location} weather in {unit}
    =weather (for|in) {location} (with|in|using) {unit}(, please|)
    =in {unit}, how (hot|cold|warm) is {location}( today| right now|)?
    =I (think|count) in {unit}: how is the weather in {location}?
    =I need the weather in {location}, and use {unit}
    (show|read|report) the temperature in {location} in (degrees |){unit}
    use {unit} and (tell|show) me the weather (in|for) {location}
    give me the {unit} temperature (in|for|of) {location}
    check the weather in {location}, with {unit} as the unit
    look up how many {unit} it is in {location}
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
        =weather-wise, what do the next {days} days bring in {city}?
        =how do the next {days} days look for a trip to {city}?
        =(what is|what's) the (weather |)forecast for {city} for the next {days} days?
        =how will the weather be in {city} over the next {days} days?
        =what will the weather be like in {city} for {days} days?
        (get|show|give me|check) the {days}-day forecast (for|in) {city}
        (get|show|give me|check) the forecast for {city} for {days} days
        forecast the weather in {city} for (the next |){days} days
        ={city} forecast, {days} days
        ={days} days forecast (for|in) {city}
        =forecast for {city}, next {days} days
        =the next {days} days in {city}: rain or sun?
        =what's the outlook for {city} over the (coming|following) {days} days?
        =will it (rain|snow|be sunny|be cold) in {city} (in|during|over) the next {days} days?
        =is it going to (rain|snow|get warm) in {city} within {days} days?
        =what weather (can I expect|should we expect) in {city} for the next {days} days?
        =what weather is coming to {city} in the next {days} days?
        =I am going to {city} for {days} days, will I need (an umbrella|a coat|a raincoat)?
        =we (travel|fly|drive) to {city} soon, how will the weather be for the next {days} days?
        =my holiday in {city} lasts {days} days, what will the weather be?
        =I need (a|the) {days}-day (forecast|weather outlook) for {city}
        =I'd like to see the forecast for the next {days} days in {city}
        =can you look {days} days ahead (and tell me|at) the weather in {city}?
        =for the next {days} days, (how|what) will the weather be in {city}?
        =over the next {days} days, does {city} get any (rain|snow|sun)?
        =do you have the forecast for {days} days in {city}?
        =how much rain will {city} see in the next {days} days?
        =should I pack a (coat|jacket|sweater) for {days} days in {city}?
        predict the weather (for|in) {city} for the (coming|next) {days} days
        look up the weather in {city} for the coming {days} days
        let me know what the weather will be in {city} for {days} days
        (find|pull up|see) the {days}-day weather (forecast|outlook) of {city}
        (show|give) me {days} days of (weather forecast|forecast) for {city}
        plan ahead {days} days with the weather forecast for {city}
        read me the weather forecast of {city} for the following {days} days
        check how the weather in {city} will be over {days} days
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
        =does the clock in {city} show noon yet?
        =what hour do the clocks show in {city}?
        =which hour is it (now |)in {city}?
        find out the time in {city}
        =what does my watch have to say in {city}?
        =what time is it (right now |now |)in {city}( now| right now|)?
        =(what is|what's) the (current |local |)time in {city}?
        =(do you know|can you tell me) what time it is in {city}?
        =how late is it in {city}( now|)?
        =time in {city}
        (tell|give) me the (current |local |)time in {city}
        (check|look up|get) the (local |)time (in|for) {city}
        ={city} time( now| please|)
        ={city}: what time is it?
        =current time (in |for |){city}
        =local time {city}
        =what's the time over (there |)in {city}?
        =what is the exact time in {city}?
        =what time do they have in {city}( at the moment| now|)?
        =in {city}, what time is it( now| at the moment|)?
        =is it (late|early|still morning|night|already evening) in {city}( now|)?
        =is it day or night in {city}?
        =I (want|need) to know (the time|what time it is) in {city}
        =I have friends in {city}, what time is it for them?
        =I want to call someone in {city}, what time is it there?
        =my colleague sits in {city}, is it too late there now?
        =I just landed in {city}, what is the local time?
        =if I look at a clock in {city}, what time do I see?
        =what do the clocks in {city} show( right now|)?
        =how early is it in {city}?
        =I forgot to set my watch in {city}, what time is it?
        =any idea what time it is in {city}?
        =what's the clock time in {city}?
        say what time it is in {city}
        let me know the (current |local |)time in {city}
        show me (a clock for|the clock of|the time in) {city}
        read me the time (in|for) {city}
        see how late it is in {city}
        (look at|check) the clock in {city}
        find the (current|local|exact) time (of|for|in) {city}
        tell me how late it is in {city} right now
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
        =I need a timer that runs {minutes} minutes
        =a timer under the name {label}, {minutes} minutes
        time {label} for {minutes} minutes
        start {minutes} minutes under the label {label}
        set (a|the) timer (for|to) {minutes} (minutes|min)
        (start|create) a {minutes}( |-)minute timer
        (start|begin) a timer (for|of) {minutes} minutes
        count down {minutes} minutes
        set a {minutes} minute timer (called|named|for the) {label}
        start a timer (called|named) {label} for {minutes} minutes
        set a timer for {minutes} minutes (called|named) {label}
        =timer (for |){minutes} minutes
        =wake me in {minutes} minutes with a timer
        =timer, {minutes} minutes
        ={minutes} (minute|minutes|min) timer( please|)
        ={minutes} minutes on the clock, starting now
        =I need a timer (for|of) {minutes} minutes
        =I need {minutes} minutes on a timer
        =tell me when {minutes} minutes are (over|up|gone)
        =beep (in|after) {minutes} minutes
        =can you time {minutes} minutes?
        =countdown from {minutes} minutes
        =my tea needs {minutes} minutes, start the timer
        =it has to bake for {minutes} minutes, set a timer
        =I have only {minutes} minutes, run a timer
        =in {minutes} minutes the timer should (ring|go off|end)
        time me for {minutes} minutes
        run a (timer|countdown) for {minutes} minutes
        (start|make|begin) a countdown of {minutes} minutes
        (give|get) me a {minutes} minute timer
        let a timer (run|count) for {minutes} minutes
        have a timer (ring|beep|go off) after {minutes} minutes
        put a timer on for {minutes} minutes
        begin counting down {minutes} minutes
        =the {label} timer, {minutes} minutes
        =timer {label} for {minutes} minutes
        =I need a timer for the {label}, {minutes} minutes
        start a timer for the {label}, (it takes |it needs |){minutes} minutes
        =for the {label}, a timer of {minutes} minutes( please|)
        ={minutes} minutes for the {label}, start the timer
        start (the|a) {label} timer with {minutes} minutes
        run a {minutes} minute timer labeled {label}
        (make|create|start) a timer named {label} (of|with|lasting) {minutes} minutes
        count down {minutes} minutes for the {label}
        name a timer {label} and let it run {minutes} minutes
        set the {label} timer to {minutes} minutes
        add a timer with the label {label} for {minutes} minutes
        time the {label} for {minutes} minutes
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
        =I must be out of bed at {time}
        get me out of my bed on {day} at {time}
        =out of bed by {time}, please
        set (an|my|the) alarm (for|at|to) {time}
        wake me (up |)at {time}
        create an alarm (for|at) {time}
        set an alarm for {day} at {time}
        wake me (up |)on {day} at {time}
        set an alarm at {time} (on |for |){day}
        =alarm at {time}
        =I need (to get up|an alarm) at {time}
        =alarm {time}
        =alarm for {time}( please|)
        ={time} alarm( please|)
        =wake-up call at {time}
        =I (have|want) to be awake (at|by) {time}
        =I must wake up at {time}
        =I want to sleep until {time}, set the alarm
        =I get up at {time}, so I need an alarm
        =my train leaves early, wake me at {time}
        =don't let me sleep (past|longer than) {time}
        =can my alarm ring at {time}?
        =the alarm should (ring|go off|sound) at {time}
        =at {time} the alarm has to (ring|go off)
        =I can't oversleep, alarm at {time}
        add an alarm (for|at) {time}
        (put|turn on|switch on) the alarm (for|at) {time}
        get me up at {time}
        let the alarm sound at {time}
        have an alarm wake me at {time}
        use the alarm clock to wake me at {time}
        =alarm {day} {time}
        =alarm( please|), {day} at {time}
        =on {day} I have to get up at {time}
        =I need (an alarm|to wake up|to be up) {day} at {time}
        =my flight goes {day}, wake me at {time}
        =for {day}, set (an alarm|my alarm) at {time}
        =can you wake me at {time} {day}?
        =on {day} the alarm should ring at {time}
        =wake-up alarm for {day} at {time}
        add an alarm on {day} (for|at) {time}
        wake me {day} at {time}
        get me up (on |){day} at {time}
        create an alarm (for|on) {day}, {time}
        (set|put) the alarm clock (to|for) {time} on {day}
        let my alarm go off {day} at {time}
        make an alarm at {time} for {day}
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
        drop an email about {subject} to {to}
        =a line to {to} about {subject}, by email
        (mail|drop) a note to {to} on {subject}
        get a mail to {to} about {subject} out now
        mail {to} the words "{body}" about {subject}
        send an email to {to} (about|with the subject|with subject) {subject}
        (write|send) (an email |)to {to} about {subject}
        email {to} about {subject}
        (send|write) an email to {to} with subject {subject} and (text|body|message) "{body}"
        email {to} about {subject} and say "{body}"
        send {to} an email about {subject} saying "{body}"
        =email to {to} about {subject}
        =email to {to}, subject {subject}
        =new email: to {to}, subject {subject}
        =I (need|want) to email {to} about {subject}
        =I have to write an email to {to}, it is about {subject}
        =an email about {subject} should go to {to}
        =can you email {to} on the topic of {subject}?
        =about {subject}: send an email to {to}
        =the subject is {subject} and the email goes to {to}
        =an email for {to}, the topic is {subject}
        compose an email (to|for) {to} (on|about|regarding) {subject}
        email {to} regarding {subject}
        shoot {to} an email about {subject}
        send {to} an email (titled|with the title|called) {subject}
        (send|write) an email about {subject} to {to}
        (send|write) an email with the subject line {subject} to {to}
        contact {to} by email about {subject}
        mail {to} about {subject}
        get in touch with {to} by mail about {subject}
        fire off an email to {to} with {subject} as the subject
        use {subject} as the subject and email {to}
        =email to {to}, subject {subject}, text "{body}"
        =new email: to {to}, subject {subject}, body "{body}"
        =email {to}: subject {subject}, message "{body}"
        =I want to email {to} about {subject} with the text "{body}"
        =the email to {to} about {subject} should say "{body}"
        =can you write "{body}" in an email to {to} about {subject}?
        ="{body}" is the text, {subject} the subject, mail it to {to}
        mail "{body}" to {to} with the subject {subject}
        email "{body}" to {to} under the subject {subject}
        write {to} an email on {subject} that (says|reads) "{body}"
        send an email saying "{body}" about {subject} to {to}
        compose an email to {to}, title {subject}, content "{body}"
        send {to} an email titled {subject} with the words "{body}"
        (put|write) "{body}" in an email about {subject} and send it to {to}
        with the subject {subject}, email {to} and write "{body}"
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
        pass a message on to {to}: {message}
        =this goes on to {to}: {message}
        send {to} something that reads: {message}
        text {to} a line that reads {message}
        write {to} a text: {message}
        (text|message) {to}: {message}
        (text|message|write) {to} (that|saying) {message}
        (tell|text) {to} "{message}"
        send (a message|a text) to {to}: {message}
        send (a message|a text|an SMS) to {to} (saying|that says) {message}
        send "{message}" to {to}
        send {to} (the|a) message: {message}
        let {to} know: {message}
        =message for {to}: {message}
        =message to {to}, {message}
        =text to {to}: {message}
        =SMS to {to}: {message}
        ={to} should get this message: {message}
        ={to} should know this: {message}
        ={to} needs to know: {message}
        =I want to text {to}: {message}
        =I need to tell {to} "{message}"
        =I have a message for {to}: {message}
        =can you text "{message}" to {to}?
        =can you tell {to} "{message}"?
        =my phone is far away, text {to} for me: {message}
        ="{message}", send that to {to}
        ="{message}" is what I want to tell {to}
        =for {to}, a text message: {message}
        tell {to} this: {message}
        tell {to} that {message}
        (say|text|write) "{message}" to {to}
        text "{message}" to my friend {to}
        inform {to} with a text: {message}
        notify {to}: {message}
        let {to} know that {message}
        answer {to} with "{message}"
        reply to {to}: {message}
        ping {to} with {message}
        drop {to} a text saying {message}
        shoot {to} a message: {message}
        give {to} this message: {message}
        send a short message to {to} with the words {message}
        send {to} a text: {message}
        send {to} an SMS that says {message}
        use a text message to tell {to} "{message}"
        write {to} a message with the text "{message}"
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
        =I want {contact} on the line
        get me a line to {contact}
        =a phone line to {contact}, with the speaker {speaker}
        call {contact}( now|)
        (phone|ring) {contact}
        make a (phone |)call to {contact}
        (start|place) a (phone |)call (to|with) {contact}
        call {contact} with (the |)speaker {speaker}
        phone {contact} with the speaker {speaker}
        =call to {contact}
        ={contact}, phone call
        =phone call (to|with) {contact}(, now|)
        =I (need|want|have) to (talk|speak) to {contact} (on|over) the phone
        =I (must|need to|want to) call {contact}
        =I would like to hear {contact}'s voice, call now
        =can you get me through to {contact}?
        =can I (speak|talk) to {contact} on the phone?
        =is {contact} at home? Give them a call
        ={contact} is waiting for my call, start it
        =it is urgent, call {contact}
        give {contact} a (call|ring)
        connect me (to|with) {contact}
        put me through to {contact}
        dial the number of {contact}
        dial {contact}'s number
        (phone|ring) up {contact}
        reach {contact} by phone
        try calling {contact}
        call my friend {contact}
        call {contact} back
        =call {contact}, speaker {speaker}
        =speaker {speaker}, call {contact}
        =I want to call {contact} with the speaker {speaker}
        =phone call to {contact}, speaker {speaker}
        =with the speaker {speaker}, call {contact}
        =my hands are full, ring {contact}, speaker {speaker}
        turn the speaker {speaker} and (call|phone) {contact}
        dial {contact}'s number with the speaker {speaker}
        ring {contact}, with the speaker {speaker}
        give {contact} a call with the speaker {speaker}
        make a call to {contact} with (the |)speaker {speaker}
        connect me with {contact}, speaker {speaker}
        start a call with {contact} and (turn|switch) the speaker {speaker}
        switch {speaker} the speaker and ring {contact}
        keep the speaker {speaker} and call {contact}
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
        =what does one get for {expression}?
        =what is {expression} equal to?
        get the result of {expression}
        =(what is|what's|how much is) {expression}?
        =(can you |)(calculate|compute) {expression}( for me|)?
        (calculate|compute|work out|evaluate|solve) {expression}
        tell me (what {expression} is|the result of {expression}|the value of {expression})
        use the calculator for {expression}
        ={expression}
        ={expression}?
        ={expression} =
        ={expression} is what?
        ={expression} makes how much?
        =how much does {expression} make?
        =what number is {expression}?
        =what's the (answer|solution|result) (to|of|for) {expression}?
        =what will {expression} be?
        =quick math: {expression}
        =quick question, {expression}?
        =math problem: {expression}
        =my homework says {expression}, what is the answer?
        =I need the (result|answer|value) (of|for) {expression}
        =I need to know what {expression} is
        =I can't work out {expression}, can you?
        =do you know what {expression} (is|equals|gives)?
        =can you (solve|work out|evaluate|figure out) {expression}?
        =if I calculate {expression}, what is the result?
        =is there an easy answer to {expression}?
        figure out {expression}
        do the calculation {expression}
        do {expression} on the calculator
        type {expression} into the calculator
        find the (value|result|answer) of {expression}
        give me the (answer|result) (to|of|for) {expression}
        show me (what {expression} gives|the answer to {expression})
        compute the value of {expression}
        run the numbers: {expression}
        let me know what {expression} equals
        solve this: {expression}
        evaluate the expression {expression}
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
        =what do all of {numbers} make together?
        =how much are all these: {numbers}?
        =all of {numbers} summed up, please
        =(what is|what's) the (sum|total) of {numbers}?
        (add|sum) (up |)(the numbers |){numbers}
        (find|give me|get|compute) the (sum|total) of {numbers}
        add {numbers} together
        =sum of {numbers}
        =total of {numbers}(, please|)
        ={numbers}, what is the (sum|total)?
        ={numbers} added up, how much is that?
        ={numbers} together (is|make) how much?
        =how much (do|does) {numbers} make together?
        =how much do I get when I add {numbers}?
        =how much are {numbers} in total?
        =what do I get if I add {numbers}?
        =what do {numbers} make in total?
        =what is {numbers} added together?
        =what number do {numbers} sum to?
        =my numbers are {numbers}, what is the total?
        =I have {numbers}, what do they come to?
        =I bought things for {numbers}, what is the total?
        =I need the (sum|total) of {numbers}
        =I need to add {numbers}
        =the scores are {numbers}, add them up
        =can you add {numbers} up?
        =if you add {numbers}, what comes out?
        =here are the numbers: {numbers}. Add them
        =for {numbers}, what's the sum?
        sum these: {numbers}
        add these (numbers |values |)(together|up): {numbers}
        add the values {numbers} together
        calculate the (sum|total) of {numbers}
        count {numbers} together
        put {numbers} together into one sum
        tell me the (sum|total) of {numbers}
        tell me what {numbers} add to
        work out the (sum|total) of {numbers}
        take the numbers {numbers} and add them up
        make a sum of {numbers}
        let me know the total of {numbers}
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
        =what would I get for {amount} {from_currency} in {to_currency}?
        swap my {amount} {from_currency} to {to_currency}
        turn my {amount} {from_currency} to {to_currency}
        =would {amount} {from_currency} be a lot in {to_currency}?
        convert {amount} {from_currency} (to|into) {to_currency}
        change {amount} {from_currency} (to|into) {to_currency}
        =(what is|what's|how much is) {amount} {from_currency} in {to_currency}?
        =how (much|many) {to_currency} (is|are|do I get for) {amount} {from_currency}?
        exchange {amount} {from_currency} (for|to) {to_currency}
        tell me how much {amount} {from_currency} is in {to_currency}
        ={amount} {from_currency} in {to_currency}
        ={amount} {from_currency} to {to_currency}
        ={amount} {from_currency} into {to_currency}, please
        ={amount} {from_currency} is how (much|many) {to_currency}?
        ={amount} {from_currency} makes how many {to_currency}?
        =I have {amount} {from_currency}, how much is that in {to_currency}?
        =I have {amount} {from_currency} and need {to_currency}
        =I need {to_currency} for my {amount} {from_currency}
        =it costs {amount} {from_currency}, what is that in {to_currency}?
        =the price is {amount} {from_currency}, what is that in {to_currency}?
        =my hotel wants {amount} {from_currency}, how many {to_currency} is that?
        =I earn {amount} {from_currency}, what does that make in {to_currency}?
        =if I pay {amount} {from_currency}, how much {to_currency} is it?
        =if I trade {amount} {from_currency}, how many {to_currency} will I have?
        =what do I get in {to_currency} for {amount} {from_currency}?
        =what is the value of {amount} {from_currency} in {to_currency}?
        =how much is {amount} {from_currency} worth in {to_currency}?
        =how many {to_currency} can I (buy|get) (with|for) {amount} {from_currency}?
        =how many {to_currency} do you get for {amount} {from_currency}?
        =in {to_currency}, how much is {amount} {from_currency}?
        =I want {to_currency} instead of {amount} {from_currency}
        =can I get {to_currency} for {amount} {from_currency}?
        =from {from_currency} to {to_currency}: {amount}
        show me {amount} {from_currency} in {to_currency}
        give me {to_currency} for {amount} {from_currency}
        give me the value of {amount} {from_currency} in {to_currency}
        trade in my {amount} {from_currency} against {to_currency}
        calculate {amount} {from_currency} in {to_currency}
        work out what {amount} {from_currency} is in {to_currency}
        convert from {from_currency} to {to_currency}: {amount}
        change my {amount} {from_currency} to {to_currency}
        exchange the {amount} {from_currency} I have for {to_currency}
        find out how many {to_currency} I get for {amount} {from_currency}
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
        =what does {value} {from_unit} make in {to_unit}?
        express {value} {from_unit} as {to_unit}
        turn {value} {from_unit} to {to_unit}
        =how many {to_unit} does {value} {from_unit} come to?
        convert {value} {from_unit} (to|into) {to_unit}
        =(what is|what's|how much is) {value} {from_unit} in {to_unit}?
        =how many {to_unit} (are|are in|is|in) {value} {from_unit}?
        change {value} {from_unit} (to|into) {to_unit}
        tell me how many {to_unit} {value} {from_unit} are
        ={value} {from_unit} in {to_unit}
        ={value} {from_unit} to {to_unit}
        ={value} {from_unit} into {to_unit}, please
        ={value} {from_unit} is how many {to_unit}?
        ={value} {from_unit} are how many {to_unit}?
        ={value} {from_unit}, and in {to_unit}?
        =in {to_unit}, how much is {value} {from_unit}?
        =in {to_unit}, what are {value} {from_unit}?
        =how much are {value} {from_unit} in {to_unit}?
        =how many {to_unit} do {value} {from_unit} make?
        =how many {to_unit} do I get from {value} {from_unit}?
        =what are {value} {from_unit} when measured in {to_unit}?
        =what is the same as {value} {from_unit}, but in {to_unit}?
        =I have {value} {from_unit}, how many {to_unit} is that?
        =I measured {value} {from_unit}, what is that in {to_unit}?
        =the label says {value} {from_unit}, what is that in {to_unit}?
        =my recipe says {value} {from_unit}, but I need {to_unit}
        =I need {value} {from_unit} in {to_unit}
        =I only know {to_unit}, so how much is {value} {from_unit}?
        =do you know how many {to_unit} are in {value} {from_unit}?
        =can I have {value} {from_unit} in {to_unit}?
        =from {from_unit} to {to_unit}: {value}
        =if something is {value} {from_unit}, how many {to_unit} is it?
        show me {value} {from_unit} in {to_unit}
        give me {value} {from_unit} (in|as) {to_unit}
        write {value} {from_unit} as {to_unit}
        calculate how many {to_unit} {value} {from_unit} are
        work out {value} {from_unit} in {to_unit}
        convert from {from_unit} to {to_unit}: {value}
        find out how many {to_unit} there are in {value} {from_unit}
        tell me {value} {from_unit} in {to_unit}
        switch {value} {from_unit} over to {to_unit}
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
        put the words "{text}" in {language}
        =what would "{text}" sound like in {language}?
        =how would "{text}" be said in {language}?
        translate "{text}" (to|into) {language}
        translate (the sentence|this|the text) (to|into) {language}: {text}
        =how do (you|I) say "{text}" in {language}?
        =what is "{text}" in {language}?
        say "{text}" in {language}
        tell me how to say "{text}" in {language}
        ="{text}" in {language}
        ="{text}" in {language}?
        ="{text}", in {language} please
        ="{text}" to {language}
        ={language} translation of "{text}"
        ={language} for "{text}"?
        =in {language}, how do you say "{text}"?
        =in {language}: "{text}"
        =how would (I|you|someone) say "{text}" in {language}?
        =how do they say "{text}" in {language}?
        =how does "{text}" (sound|go|read) in {language}?
        =how is "{text}" said in {language}?
        =what does "{text}" mean in {language}?
        =what's the {language} (translation of|for|word for) "{text}"?
        =I need "{text}" in {language}
        =I need a {language} translation: "{text}"
        =I want to say "{text}" in {language}
        =my friend only speaks {language}, how do I say "{text}"?
        =I am learning {language}, what is "{text}"?
        =do you know the {language} for "{text}"?
        =can you say "{text}" in {language}?
        =can you write "{text}" in {language} for me?
        =to {language}: {text}
        =translation to {language}, please: {text}
        translate to {language}: {text}
        translate from English into {language}: {text}
        translate the following (to|into) {language}: {text}
        translate "{text}" for a friend who speaks {language}
        give me "{text}" in {language}
        write "{text}" in {language}
        show me "{text}" in {language}
        make a {language} version of "{text}"
        use {language} to say "{text}"
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
        see what you find on the web about {query}
        run a web search about {query}
        =what the internet says about {query}, please
        see if the web has anything on {query}
        search the (web|internet) for {query}
        (search|look|google) for {query}( online| on the web|)
        (look up|google) {query}( online| on the internet|)
        find (information|something|pages) about {query} (online|on the web|on the internet)
        =what can you find (online |on the web |)about {query}?
        do a web search for {query}
        =search: {query}
        =web search for {query}
        =web search: {query}
        =google {query}
        =about {query} on the web, what is there?
        =I need (information|web pages|websites) about {query}
        =I want to know more about {query}, search the web
        =I want to read about {query} online
        =I am curious about {query}, look online
        =I am looking for {query} on the internet
        =are there any (websites|web pages|pages) (about|on) {query}?
        =is there anything (online|on the web|on the internet) about {query}?
        =what does the internet (know|have) about {query}?
        =what do people on the internet write about {query}?
        =what can I read online about {query}?
        =where on the web can I read about {query}?
        =can you google {query} for me?
        =for my homework I need web pages about {query}
        search {query}
        search {query} (online|on the web|on the internet)
        search online for {query}
        search the (web|internet) to learn about {query}
        look on the (web|internet) for {query}
        look online for (information|something|pages|articles) (about|on) {query}
        look {query} up (on the internet|on the web|online)
        browse the web for {query}
        find me (websites|web pages|articles) (about|on) {query}
        find {query} on the (web|internet)
        find out (more |something |)about {query} online
        google what people say about {query}
        use the search engine to find {query}
        use the web to find out about {query}
        check the internet for {query}
        check what is online about {query}
        do an internet search (on|about) {query}
        make a search for {query} on the web
        get me search results (for|on|about) {query}
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
        play the track {song}
        =the track {song} by {artist}, please
        put on the track {song} by {artist}
        play me the song {song}
        play me {song} by {artist}
        play me the track {song} at volume {volume}
        start {song} (with|at) the volume {volume}
        play {song}
        play the song {song}
        play {song} by {artist}
        (put on|start) {song} by {artist}
        (put on|start) (the song |){song}
        play {song} at volume {volume}
        play {song} by {artist} at volume {volume}
        =I want to (hear|listen to) {song}
        ={song}, please
        ={song} by {artist}, please
        =music: {song}
        =next song: {song}
        =I want {song} by {artist}
        =I'd love to hear {song}( now|)
        =I feel like listening to {song}
        =can I hear {song}( now|)?
        =could we listen to {song}?
        =can we have {song} by {artist}?
        =do you have {song}? Then play it
        =how about some {artist}? Play {song}
        =my favorite song is {song}, put it on
        =this party needs {song}
        =time for some music, {song} by {artist}
        play {artist}'s song {song}
        play (the track|the tune|something called) {song}
        play the song {song} (by|from|of) {artist}
        play {artist} singing {song}
        play {song}, the one by {artist}
        listen to {song}( by {artist}|)
        put {song} on
        put {song} by {artist} on
        start playing {song}( by {artist}|)
        start the music with {song}
        turn on {song}( by {artist}|)
        queue {song}( by {artist}|)
        =I want to hear {song} at volume {volume}
        ={song} at volume {volume}, please
        ={song}, volume {volume}
        ={song} by {artist}, volume {volume}
        =at volume {volume}, play {song}
        =I want to hear {song} by {artist} at volume {volume}
        play {song} with volume {volume}
        play {song} at {volume} percent volume
        (play|put on|start) {song} by {artist} with the volume at {volume}
        put on {song} at a volume of {volume}
        start {song} with volume {volume}
        set the volume to {volume} and play {song}
        set the volume to {volume} and play {song} by {artist}
        let {song} run at volume {volume}
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
        bring the sound (up |down |)to {level}
        =I want the volume at {level}
        =I want it at volume {level}
        set the volume (to|at) {level}( percent|)
        (turn|change) the (volume|sound) (up |down |)to {level}
        make the volume {level}
        =volume {level}( please|)
        put the (sound|volume) (on|at) {level}
        =volume to {level}
        =volume at {level}( percent|)
        =volume: {level}
        =sound (at|to) {level}( percent|)
        ={level} percent volume( please|)
        =loudness {level}
        =I need the volume to be {level}
        =I can't hear anything, volume to {level}
        =I can hardly hear it, put the volume at {level}
        =it is too (loud|quiet), set the volume to {level}
        =that is too (loud|quiet), make it {level}
        =the baby sleeps, volume to {level}
        =the neighbors complain, turn it to {level}
        =can I have the sound at {level}?
        =can the volume be {level}( percent|)?
        =could it be at volume {level}?
        =the volume should (be|go to) {level}( percent|)
        =the right volume would be {level}
        set the sound (to|at) {level}
        set the loudness to {level}
        set volume {level}
        (lower|raise) the (volume|sound) to {level}
        turn it (up|down) to {level}( percent|)
        turn the speakers (up |down |)to {level}
        adjust the (volume|sound) to {level}
        change the loudness to {level} percent
        get the volume (up |down |)to {level}
        keep the volume at {level}
        fix the volume at {level} percent
        make the sound {level} percent loud
        make it as loud as {level} percent
        let the sound be at {level}
        play the sound at {level} percent from now on
        switch the volume to {level}
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
        put {on} the lights in the {room}
        =I want the {room} lights turned {on}
        put the light in the {room} {on}
        turn {on} the {room} lamp with brightness {brightness}
        (turn|switch) {on} the (light|lights) in the {room}
        (turn|switch) the {room} (light|lights) {on}
        (turn|switch) {on} the {room} (light|lights|lamp)
        (turn|switch) the (light|lights) in the {room} {on}
        =(light|lights) {on} in the {room}
        (turn|switch) {on} the {room} light at {brightness} percent
        turn the {room} light {on} with brightness {brightness}
        =the {room} light {on}
        =my {room} lights {on}( please|)
        =light {on} in the {room}, please
        ={on} with the light in the {room}
        =the {room} (light|lamp) should be {on}
        =the lights in the {room} (need|have) to be {on}
        =I (want|need) the light in the {room} {on}
        =I want the {room} lights {on}
        =I am going to the {room}, light {on} please
        =I just left the {room}, the light should be {on}
        =can the {room} light be {on}?
        =someone should turn {on} the lamp in the {room}
        =in the {room}, turn the lights {on}
        =for the {room}, lights {on}
        make sure the light in the {room} is {on}
        make the {room} light go {on}
        let the {room} light be {on}
        (turn|switch) the lamp in the {room} {on}
        (turn|switch) {on} all (the |)lights in the {room}
        (turn|switch) {on} the lamp in the {room}
        set the {room} (light|lights) to {on}
        set the lights in the {room} to {on}
        keep the {room} light {on}
        flip the {room} light {on}
        =the {room} light {on}, brightness {brightness}
        =light {on} in the {room} at {brightness} percent
        ={brightness} percent brightness in the {room}, light {on}
        =I want the {room} light {on} at brightness {brightness}
        =the {room} lights should be {on} with {brightness} percent
        =in the {room}, light {on} at {brightness} percent
        set the {room} light to {on} with brightness {brightness}
        set the light in the {room} {on}, brightness {brightness}
        (turn|switch) {on} the lights in the {room} with brightness {brightness}
        (turn|switch) the light in the {room} {on} at {brightness} percent brightness
        (turn|switch) the {room} lamp {on} and set it to {brightness} percent
        make the {room} lamp {on} with a brightness of {brightness}
        with brightness {brightness}, turn {on} the {room} light
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
        bring the heating to {temperature} degrees in the {room}
        bring the temperature to {temperature} degrees
        =I want it at {temperature} degrees in the {room}
        set the (thermostat|heating|temperature) to {temperature}( degrees|)
        (heat|warm|cool) the {room} to {temperature} degrees
        set the {room} (thermostat|heating|temperature) to {temperature}( degrees|)
        set the (temperature|heating) in the {room} to {temperature}( degrees|)
        make it {temperature} degrees (in the {room}|in here|here)
        turn the heating (up |down |)to {temperature}( degrees|)
        =heating to {temperature}( degrees|)
        =thermostat {temperature}
        =thermostat (to|at) {temperature} degrees
        ={temperature} degrees( in here|), please
        =I want it to be {temperature} degrees( in here|)
        =I like it at {temperature} degrees
        =I am (cold|freezing|hot), make it {temperature} degrees
        =it is too (cold|warm|hot), set it to {temperature} degrees
        =it should be {temperature} degrees in here
        =can we have {temperature} degrees( in here|)?
        =could the heating go to {temperature}?
        =the thermostat should (be at|show|go to) {temperature}
        adjust the (thermostat|heating) to {temperature}
        change the temperature to {temperature}( degrees|)
        put the (heating|thermostat) (on|at) {temperature}
        keep it at {temperature} degrees
        raise the temperature to {temperature} degrees
        lower the thermostat to {temperature}
        heat up to {temperature} degrees
        ={room} to {temperature} degrees
        ={room}, {temperature} degrees
        =heating in the {room} to {temperature}
        ={temperature} degrees in the {room}, please
        =the {room} should be {temperature} degrees
        =the {room} is too (cold|warm|hot), set it to {temperature} degrees
        =I need the {room} at {temperature} degrees
        =I am cold in the {room}, {temperature} degrees please
        =can the {room} be {temperature} degrees?
        =could we have {temperature} degrees in the {room}?
        =in the {room}, I would like {temperature} degrees
        =for the {room}, set {temperature} degrees
        adjust the {room} thermostat to {temperature}
        change the temperature (in|of) the {room} to {temperature}
        put the heating in the {room} (on|at) {temperature}
        keep the {room} at {temperature}( degrees|)
        turn the {room} heating (up |down |)to {temperature}
        raise the temperature in the {room} to {temperature} degrees
        make the {room} {temperature} degrees warm
        let the {room} (heat|cool) to {temperature} degrees
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
        =time to {action} the {door}
        {action} the {door} up
        =it is time that you {action} the {door}
        {action} the {door}
        {action} my {door}( now|)
        make sure to {action} the {door}
        =the {door}: {action} it
        ={door}, {action}
        ={door}: {action}
        ={action}, the {door}
        ={action} {door}
        ={action} {door} now
        =the {door} needs a quick {action}
        =I forgot to {action} the {door}
        =I (need|want|have) to {action} the {door}
        =I am in bed already, {action} the {door}
        =I am leaving, {action} the {door}
        =I am home, {action} the {door} for me
        =my guests are here, {action} the {door}
        =the kids come home, {action} the {door}
        =did I {action} the {door}? Do it now
        =could somebody {action} the {door}?
        =can the {door} be set to {action}?
        =is it possible to {action} the {door} from here?
        =would you mind? The {door}, {action} it
        =we should {action} the {door} before night
        =for the {door}, {action}
        =someone has to {action} the {door}
        =don't forget to {action} the {door}
        =when I am gone, {action} the {door}
        {action} the {door} (of the house|at home)
        {action} our {door}
        {action} the {door} (again|at once|right away|quickly|for the night)
        {action} that {door}
        {action} the house at the {door}
        go to the {door} and {action} it
        quickly {action} the {door}
        use the {door} lock to {action} it
        set the {door} to {action}
        send the {action} command to the {door}
        do a {action} on the {door}
        take care of the {door} and {action} it
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
        book {title} for {date} at {time} in my calendar
        enter {title} on {date} into the calendar
        =a calendar entry for {date}: {title}
        note the event {title} for {date} with {attendees}
        make an entry in my calendar on {date} for {title}
        (create|add|schedule|make) an event (called |named |){title} on {date}
        put {title} in (my|the) calendar (for|on) {date}( at {time}|)
        (create|add|schedule) an event (called |named ){title} on {date} at {time}
        (create|schedule) an event {title} on {date} at {time} with {attendees}
        add {title} to (my|the) calendar on {date} at {time}
        (plan|schedule) {title} (for|on) {date} with {attendees}
        =there is {title} on {date}, put it in the calendar
        =new event: {title}, {date}
        =calendar: {title} on {date}
        =I have {title} on {date}, add it to my calendar
        =on {date} there is {title}, note it in the calendar
        =can you add {title} to my calendar for {date}?
        =my calendar needs {title} on {date}
        =there will be {title} on {date}, save it as an event
        save {title} in my calendar for {date}
        save the date {date} for {title}
        write {title} into the calendar (on|for) {date}
        block {date} in my calendar for {title}
        plan an event {title} (for|on) {date}
        set up {title} as an event on {date}
        =new event: {title}, {date}, {time}
        =calendar: {title} on {date} at {time}
        =we have {title} on {date} at {time}, add it to the calendar
        =I have {title} on {date} at {time}, put it in my calendar
        =at {time} on {date} I have {title}, add the event
        =can you schedule {title} for {date} at {time}?
        schedule {title} (for|on) {date} at {time}
        add an event at {time} on {date} called {title}
        save {title} in the calendar, {date} at {time}
        set up an event for {date} at {time} named {title}
        block {time} on {date} in my calendar for {title}
        =new event: {title} on {date} with {attendees}
        =I am doing {title} with {attendees} on {date}, add it to the calendar
        =on {date} I have {title} with {attendees}, put it in the calendar
        =the event {title} is on {date}, and {attendees} will come
        (create|set up) an event {title} with {attendees} on {date}
        add {title} with {attendees} to my calendar for {date}
        invite {attendees} to the event {title} on {date}
        =new event: {title} on {date} at {time} with {attendees}
        =I meet {attendees} for {title} on {date} at {time}, add the event
        =calendar: {title} with {attendees}, {date} at {time}
        schedule {title} with {attendees} for {date} at {time}
        put {title} with {attendees} in the calendar on {date} at {time}
        invite {attendees} to {title} on {date} at {time}
        plan {title} for {date}, starting at {time}, with {attendees}
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
        make sure I remember to {text} at {time}
        be sure to remind me to {text} at {time}
        =I want to be sure that I {text} at {time}
        remind me to {text} at {time}
        remind me at {time} to {text}
        (set|create|add|make) a reminder to {text} at {time}
        (set|create|add) a reminder (for|at) {time} to {text}
        =at {time} I (have|need) to {text}, remind me
        do not let me forget to {text} at {time}
        =reminder at {time}: {text}
        =reminder for {time}, {text}
        =remind me, {time}, {text}
        =I (have|need|want) to {text} at {time}, remind me
        =I always forget to {text}, remind me at {time}
        =I must not forget to {text} at {time}
        =I should {text} at {time}, can you remind me?
        =I need a reminder to {text} at {time}
        =I need to be reminded at {time} to {text}
        =at {time}, remind me to {text}
        =at {time} I should {text}, give me a reminder
        =when it is {time}, tell me to {text}
        =when it is {time}, remind me that I have to {text}
        =could you remind me that I need to {text} at {time}?
        =will you remind me to {text} when it is {time}?
        =don't let me forget, at {time} I have to {text}
        =it is important that I {text} at {time}, remind me
        =my reminder for {time} is to {text}
        remind me about this at {time}: {text}
        remind me that I (have|need) to {text} at {time}
        remind me when it is {time} to {text}
        tell me at {time} to {text}
        tell me to {text} at {time}
        nudge me at {time} to {text}
        nudge me to {text} at {time}
        send me a reminder to {text} at {time}
        note a reminder: at {time} {text}
        put a reminder to {text} at {time}
        keep in mind that I have to {text} at {time} and remind me
        see to it that I remember to {text} at {time}
        help me remember to {text} at {time}
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
        put {items} onto the list
        get {items} onto the shopping list
        write {items} onto my list
        =my grocery list should have {items}
        add {items} to (my|the) (shopping |grocery )list
        put {items} on (my|the) (shopping |grocery )list
        =(I need|we need|we are out of) {items}
        =(I need|we need) to buy {items}
        add {items} to the things to buy
        =shopping list: {items}
        =to buy: {items}
        =groceries: {items}
        =for the shopping list: {items}
        =we need {items}
        =we need more {items}
        =we have no more {items}
        =we have run out of {items}
        =we ran out of {items}, put that on the list
        =there is no {items} left in the kitchen
        =there are no {items} left, add them to the list
        =I am out of {items}
        =I want to buy {items}
        =I have to buy {items} (tomorrow|today|at the store|)
        =I should (buy|get|pick up) {items} at the store
        =I used up the {items}, add it to the list
        =my fridge is empty, I need {items}
        =don't let me forget to buy {items}
        =can you add {items} to the groceries?
        =could you put {items} on the list for the store?
        =is {items} on my list? If not, add it
        =on the shopping list, please: {items}
        =next time at the store I need {items}
        =also {items} for the shopping list
        note {items} for the (grocery|shopping) list
        note that we need {items}
        note down that I should buy {items}
        list {items} under groceries
        include {items} (in|on) the (shopping |grocery |)list
        add {items} to what we need from the store
        add these to my (shopping |grocery )list: {items}
        add to the (shopping |grocery |)list: {items}
        put these on the list: {items}
        write down {items} for (shopping|the store|the supermarket)
        remember {items} for my next shopping trip
        expand the shopping list with {items}
        save {items} to the grocery list
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
        bring me {quantity} {size} {dish}
        =I want {quantity} {dish} delivered
        have {quantity} {dish} brought to me
        =someone should bring {quantity} {size} {dish}
        order {quantity} {dish}
        (order|get) {quantity} {size} {dish}
        (order|get) me {quantity} {dish}
        =(I want|I'd like) to (order|have) {quantity} {dish}
        order {dish} for {quantity} people
        place an order for {quantity} ({size} |){dish}
        ={quantity} {dish}, please
        ={quantity} {dish} to go
        =order: {quantity} {dish}
        =(I want|I would like|I'll have|I'll take) {quantity} {dish}
        =I am hungry, order {quantity} {dish}
        =we are hungry and want {quantity} {dish}
        =we would like {quantity} {dish}
        =we need {quantity} portions of {dish} for (dinner|lunch)
        =can I (get|have|order) {quantity} {dish}?
        =could we get {quantity} portions of {dish}?
        =for dinner, {quantity} {dish} please
        =how about {dish} for lunch? Order {quantity}
        =my friends are coming, get us {quantity} {dish}
        get us {quantity} {dish}
        get {quantity} portions of {dish} delivered
        order {quantity} portions of {dish}
        order {dish}, {quantity} of them
        order {dish}, enough for {quantity}
        buy me {quantity} {dish} from the restaurant
        call for a delivery of {quantity} {dish}
        send for {quantity} {dish}
        ={quantity} {size} {dish}, please
        ={quantity} {dish}, {size}
        ={quantity} {dish} in {size}, please
        =order: {quantity} {dish}, size {size}
        =(I want|I would like|I'll have) {quantity} {size} {dish}
        =we are hungry, {quantity} {size} {dish} please
        =can I (get|have|order) {quantity} {size} {dish}?
        =for lunch we want {quantity} {dish}, size {size}
        =the {dish} should be {size}, and I need {quantity}
        order {quantity} {dish} in size {size}
        order {quantity} portions of {dish}, {size} ones
        order {size} {dish}, {quantity} of them
        get us {quantity} {size} {dish} for dinner
        get {quantity} {size} portions of {dish}
        make an order of {quantity} {size} {dish}
        send for {quantity} {size} {dish}
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
        get me on a flight from {origin} to {destination} on {date}
        =I have to be in {destination} on {date}, from {origin}
        buy {passengers} seats on a plane from {origin} to {destination} for {date}
        buy plane tickets for {passengers} from {origin} to {destination} on {date}
        book (a|the) flight from {origin} to {destination} (on|for) {date}
        (book|reserve) a flight to {destination} from {origin} on {date}
        (book|reserve) a flight on {date} from {origin} to {destination}
        book {passengers} seats from {origin} to {destination} on {date}
        book a flight from {origin} to {destination} on {date} for {passengers} (people|passengers)
        fly me from {origin} to {destination} on {date}
        =I need a flight from {origin} to {destination} on {date}
        =I (need|want) to be in {destination} on {date}, book my flight from {origin}
        =flight {origin} to {destination}, {date}
        =(a|one) ticket from {origin} to {destination} for {date}, please
        =on {date} I (am flying|want to fly|need to fly) from {origin} to {destination}, book it
        =can I (get|have) a (seat|plane ticket) from {origin} to {destination} on {date}?
        =we are {passengers} people and need a flight from {origin} to {destination} on {date}
        =we are flying on {date}, {passengers} of us, from {origin} to {destination}: book the seats
        =(my|our) trip starts in {origin} on {date} and goes to {destination}, book the flight
        =from {origin} to {destination} by plane on {date}, please book
        =I am looking for a flight leaving {origin} on {date} for {destination}
        =are there {passengers} seats from {origin} to {destination} on {date}? book the flight
        =I am leaving {origin} on {date}, book me a flight to {destination}
        =air tickets: {origin} to {destination}, {date}, {passengers} passengers
        =flight for {passengers} from {origin} to {destination} on {date}
        buy (a|one) (flight|air|plane) ticket to {destination} from {origin} for {date}
        get {passengers} (air|flight) tickets for {date}, {origin} to {destination}
        reserve {passengers} seats on a flight to {destination} from {origin} on {date}
        reserve a seat on (a|the) plane from {origin} to {destination} for {date}
        book a {date} flight out of {origin} going to {destination}
        book (air travel|seats) for {passengers} people from {origin} to {destination} on {date}
        (arrange|organize) a flight to {destination} on {date}, departing from {origin}
        arrange flights for {passengers} people on {date} from {origin} to {destination}
        book {passengers} of us on a flight from {origin} to {destination} on {date}
        book flights for {date}: from {origin} to {destination}, {passengers} (travelers|adults)
        book a one-way flight departing {origin} and arriving in {destination} on {date}
        put me on a flight to {destination} on {date}, starting in {origin}
        fly {passengers} passengers from {origin} to {destination} on {date}
        purchase a flight on {date} to {destination}, leaving from {origin}
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
        =I am staying in {city} starting {check_in}, {nights} nights, find a hotel
        get me a hotel starting on {check_in} in {city}, {nights} nights
        =staying in {city} for {nights} nights from {check_in}, a hotel {breakfast}, please
        (book|reserve) a (hotel|hotel room|room) in {city} for {nights} nights from {check_in}
        (book|reserve) a (hotel|room) in {city} from {check_in} for {nights} nights
        book me a hotel in {city} on {check_in} for {nights} nights {breakfast}
        find a hotel {breakfast} in {city} for {nights} nights from {check_in}
        =I need a (room|hotel) in {city} for {nights} nights from {check_in}
        =hotel in {city}, {nights} nights, from {check_in}
        =(we|I) will arrive in {city} on {check_in} and need a room for {nights} nights
        =a (hotel|room) in {city} {breakfast} from {check_in} for {nights} nights, please
        =I am looking for (a hotel|a place to sleep) in {city} from {check_in}, {nights} nights
        =can I (get|have) a room in {city} on {check_in} for {nights} nights?
        =do you have a room {breakfast} in {city} from {check_in} for {nights} nights? book it
        =I need somewhere to stay in {city} for {nights} nights, arriving {check_in}
        =my trip to {city} begins on {check_in}, I need a hotel for {nights} nights
        =from {check_in} I need {nights} nights in a hotel in {city}, {breakfast}
        =on {check_in} we check in at a hotel in {city} for {nights} nights: book it {breakfast}
        =for {nights} nights from {check_in} I want a room {breakfast} in {city}
        =room {breakfast}, {city}, {check_in}, {nights} nights
        =we want to sleep {nights} nights in {city}, check-in {check_in}
        =is there a hotel in {city} where I can stay {nights} nights from {check_in} on?
        =I would like a {city} hotel for {nights} nights {breakfast}, check-in on {check_in}
        book {nights} nights in {city} from {check_in}
        book {nights} nights {breakfast} at a hotel in {city}, arriving on {check_in}
        reserve {nights} hotel nights in {city} beginning {check_in}
        reserve a room {breakfast} in {city} on {check_in} for {nights} nights
        (find|get) me a room in {city} for {nights} nights with check-in on {check_in}
        find (accommodation|a place to stay|lodging) in {city} for {nights} nights as of {check_in}
        (arrange|organize) a {nights}-night stay in {city} from {check_in}
        (arrange|organize) a stay of {nights} nights {breakfast} in {city} from {check_in} on
        book a {city} hotel from {check_in} for {nights} nights, {breakfast}
        make a hotel reservation in {city} for {check_in}, {nights} nights
        make a hotel booking {breakfast} for {nights} nights in {city}, first night {check_in}
        check me in to a hotel in {city} on {check_in} for {nights} nights
        stay in {city} for {nights} nights from {check_in} in a hotel {breakfast}
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
        =which way does it go from {origin} to {destination}?
        guide me to {destination} from {origin}
        =how far is it by {mode} from {origin} to {destination}, and which way?
        =guide me to {destination} by {mode}, starting at {origin}
        take me to {destination} from {origin} by {mode}
        =how do I get from {origin} to {destination}( by {mode}|)?
        =(what is|what's) the (way|best way|route) from {origin} to {destination}?
        (show|give|get) me (directions|the way|the route) from {origin} to {destination}
        (show|give) me directions from {origin} to {destination} by {mode}
        find (a|the) (route|way) from {origin} to {destination} by {mode}
        navigate from {origin} to {destination}
        =(I am|we are) in {origin} and (want|need) to go to {destination}, which way is best?
        =(I am|we are) in {origin} and going to {destination} by {mode}, what is the route?
        =how (can|do|should) (I|we|you) travel from {origin} to {destination}?
        =how (can|should) (I|we) go to {destination} from {origin}?
        =how do (I|we) reach {destination} by {mode} from {origin}?
        =how do I (drive|find my way) to {destination} from {origin}?
        =what is the (shortest|fastest|quickest) (way|route) to {destination} from {origin}?
        =what is the (shortest|fastest|best) route by {mode} from {origin} to {destination}?
        =which (route|road|roads) should I take to get from {origin} to {destination}?
        =where do I have to go to get to {destination} from {origin} by {mode}?
        =directions from {origin} to {destination}
        =directions to {destination} from {origin}( by {mode}|), please
        =route {origin} to {destination}( by {mode}|)
        =by {mode} from {origin} to {destination}: which way do I go?
        =I want to go by {mode} from {origin} to {destination}, show me the way
        =I need directions to {destination}, starting (in|from) {origin}
        =I need (the way|a route) from {origin} to {destination} by {mode}
        =I am lost in {origin}, how do I get to {destination}?
        =can I get from {origin} to {destination} by {mode}, and how?
        plan (a|the|my) route from {origin} to {destination}( by {mode}|)
        plan (a|my) {mode} route from {origin} to {destination}
        map (a|the) (way|route) from {origin} to {destination}
        (look up|get|find) directions to {destination} from {origin} by {mode}
        navigate to {destination} from {origin}( by {mode}|)
        navigate by {mode} from {origin} to {destination}
        lead (me|us) to {destination} from {origin}
        tell me (how to get|which way to go) from {origin} to {destination}( by {mode}|)
        explain how (I|we) get to {destination} by {mode} when starting in {origin}
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
        =what does {symbol} cost a share?
        =a quote for {symbol}, please
        get me a quote of {symbol}
        =(what is|what's) the (stock |share |)price of {symbol}( stock|)?
        =how (much is|is) {symbol}( stock|)( doing|) (today|now)?
        =(what is|what's) {symbol} (trading at|at now|worth)?
        (get|check|look up|tell me|give me) the (stock |share |)price (of|for) {symbol}
        ={symbol} (stock |share |)price( now| today|)?
        =price of {symbol}( stock| shares|)
        ={symbol} on the stock market (today|now)?
        ={symbol} quote, please
        =stock quote: {symbol}
        =(at what price|for how much) (is|does) {symbol} (trading|trade)( now| today|)?
        =how much do (I|you) pay for (one|a) {symbol} share?
        =how much would one share of {symbol} cost me?
        =how (expensive|much) is one share of {symbol}?
        =how is the {symbol} (stock|share) (doing|standing)( today| right now|)?
        =how are {symbol} shares doing( today| now|)?
        =where (does|is) {symbol} (stand|trade|trading)( today| now| at the moment|)?
        =what are {symbol} shares (worth|trading at|going for)( now| today|)?
        =what is one {symbol} share worth( today| now|)?
        =what is the (current|latest|last) (quote|price) (for|of) {symbol}( stock| shares|)?
        =did {symbol} go up or down( today|)?
        =is {symbol} (up|down)( today| now|)?
        =has {symbol} (stock |)(gone up|fallen|risen)( today|)?
        =I (own|have) (some |)shares of {symbol}, what are they worth now?
        =I want to buy {symbol} shares, what do they cost?
        =I (need|want) the (quote|stock price|share price) (for|of) {symbol}
        (get|show|fetch|pull up) (me |)(a|the) (stock |)quote (for|of) {symbol}
        tell me (what|how much) {symbol} (costs|trades at|is worth)( today| now|)
        (look at|check on|check) the {symbol} (stock|shares)( today|)
        (look up|find out) (what|how much) a {symbol} share costs
        (find|show) the market price of {symbol}
        check (how|where) {symbol} is trading
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
        bring me the news on {topic}
        =anything new about {topic} lately?
        =what has happened with {topic} lately?
        read {count} headlines about {topic} to me
        bring {count} stories on {topic}
        =(what is|what's) (the news about|new about|new with) {topic}?
        =(any|is there any) news (about|on) {topic}?
        (show|give|get|tell) me the (latest |)news (about|on) {topic}
        (show|give|get) me {count} (headlines|news) (about|on) {topic}
        =what are the (latest |)headlines (about|on) {topic}?
        =news (about|on) {topic}
        ={count} (headlines|news stories) (about|on) {topic}( please|)
        =what (is|has been) (going on|happening) (with|around) {topic}( these days| today|)?
        =what are (the papers|people in the news) saying about {topic}?
        =what are the {count} (latest|top|newest) (headlines|stories) (about|on) {topic}?
        =what are the top {count} news about {topic}?
        =has anything (new |)happened (with|around) {topic}( today| recently|)?
        =did anything about {topic} make the news( today|)?
        =is {topic} in the (news|headlines)( today|)?
        =I (want|need|would like) (the |)news (about|on) {topic}
        =I (want|need) {count} (news stories|headlines) (about|on) {topic}
        =I want to read (the |)(latest |)headlines (about|on) {topic}
        =do you have (any |the latest |)news (about|on|concerning) {topic}?
        =can I (see|have) {count} headlines about {topic}?
        =which {count} stories about {topic} are in the news?
        keep me (informed|up to date) (about|on) {topic} in the news
        catch me up on the {topic} news
        (show|list|fetch) the {count} (newest|latest|top) (headlines|stories) (about|on) {topic}
        (fetch|get|find) {count} recent news (items|stories|articles) about {topic}
        (get|fetch|find|check) (the |)(latest|newest|recent) news (stories |)(on|about) {topic}
        give me the news on {topic}, {count} (stories|headlines|items)
        list news (about|on) {topic}, {count} at most
        tell me what is new (about|with|in the world of) {topic}
        tell me the top {count} {topic} headlines
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
        =did the package {tracking_number} arrive yet?
        =has my package {tracking_number} arrived?
        =is {tracking_number} here yet, my parcel?
        find the package {tracking_number}
        =where is (my |the |)(package|parcel) {tracking_number}?
        (track|follow) (my |the |)(package|parcel) {tracking_number}
        track (the |)(package|parcel) with (the |)number {tracking_number}
        =(what is|what's) the status of (package|parcel) {tracking_number}?
        =when will (my |the |)(package|parcel) {tracking_number} (arrive|come)?
        ={tracking_number}, where is it? It is a package
        =package {tracking_number}, where is it( now|)?
        =parcel {tracking_number}: any news?
        =status of (package|parcel) {tracking_number}( please|)
        =where (did|has) my (package|parcel) (with |)number {tracking_number} (go|gone)?
        =where can I find my package? The number is {tracking_number}
        =where is the delivery with (the |)tracking number {tracking_number}( now|)?
        =how far (is|has) (my |the )(package|parcel) {tracking_number}( come|)?
        =how long (until|before) package {tracking_number} (comes|arrives|gets here)?
        =did (my |the )(package|parcel) {tracking_number} (come|get here|arrive|get lost)?
        =is (my |the )(package|parcel) {tracking_number} (here|on its way|delivered|lost|late)?
        =my (package|parcel) {tracking_number} (is late|has not come), where is it?
        =I am waiting for (package|parcel|delivery) {tracking_number}, where is it?
        =I (ordered something|sent a parcel), the tracking number is {tracking_number}, where is it?
        =(my|the) tracking number is {tracking_number}, where is my (package|parcel)?
        =tracking number {tracking_number}
        =I (want|need) to know where (package|parcel) {tracking_number} is
        =what (happened to|about) (my |the )(package|parcel) {tracking_number}?
        =which city is (package|parcel) {tracking_number} in( now|)?
        (locate|trace) (my |the |)(package|parcel|delivery) {tracking_number}
        (look up|check) (the |)(tracking number|delivery|parcel number) {tracking_number}
        (check|see|find out) where (my |the |)(package|parcel) {tracking_number} is( now|)
        (tell|show) me where (my |the |)(package|parcel) {tracking_number} (is|got to)
        (give|get) me the (tracking|delivery) status (of|for) {tracking_number}
        use {tracking_number} to track my (package|parcel)
        trace the (package|parcel) that has (the |)number {tracking_number}
        see if (my |the |)(package|parcel) {tracking_number} has been delivered
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
        teach me to cook {dish}
        =can you teach me a recipe for {dish}?
        =what {dish} can be made using {ingredients}?
        =I would cook {dish} using {ingredients}, how?
        =is there a good recipe for {dish}?
        (find|get|give me|show me|look up) a recipe for {dish}
        =how do (I|you) (make|cook) {dish}?
        find a {vegetarian} recipe for {dish}
        give me a {vegetarian} {dish} recipe
        (find|get) a recipe for {dish} with {ingredients}
        =how (do|can) I (make|cook) {dish} with {ingredients}?
        ={vegetarian} {dish} recipe( please|)
        =recipe for {dish}
        =recipe for {vegetarian} {dish} with {ingredients}
        =I (want|would like) to (cook|make|prepare) {dish}( tonight| today|), how does it work?
        =I (want|would like) to (cook|make) {vegetarian} {dish}, how do I do it?
        =I have {ingredients} at home and want to (make|cook) {dish}
        =I have got {ingredients}, how can I turn that into {dish}?
        =with {ingredients}, how do I (make|prepare) {vegetarian} {dish}?
        =what do I need (for|to cook|to make) {dish}?
        =what goes into {dish}?
        =what goes into {vegetarian} {dish}?
        =how (is|do people make) {dish} (at home|from scratch)?
        =how can I (make|cook) {vegetarian} {dish}?
        =is there a recipe for {dish} (with|that uses) {ingredients}?
        =is there a {vegetarian} (recipe|version) of {dish}?
        =do you (know|have) (a good|an easy|a simple) {dish} recipe?
        =do you have a {vegetarian} recipe for {dish} with {ingredients}?
        =my guests want {vegetarian} {dish}, how do I cook it?
        (search|look) for a {dish} recipe( that has {ingredients} in it|)
        (search|look) for a {vegetarian} {dish} recipe with {ingredients}
        (explain|tell me|show me) how to (cook|prepare|make) {dish}
        (explain|tell me|show me) how to (cook|prepare|make) {vegetarian} {dish} with {ingredients}
        (explain|tell me) how {dish} is (made|cooked)( with {ingredients}|)
        cook {dish} using {ingredients}
        cook {vegetarian} {dish}
        suggest (an easy|a good|a quick) recipe for {dish}
        suggest a {vegetarian} recipe for {dish} using {ingredients}
        use {ingredients} in a recipe for {dish}
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
        print {path} to the screen
        print the contents of {path}
        =I want to see {path} printed
        print what is in {path}
        =what would I find inside {path}?
        (read|open|show) (me |)(the file |){path}
        =what is in (the file |){path}?
        =what does (the file |){path} (say|contain)?
        (show|give) me the (contents|content) of {path}
        =contents of {path}( please|)
        =file {path}, read it
        =what (text|information) is (stored |written |)in (the file |){path}?
        =what (did I write|is written|stands) in (the file |){path}?
        =what has (the file |){path} got (in it|to say)?
        =what is inside (of |)(the file |){path}?
        =what (is|are) the (content|contents) of (the file |){path}?
        =what does it say in {path}?
        =is there anything in (the file |){path}?
        =I (want|need) to (see|know|read) what is in {path}
        =I (want|need) (the text of|the contents of|to look at) {path}
        =I forgot what is in {path}
        =I saved something in {path}, what was it?
        =there is a file {path}, what does it contain?
        =can I see (the file |){path}?
        =could I have a look at {path}?
        (load|fetch|get|display|view) (the file |){path}
        (look|have a look) (at|into|inside) (the file |){path}
        open up (the file |){path} and read it( to me| aloud|)
        read (me |)(the text|what is written) in {path}
        read {path} (aloud|out loud|to me)
        read the file (called|named) {path}
        open the file (called|named) {path}
        tell me what (is in|stands in|you find in) (the file |){path}
        (display|get|fetch|load) the (content|contents|text) of (the file |){path}
        check what (the file |){path} (says|contains)
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
        store the text "{content}" in {path}
        keep "{content}" under the name {path}
        save "{content}" under {path}
        store this in {path}: {content}
        make a file {path} that says {content}
        (write|save) "{content}" (to|in|into) (the file |){path}
        (create|make) a file (called |named |){path} with (the text |){content}
        (write|save) to {path}: {content}
        put "{content}" in (the file |){path}
        =the file {path} should (contain|have) the text "{content}"
        ="{content}" (goes|belongs) (in|into) (the file |){path}
        =I (want|need) "{content}" (in|saved in) (the file |){path}
        =I (want|need) a file {path} (that says|with the text|containing) "{content}"
        =I (want|need) a (new |)text file {path} (saying|that contains): {content}
        =new file {path}: {content}
        =file {path}, content: {content}
        =can I have "{content}" in a file (called|named) {path}?
        =this belongs in {path}: {content}
        =here is the text for {path}: {content}
        =the text is "{content}" and the file is {path}
        =for {path}, the text is "{content}"
        (note|record|type|keep) "{content}" in (the file |){path}
        (write|save|put) the (words|text|sentence|line) "{content}" (in|into|to) (the file |){path}
        (write|put) the following (in|into) {path}: {content}
        (save|write) this (to|in|as) {path}: {content}
        save a file {path} (saying|with the words) "{content}"
        save "{content}" as {path}
        save "{content}" (in a file|under the name) {path}
        (create|start|make) {path} and (write|put) "{content}" (in it|into it|there)
        (create|generate) (a new file|a text file) {path} containing "{content}"
        create {path} with the (content|text|words) "{content}"
        open {path} and write "{content}"
        fill (the file |){path} with "{content}"
        use {path} to save the text "{content}"
        write a file {path} (that reads|that contains|with the content): {content}
        overwrite {path} with "{content}"
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
        pull up {limit} rows of {table}
        print {limit} rows out of {table}
        print the first {limit} of {table}, sorted by {order_by}
        pull {limit} entries from {table} by {order_by}
        print out {limit} entries of {table} ordered by {order_by}
        (show|get|give) (me |)(the first |){limit} (rows|entries) (from|of) (the |)(table |){table}
        (show|get|give) me {limit} {table}( from the database|)
        (show|get|list) {limit} {table} sorted by {order_by}
        (get|select) {limit} rows from {table}, (ordered|sorted) by {order_by}
        ={limit} {table}, please
        ={limit} (rows|entries|records) (of|from) (the |){table}( table|)
        ={limit} {table} by {order_by}
        =what are the first {limit} {table}( in the database|)?
        =what are the first {limit} {table} by {order_by}?
        =which {limit} {table} (do we have|are there|come first)?
        =which {limit} {table} come first when (sorted|ordered) by {order_by}?
        =what is in the {table} table? Give me {limit} rows
        =can I (see|have) {limit} (rows|records) (of|from) the {table} table?
        =can I (see|have) {limit} {table} in order of {order_by}?
        =I (need|want) {limit} (rows|records|entries) from {table}
        =I (need|want) (to see |){limit} {table} (sorted|ordered) by {order_by}
        =from (the |){table}( table|) I need {limit} rows
        =from (the |){table}( table|), sorted by {order_by}, I need {limit} rows
        query (the |){table}( table|) for {limit} rows
        query {table}, {limit} rows (ordered|sorted) by {order_by}
        query (the |)table {table} with a limit of {limit}
        (select|fetch|read|load) {limit} (rows|records|entries) (of|from) (the |){table}( table|)
        (select|fetch|load) {limit} {table} (ordered|sorted) by {order_by}
        sort (the |){table}( table|) by {order_by} and (show|give|get) (me |){limit} rows
        order (the rows of |){table} by {order_by} and list {limit}( of them|)
        list (up to|at most|no more than) {limit} {table}
        list the top {limit} {table} by {order_by}
        look in (the |){table}( table|) and give me {limit} (rows|entries)
        look up (at most |){limit} (rows|entries) in (the |){table} table, by {order_by}
        search the database for {limit} {table}
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
        bring me the user {user_id}
        bring up the data of user {user_id}
        =which user is number {user_id}?
        (get|find|show|look up|fetch) (me |)(the |)user {user_id}
        (get|find|show|look up) the user with (the |)(id|number) {user_id}
        =who is user (number |){user_id}?
        =(what is|what's) the name of user {user_id}?
        =user {user_id}( please|)
        =user (number|id) {user_id}, who is (it|that)?
        =user with id {user_id}
        =id {user_id}, which user is that?
        ={user_id} is the id of which user?
        =who (has|owns) (the |)(user |)(id|user number) {user_id}?
        =who is (behind|hiding behind) (user |)(id|number) {user_id}?
        =who is the user with (the |)(id|number) {user_id}?
        =what (do|can) you (know|tell me|have) about user {user_id}?
        =what (user|name) belongs to (id|number|user id) {user_id}?
        =what is user {user_id} called?
        =what information is there on user {user_id}?
        =do we have a user {user_id}?
        =is there a user (with (the |)(id|number) |number |){user_id}?
        =I (need|want) (the (data|details|name) of |)user {user_id}
        =I (need|want) to know who user {user_id} is
        =I am looking for (the |)user {user_id}
        =can I see (the details of |)user {user_id}?
        (search|look) for (the |)user (with (the |)(id|number) |number |){user_id}
        (get|fetch|give|show) me the (name|details|data|profile) (of|for) user {user_id}
        (retrieve|load|open|display|check) (the |)(user|profile of user|record of user) {user_id}
        (tell|show) me (who|which user) has (id|number|user id) {user_id}
        tell me who user (number |){user_id} is
        tell me (the name of|about) user {user_id}
        use the id {user_id} to find the user
        identify user {user_id}
        find out (who|what person) user {user_id} is
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
        set up a user {name} with the email {email}
        sign up {name} with email {email}
        sign up {name}, email {email}, as {role}
        set {name} up as {role} with the address {email}
        (create|add|register|make) a (new |)user (called |named |){name} with (the |)email {email}
        (create|add|register) {name} as a (new |)user with email {email}
        (create|add) a user {name}, {email}, age {age}
        (create|register) a user {name} with email {email} and age {age}
        (create|add) a user {name} with email {email} and (the |)role {role}
        =(we have a |there is a |)new user: {name}, {email}
        =(we have a |there is a |)new user: {name}, {email}, (age |){age} years old
        =new {role}: {name}, {email}
        =new account for {name}, email {email}
        =new account for {name}, {email}, as {role}
        =user {name}, email {email}, age {age}, role {role}: create it
        ={name} (needs|wants|should get) an account, (the |)email is {email}
        ={name} is {age} years old and needs an account with email {email}
        ={name} should (be|become) (a user|one of our users) with (the |)email {email}
        ={name} joins us as {role}, email {email}, create the account
        ={name} with the email {email} should be a new {role}
        =I (need|want) an account for {name} with (the |)(email|address) {email}
        =I (need|want) a {role} account for {name}, {email}, age {age}
        =we (need|want) {name}, {age}, as a new {role}, email {email}
        =can {name} get a (user |)account with the email {email}?
        =can {name} be added as {role} with the email {email}?
        (create|open|make) (an account|a user account|a login) for {name}, {email}
        (create|open) a {role} account for {name} with (the |)email {email}
        (create|open) an account for {name}, {age} years old, email {email}
        (register|add|enroll) {name}, email {email}, as (a new user|a user)
        (register|enroll|add) {name}, age {age}, with the (address|email) {email}
        (register|add) {name} with (the email |){email} as {role}
        (register|add) the {age} year old {name} as {role} with email {email}
        add {email} as a new user named {name}
        add a {role} named {name}, age {age}, email {email}
        use the email {email} to register {name}( as {role}|)
        make {name} a new {role} with email {email} and age {age}
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
        have {order_id} sent to {address}
        =I will have order {order_id} shipped to {address}
        =order {order_id}, by {express} delivery, goes to {address}
        (ship|send|deliver) (the |)order {order_id} to {address}
        (ship|send) (the |)order {order_id} to {address} by {express} (delivery|mail)
        (ship|send) order (number |){order_id} (by|with) {express} delivery to {address}
        =order {order_id} (should|must|has to) (go|be sent|be delivered) to {address}
        =order {order_id} (should|must) go (by|with) {express} (mail|shipping) to {address}
        =order {order_id} to {address}( please|)
        =order {order_id}, {express} shipping, to {address}
        ={address} is where order {order_id} (goes|should go|must go)
        ={address} is the (address|destination) for order {order_id}, {express} delivery
        =the (address|customer) for order {order_id} is {address}, ship it
        =the customer lives at {address}, send them order {order_id}
        =the customer lives at {address}, send order {order_id} with {express} shipping
        =I (want|need) order {order_id} (sent|delivered|shipped) to {address}
        =I (want|need) order {order_id} (sent|delivered) to {address} by {express} (mail|shipping)
        =we (can|must|need to) get order {order_id} out to {address}
        =can order {order_id} (go|be sent) to {address}?
        =can order {order_id} be delivered to {address} by {express} mail?
        =shipping for order {order_id}: {express}, to {address}
        =shipment: order {order_id}, to {address}
        =by {express} mail, order {order_id} goes out to {address}
        (dispatch|mail|forward|post) (the |)order (number |){order_id} to {address}
        (dispatch|mail|post) order {order_id} to {address} (with|using|by) {express} shipping
        create a shipment (of|for) order {order_id} to {address}
        create a shipment of order {order_id} to {address} by {express} mail
        (get|bring) (the |)order {order_id} to {address}
        (send|ship|deliver) to {address} (the |)order (number |){order_id}
        (send|ship) order {order_id} {express} to {address}
        (use|choose|pick) {express} (shipping|delivery) for order {order_id} to {address}
        use {express} mail and (send|ship) order {order_id} to {address}
        (ship|send) the (goods|items|package) of order {order_id} to {address}
        pack order {order_id} and (send|ship) it to {address}( by {express} mail|)
        start the ({express} |)delivery of order {order_id} to {address}
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
        have the robot go over to {target}
        steer the robot over to {target}
        =the robot should steer to {target} at {speed} speed
        have it drive to {target}, the robot, at {speed} speed
        (move|drive|send|bring) the robot to {target}
        (move|drive) the robot to {target} at {speed} speed
        move to {target}
        (make|let) the robot (go|drive) to {target}
        =robot, (go|move|drive) to {target}
        =robot, (go|move|drive) to {target} at {speed} speed
        =robot to {target}( please|)
        =robot to {target}, {speed} speed
        =the robot (should|must|has to|needs to) (go|move|drive|be) (to|at) {target}
        =the robot (should|must|has to) (go|move|drive) to {target} at {speed} (speed|pace)
        =at {speed} speed, the robot should (go|drive) to {target}
        =the (goal|target|destination) of the robot is {target}
        =the robot's (goal|target) is {target}, speed {speed}
        =go to {target} at {speed} speed
        =I (want|need) the robot (at|to go to) {target}
        =I (want|need) the robot to (go|move) to {target}, (with|at) {speed} speed
        =can the robot (go|drive|come) to {target}?
        =can the robot get to {target} at {speed} speed?
        =next (stop|position|point) for the robot: {target}
        ={target} is (the point |)where the robot should (go|be)
        ={target} is the target, move the robot there at {speed} speed
        (go|drive|roll|travel) to (the |)(point|position) {target}
        (move|drive|go) to {target} (with|at) (a |){speed} (speed|pace)
        (guide|direct|navigate|lead|take) the robot to {target}
        (guide|direct|navigate) the robot to {target} (with|at) (a |){speed} (pace|speed)
        (position|place|park) the robot at {target}
        set the robot's (target|goal|position) to {target}
        set the speed to {speed} and (move|drive|send) the robot to {target}
        (make|let) the robot move at {speed} speed to {target}
        use {speed} speed to (bring|drive|move) the robot to {target}
        get the robot to {target}( at {speed} speed|)
        (tell|order|command) the robot to (go|move|drive|come) to {target}
        tell the robot to (go|move|drive) to {target} at {speed} speed
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
        put a circle at {center}, radius {radius}
        place a {color} circle of radius {radius} at {center}
        put a circle with a radius of {radius} and color {color} at {center}
        place a circle with radius {radius} at {center}
        draw a circle at {center} with radius {radius}
        draw a {color} circle at {center} with (a |)radius (of |){radius}
        draw a circle with radius {radius} at {center}
        (make|add) a {color} circle with radius {radius} at {center}
        =circle at {center}, radius {radius}
        ={color} circle at {center}, radius {radius}
        =circle: center {center}, radius {radius}, color {color}
        =radius {radius}, center {center}: draw (the|that|a) circle
        =a circle (around|at) {center} with radius {radius}( please|)
        =a {color} circle with radius {radius} around {center}( please|)
        =I (want|need|would like) a circle at {center} with (a |)radius (of |){radius}
        =I (want|need) a {color} circle around {center}, {radius} in radius
        =I (want|need) to see a circle of radius {radius} at {center}, in {color}
        =can I (have|get) a circle with center {center} and radius {radius}?
        =can I (have|get) a circle in {color} at {center}, radius {radius}?
        =there should be a {color} circle at {center} with radius {radius}
        =there should be a circle of radius {radius} (at|around) {center}
        =the (center|middle) is {center} and the radius is {radius}, draw the circle
        =with {center} as (the |)center, draw a circle of radius {radius}
        =in {color}, a circle of radius {radius} at {center}
        (draw|paint|sketch) a circle (around|about) {center} with (a |)radius (of |){radius}
        (draw|paint|sketch|make) a circle in {color} at {center} with radius {radius}
        (draw|paint) a {color} circle (centered|with its center) at {center}, radius {radius}
        (draw|make|create) a circle whose (center|middle) is {center} and whose radius is {radius}
        (draw|create) a circle with center {center}, radius {radius} and color {color}
        (draw|add) a circle of {radius} radius at {center}, {color}
        (draw|make) a circle (that is|which is) {radius} in radius around {center}
        draw at {center} a {color} circle of radius {radius}
        add a circle of radius {radius} to the (canvas|drawing|picture) at {center}
        add to the (canvas|drawing) a {color} circle with radius {radius} and center {center}
        use {color} to (draw|paint) a circle at {center} with radius {radius}
        use a radius of {radius} and draw a circle (around|at) {center}( in {color}|)
        take {center} as the center and {radius} as the radius of a( {color}|) circle
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
        cast the dice, {count} of them
        let {count} dice roll
        cast {count} dice that have {sides} sides
        let us cast {count} dice
        (roll|throw) {count} dice
        (roll|throw) {count} dice with {sides} sides
        (roll|throw) {count} {sides}-sided dice
        ={count} dice( please|)
        ={count} dice, {sides} sides each
        ={count} dice, each with {sides} (sides|faces)
        ={count} {sides}-sided dice( please|)
        =dice: {count}
        =I (want|need) (a roll of |){count} dice
        =I (want|need) a throw of {count} dice with {sides} (sides|faces)
        =I need {count} dice rolled
        =I need {count} {sides}-sided dice (rolled|thrown)
        =what do I get with {count} dice?
        =what do I get (if I roll|rolling) {count} dice with {sides} sides?
        =what do {count} {sides}-sided dice (show|give|say)?
        =what (is the result|comes out) when {count} dice are (rolled|thrown)?
        =can you throw me {count} dice?
        =it is my turn, (roll|throw) {count} dice
        =my turn: {count} dice with {sides} (sides|faces)
        =we are playing a game and need {count} dice
        =we are playing with {sides}-sided dice, roll {count} of them
        =with {count} dice, what is my total?
        =the dice have {sides} sides, roll {count}
        (take|grab|pick up|shake) {count} dice and (roll|throw) them
        (take|grab) {count} dice with {sides} (sides|faces) and (roll|throw) them
        (roll|throw|toss) a (set|handful) of {count} dice
        toss {count} dice( that have {sides} sides|)
        toss {count} {sides}-sided dice
        (roll|throw|toss) {count} dice of {sides} (sides|faces)( each|)
        (roll|throw|use) {sides}-sided dice, {count} of them
        make a (roll|throw) (of|with) {count} dice
        make a roll with {count} {sides}-sided dice
        (tell|show) me what {count} dice (give|show)
        try my luck with {count} dice( that have {sides} faces|)
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
        leave a rating of {stars} stars for {movie}
        =I would say {stars} stars for {movie}
        =the film {movie} would get {stars} stars from me
        give the film {movie} {stars} stars
        (rate|give) (the movie |){movie} {stars} stars
        rate {movie} with {stars} (stars|out of 5)
        give {stars} stars to (the movie |){movie}
        =(the movie |){movie} gets {stars} stars
        ={movie}, {stars} stars
        ={movie}: {stars} (stars|out of 5|out of five)
        =(rating|my rating) for {movie}: {stars}
        ={stars} stars for (the (movie|film) |){movie}
        ={stars} out of 5 for {movie}
        ={movie} (was|is) worth {stars} stars( to me|)
        =(the (film|movie) |){movie} (deserves|earns|should get|should have) {stars} stars
        =I (just |)(watched|saw) {movie}, it (deserves|gets) {stars} (stars|out of 5)
        =I (just |)(watched|saw) (the film |){movie}: {stars} stars
        =my (rating|score|verdict) for (the (film|movie) |){movie} is {stars}( stars|)
        =my (rating|score) is {stars} stars for (the film |){movie}
        =I think {movie} (deserves|is worth|earns) {stars} stars
        =for {movie}, I (give|say|choose) {stars} stars
        =from me, {movie} gets {stars} (stars|out of 5)
        =can I give (the (film|movie) |){movie} a {stars}?
        =we saw {movie} last night and it is worth {stars} stars
        =that was {movie}, {stars} stars from me
        (give|award|grant) (the film |){movie} a (rating|score) of {stars}
        (award|grant) {stars} stars to (the (film|movie) |){movie}
        (save|record|enter|submit|post) a rating of {stars} (stars |)for (the film |){movie}
        (save|record|enter|submit) {stars} stars for {movie}
        (score|review) (the (film|movie) |){movie} with {stars} (stars|out of 5)
        (score|rate|mark) {movie} as a {stars} star (movie|film)
        (rate|score) (the film |){movie} {stars} out of (5|five)
        rate {movie} (at|a|as) {stars}
        set my rating (for|of) {movie} to {stars}( stars|)
        write a {stars} star review (for|of) (the film |){movie}
        put down {stars} stars for {movie}
        say that {movie} gets {stars} stars from me
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
        =did flight {flight_number} land?
        =has {flight_number} landed already, the flight?
        tell me all about the flight {flight_number}
        =what about flight {flight_number}?
        =(is|will) flight {flight_number} (on time|late|delayed)?
        =(what is|what's) the status of flight {flight_number}?
        =when does flight {flight_number} (land|leave|arrive)?
        (check|look up|get|show me) (the status of |)flight {flight_number}
        =flight {flight_number}?
        =flight {flight_number}, (on time|late|where is it|any delay)?
        =status of flight {flight_number}( please|)
        =flight status {flight_number}
        =flight status for {flight_number}, please
        ={flight_number}, is (that|my) flight (on time|late|delayed)?
        =where is (flight|plane) {flight_number}( now| right now|)?
        =(how late|how much delayed) is flight {flight_number}?
        =how is flight {flight_number} doing( today|)?
        =did (flight|plane) {flight_number} (land|leave|arrive|take off)( on time| already| yet|)?
        =does flight {flight_number} (leave|land|arrive|depart) on time( today|)?
        =is (my |the |)(flight|plane) {flight_number} (in the air|boarding|here)( now| yet|)?
        =are there (any |)(delays|problems) (for|with|on) flight {flight_number}?
        =will (my |the |)(flight|plane) {flight_number} (leave|land|arrive|take off) on time?
        =when will (flight|plane) {flight_number} (land|leave|arrive|take off|depart)?
        =what time does (flight|plane) {flight_number} (land|leave|arrive|take off|depart)?
        =what (is happening|is going on|is the matter|is up) with flight {flight_number}?
        =I am (waiting for|taking|at the gate of) flight {flight_number}, is it (on time|late)?
        =my (flight|flight number) is {flight_number}, is it delayed?
        =my (friend|sister|brother|mother) is on flight {flight_number}, when does it land?
        =I (want|need) the (status|flight status) of {flight_number}
        =I (want|need) to know (if|whether) flight {flight_number} is (late|on time|delayed)
        (find out|check|tell me) (if|whether) flight {flight_number} (is on time|is late|has left)
        (tell|show|give) me the (status|state) of flight {flight_number}
        (check|look) (on|for) (flight|plane) {flight_number}( and its delay|)
        (check|look up) the (arrival|departure) of flight {flight_number}
        (follow|monitor) (flight|plane) {flight_number}
        get (the |)(current |)flight status (for|of) {flight_number}
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
