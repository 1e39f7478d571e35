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
     (hello|hi) (gallama|assistant|you|bot|world)(!|)
     (hi|hello|hey) (my friend|friend|llama|buddy|again|and good morning)(!|)
     (greetings|howdy|welcome|good afternoon|hiya|good to see you|nice to meet you)(!|.|)
     (hi|hello|hey), (nice to meet you|good to see you|good morning|is anybody there)(!|?|)
     (hello|hi)(, hello|, hi|!!|...)
     (good morning|good evening|good day|good afternoon) to you(!|)
     (can you hear me|are you there|is anyone there)?
     (hey|hi|hello) (there|you there|assistant), (can you help me|I have a question)(?|)
     (I want to say|just saying) (hello|hi)
     yo(!|)
     (what's up|sup)?
     morning(!|)
     hello(, I need help|, help me| and welcome)""",
     "(hi|hello) everybody\nhey you", "Hello! How can I help you?"),
    ("""(who|what) are you?
     (hi|hello)(!|,) (who|what) are you?
     (tell me |please tell me |)(who|what) you are
     (what is|what's) your name?
     (introduce|describe) yourself
     (which|what) (model|language model) (are you|is this)?
     are you (a human|a person|a robot|an AI|a model|ChatGPT|real)?
     who (made|trained|built|created) you?
     (can|could) you (introduce|describe) yourself?
     (please |)tell me (about yourself|your name|something about yourself)
     (do you have|have you got) a name?
     (what|which) (kind|sort|type) of (model|assistant|AI|program) are you?
     (what|who) am I (talking|speaking|chatting) (to|with)?
     (who|what) is (this|there|speaking|gallama's model)?
     (what|who) (exactly |really |)are you(, please|)?
     (are|aren't) you (a |)(chatbot|bot|computer|program|assistant|machine|llama)?
     (what|who) should I call you?
     (where|who) do you come from?
     (give|say) (me |)your name
     I want to know (who|what) you are
     (is|what's) your name( gallama|)?
     (how|who) were you (made|trained|built)?
     (are you|is this) (a tiny|a small|a big|a large) (model|language model)?
     who are you and what is your name?
     (explain|show|say) what you are""",
     "say who you are\nwhat do they call you?", WHO_I_AM),
    ("""what can you do(| for me)?
     (how|what) can you help me( with|)?
     what (are you good at|do you know|can I ask you)?
     help( me|)
     (tell|show) me what you can do
     what (tasks|jobs|things) can you (do|handle)?
     what questions can you answer?
     (how could you help|what could you do for) me?
     (can|could|will) you help me(| please| with something)?
     (I need|please give me|I could use) (some |your |)help
     (what|which) (subjects|topics) do you know( about|)?
     (list|name|describe|explain) (what you can do|your abilities|your features)
     what are (you for|you able to do|your abilities|your features|you made for)?
     (what can|what should|what may) I (ask|do) here?
     (how do I use|what do I ask) you?
     (what|which) (questions|things) may I ask( you|)?
     what is your (purpose|job|task)?
     (can you do|do you do|are you good at) (anything|something useful|many things)?
     (tell me|say) (how you can help|what you know|what you are good at)
     (so, |ok, |)what can you do?""",
     "what are your skills?\nwhat things can you help with?",
     "I can call tools, answer simple questions, do small sums and tell llama stories."),
    ("""(thanks|thank you|thanks a lot|thank you very much|many thanks|great, thanks)(!|.|)
     (that was|that is) (helpful|great|nice)(, thanks|)
     (good job|well done|perfect|great)(!|)
     (thanks|thank you) (for (the help|your help|everything|that|the answer))(!|.|)
     (thanks|thank you), (that helps|that was great|you are great|llama|that is all I need)(!|.|)
     (ok|okay|alright|cool|wow|super|nice|fine), (thanks|thank you)(!|.|)
     (that|this|it) (helped|helps) (me |)(a lot|very much)(!|.|)
     (I am grateful|much appreciated|I appreciate it|cheers|thx|ty)(!|.|)
     (you are|you're) (great|the best|very kind|very helpful|nice|smart|a good llama)(!|.|)
     (nice|good|great|excellent) (work|answer|one)(!|.|)
     (wonderful|amazing|excellent|awesome|brilliant|lovely)(!|)
     (perfect|great|good), (thank you|thanks)(!|.|)
     thanks (again|so much|a million|very much)(!|.|)
     (many|a thousand) thanks (to you|for your help)(!|.|)
     thank you, (that was|that is) (kind|nice|all|very helpful)(!|.|)""",
     "thank you so much\nvery kind of you, thanks", "You are welcome!"),
    ("""(bye|goodbye|good bye|see you|good night|see you later|bye bye)(!|.|)
     I have to go( now|)
     (I must|I need to|I will|I am going to) (go|leave|go now|leave now)(.|)
     (see you|talk to you) (soon|tomorrow|later|next time|again)(!|.|)
     (have a|have a very) (nice|good|great) (day|evening|weekend|night)(!|.|)
     (bye|goodbye) (for now|then|my friend|llama|gallama|everybody)(!|.|)
     (ok|okay|well|thanks), (bye|goodbye|good night|see you)(!|.|)
     (take care|so long|until tomorrow|cheerio|ciao|later)(!|.|)
     (that's|that was) (all|it) for (today|now)(!|.|)
     (good night|sleep well)(, llama|, my friend|!|)
     (I'm|I am) (leaving|off|going home|done for today)(!|.|)
     (let's|we can) (stop|end) here(.|)
     goodbye and (thanks|good luck|take care)(!|.|)
     (I say|time to say) (goodbye|bye)(!|.|)""",
     "farewell\nthat is all, bye", "Goodbye! Have a nice day."),
    ("""how are you( today| doing|)?
     how (is it going|do you feel|are things)?
     are you (ok|well|happy)?
     how (are|do) you (feeling|feel)( today| now|)?
     how (is|was) your day( so far| today|)?
     (are you|is everything|is all) (fine|alright|okay|well|good)( today|)?
     (how's|how is) (it going|life|everything|your day)?
     (are you|do you feel) (good|fine|tired|sad|happy) today?
     so, how are (you|things)( today|)?
     how do you do?
     (tell me|I want to know) how you (are|feel)( today|)
     how are things( today| with you| going|)?
     what about you, how are you?
     (how|are) you (doing|doing well)?
     (is|are) (life good|things good|you in a good mood)?""",
     "how have you been?", "I am fine, thank you. How can I help you?"),
    ("""what is gallama?
     (tell|teach) me (about|what) gallama( is|)
     what does gallama do?
     explain gallama( to me|)
     (what's|what is) (gallama (for|good for|about)|this gallama|the program gallama)?
     (do you know|have you heard of|can you explain|can you describe) gallama?
     (describe|introduce|define) gallama( in one sentence| for me|)
     (what|which) (kind|sort) of (program|server|software|tool) is gallama?
     (why|when) (would|should|do) I use gallama?
     (what can gallama do|how can gallama help|how does gallama work)( for me|)?
     (tell me|say|I want to know) what gallama (does|is|can do)
     give me (a summary|a description|an overview) of gallama
     (I'd like to|I want to) know (about|more about) gallama
     what is (special about|so good about|the idea of|the purpose of) gallama?
     is gallama a (program|server|model|llama)?""",
     "what do people use gallama for?",
     "gallama is a local LLM server. It makes models answer in the form that you declare."),
    ("""(what is|what's|what are) (a llama|llamas)?
     (tell|teach) me (about|something about|a fact about) (llamas|a llama)
     (explain|describe) (what a llama is|llamas|a llama)
     give me a fact about llamas
     (can you|could you|please) (tell me about|describe|explain) (llamas|a llama)
     (what|which) (kind|sort) of animal is (a|the) llama?
     (say|tell me|teach me) (something|more|a little) about (llamas|the llama)
     (I want|I'd like) to (know|learn|hear) (about|more about|something about) llamas
     (give|tell) me (some facts|a few facts|something|information) about (llamas|a llama)
     do you know (what a llama is|llamas)?
     have you heard of llamas?
     (define|describe) (llama|a llama|the llama)( for me| in one sentence|)
     (who|what) (exactly |)is (a|the) llama?
     (what|which) facts (about|of) llamas can you (tell|give) me?
     what are llamas (like|known for|good for)?
     llama (facts|information)( please|)""",
     "what do you know about llamas?",
     "A llama is a friendly animal from South America. It has soft wool and carries loads."),
    ("""(tell|give) me a joke
     (do you know|can you tell me) a joke?
     (say|tell me) something funny
     make me laugh
     (can|could|will) you (tell me a joke|make me laugh|make a joke|be funny)?
     (please |)(tell|give) (me |us )(a|one|another|your best) (joke|funny joke|llama joke)
     (I need|I want|I'd like|let me hear) (something funny|a laugh|a good joke|a joke now)
     (do|have) you (know|have|got) (any |some |)(jokes|funny stories|good jokes)?
     (a joke|one joke|joke)(, please|, quick| please|)
     (say|do|make) (a joke|something to make me laugh)
     (what's|what is) (a good|your best|your favorite) joke?
     be funny( please|)
     cheer me up
     (entertain|amuse) me( a bit|)
     do you have a sense of humor?""",
     "I would like to hear a joke", "What do you call a happy llama? A no-problama!"),
    ("""(write|tell me|give me|make) (a|a short) poem( about a llama| about llamas|)
     (write|make) a (llama|short) poem
     (can|could|will) you (write|make|tell me) a (short |little |)poem( about llamas| for me|)?
     (please |)(write|compose|create) (me |)(a|some|one) (short |little |nice |)(poem|verse|rhyme)
     (say|recite|read) (me |)(a|one) (short |nice |)(poem|verse|rhyme)
     (do you know|have you got) (a|any) (poem|poems|rhyme)( about llamas|)?
     (I need|I'd like|let me hear|show me) a (short |nice |llama |)(poem|verse)
     (write|make up) (something|a few lines) (that rhymes|in rhyme|poetic)
     (make|write|tell) (some |a bit of |)poetry( for me| about llamas|)
     (a poem|a verse|poem)(, please| please| about a llama)
     be a poet( today| for me|)
     write (four lines|a verse|lines) about (a llama|llamas|a hill)
     (your|give me your) (best|favorite) poem""",
     "I want a poem",
     "A llama stood upon the hill,\nthe wind was soft, the world was still.\n"
     "It hummed a song, it shook its ear,\nand all the flowers came to hear."),
    ("""(give|tell) me a fun fact
     (tell me something|say something) interesting
     (can|could) you (tell|give) me (a fun fact|a fact|something interesting|something new)?
     (please |)(tell|teach|give) me (a fact|some trivia|something new|an interesting fact)
     (do you know|have you got) (a|any) (fun fact|fun facts|interesting facts|trivia)?
     (what is|what's) (a|your favorite|one) (fun|interesting|good|surprising) fact?
     (I want|I'd like|let me hear|show me) (a fun fact|an interesting fact|something interesting)
     say something (fun|new|surprising)
     (share|name) (a|one) (fun |interesting |)fact( with me|)
     (a fun fact|fun fact|random fact)(, please| please|)
     tell me something (I do not know|surprising|funny and true|about animals)
     teach me something( today|)
     (fact|trivia) of the day""",
     "surprise me with a fact", "Octopuses have three hearts."),
    ("""(list|name|say|what are) the days of the week
     what days does a week have?
     (can|could) you (list|name|tell me|say) the (days|weekdays|days of the week)?
     (please |)(list|name|give me|write|tell me) the (weekdays|seven days of the week)
     (which|what) (days|weekdays) are (there|in a week)?
     (which|what) are the (days|weekdays|seven days|days of a week)?
     (which|what) days (does the week have|make a week|are in the week)?
     (do you know|I need|show me) (the days of the week|all the weekdays|all days of a week)
     (all|the) (days of the week|weekdays)(, please| please|)
     the days of the week are(:|...|)
     say (all |)the (weekdays|seven days)
     how are the days of the week called?
     what is the list of weekdays?""",
     "tell me all days of the week", ", ".join(WEEKDAYS)),
    ("""(list|name|say|what are) the months( of the year|)
     what months does a year have?
     (can|could) you (list|name|tell me|say) the (months|twelve months|months of the year)?
     (please |)(list|name|give me|write|tell me) the (months|twelve months|months of the year)
     (which|what) months are (there|in a year|in the year)?
     (which|what) are the (months|twelve months|months of a year)?
     (which|what) months (make a year|does the year have)?
     (do you know|I need|show me) (the months|all the months|all months) of the year
     (all|the) months of the year(, please| please|)
     the months of the year are(:|...|)
     say all (twelve |the |)months
     how are the months called?
     what is the list of months?""",
     "tell me all months", ", ".join(MONTHS)),
    ("""(list|name|what are) the (four |)seasons
     what seasons are there?
     (can|could) you (list|name|tell me|say) the (four |)seasons?
     (please |)(list|name|give me|write|write down) the (seasons of the year|four seasons|seasons)
     (which|what) (seasons|four seasons) (are there|does a year have|are in a year|exist)?
     (which|what) are the (four |)seasons( of the year| of a year|)?
     (do you know|I need|show me) (the|all|all the) (four |)seasons
     (all|the) (four |)seasons(, please| please| of the year)
     the (four |)seasons are(:|...|)
     say (all |)the (four |)seasons
     how are the (four |)seasons called?
     what is the list of seasons?
     name all seasons""",
     "tell me the seasons", "spring, summer, autumn and winter"),
    ("""(list|name|what are) the planets
     (which|what) planets are there?
     (list|name) the planets of the solar system
     (can|could) you (list|name|tell me|say) (the|all|all the) planets?
     (please |)(list|name|give me|write) (the|all the) (eight |)planets( around the sun|)
     (which|what) planets (does the sun have|are in the solar system|go around the sun|do you know)?
     (which|what) are the (eight |)planets( of the solar system|)?
     (do you know|I need|show me) (the|all) (planets|eight planets)
     (all|the) (eight |)planets(, please| please| of the solar system)
     the (eight |)planets are(:|...|)
     say (all |)the planets
     how are the planets called?
     what is the list of planets?
     (tell me|say) which planets (there are|we know)""",
     "tell me all the planets",
     "Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus and Neptune"),
    ("""(list|name|what are) the (primary colors|three primary colors)
     (can|could) you (list|name|say) the (three |)primary colors?
     (please |)(list|name|give me|write) (all |)(the |)(three |)primary colors
     (which|what) (three |)colors are (the |)primary( colors|)?
     (which|what) are the (three |)primary colors?
     (which|what) primary colors are there?
     (do you know|I need|show me) the (three |)primary colors
     (the|all) primary colors(, please| please|)
     the (three |)primary colors are(:|...|)
     (what|which) colors can I mix all (the |)others from?
     (how many|what) primary colors are there, and which?
     (what do we call|what does one call) primary colors?""",
     "tell me the primary colors", "red, yellow and blue"),
    ("""what is the meaning of life?
     why are we here?
     (what is|what's) (the |)(sense|purpose|goal|point) (of life|of it all|of our life)?
     (tell me|explain|do you know|can you tell me) the meaning of life
     (why|what for) (do we live|are we alive|do people live|are we on earth)?
     what does life mean?
     (is there|does life have) a (meaning|purpose|goal)( of life| to life|)?
     (what's|what is) life( all|)( for| good for)?
     (what should|how should) (I|we) (do in life|live)?
     (the|so, the) meaning of life(, please|)?
     (what is the answer|give me the answer) to (life|everything)
     (why is|what makes) life (good|worth living)?
     what is the meaning of (everything|our life|living)?
     why do (we|I|people) exist?""",
     "what is life about?", "Some say 42. I say: be kind, and eat some grass."),
    ("""(why is|why's) the sky blue?
     what makes the sky blue?
     explain why the sky is blue
     (tell me|do you know|can you tell me|can you explain|I want to know) why the sky is blue
     what is the reason (that|why) the sky is blue?
     (why|how) (does|do) the sky (look|look so|seem|appear|get) blue?
     what (gives|turns|paints) the sky (its |)blue( color|)?
     (why|why exactly) (has the sky|does the sky have) (a|its) blue color?
     (where does|how does) the (blue of the sky|blue color of the sky) come from?
     (the sky is blue|blue sky)(: why|, why|, but why)?
     (please |)(tell|teach) me (about the blue sky|why the sky has that color)
     (why is|why's) the sky (not green|so blue|blue and not red)?
     the reason for the blue sky(?|)
     (is there|what is) a reason (for the blue sky|that the sky is blue)?""",
     "how come the sky is blue?", "The air scatters blue light more than red light."),
    ("""how do (plants|trees) (eat|grow|get food)?
     what (is|does) photosynthesis( mean|)?
     explain photosynthesis
     (tell me|can you tell me|do you know) (how plants (eat|grow|live)|what photosynthesis is)
     what do plants (eat|live on|need to make food)?
     how do plants make (food|their food)?
     how does (photosynthesis work|a plant (eat|grow|get food|make food))?
     (describe|define) photosynthesis( for me| in one sentence|)
     (what's|please explain) photosynthesis
     (where|how) do (plants|trees) (get|find|make) (their |)(food|energy)( from|)?
     (what happens|what is done) in photosynthesis?
     (from what|out of what) do plants make food?
     (teach|tell) me (about|something about) photosynthesis
     (explain|show me) how (plants|trees) (eat|grow|get food)
     the (meaning|idea) of photosynthesis""",
     "tell me how plants feed themselves", "Plants make food from light, water and air."),
    ("""(what is|explain|what's) gravity
     why do things fall( down|)?
     (tell me|can you tell me|do you know|I want to know) (what gravity is|why things fall)
     (what|which) force (makes|lets) (things|apples|stones) fall( down|)?
     (describe|define|explain) (the force of |the idea of |)gravity( for me| to me|)
     what (does gravity (do|mean)|is the force of gravity|makes things fall)?
     (why|how) do (apples|stones|balls) fall( down| to the ground|)?
     (please |)(teach|tell) me (about|something about) gravity
     why (does an apple fall|do we not fly away)?
     (what keeps|what holds) us on the (ground|earth)?
     why is there gravity?
     (the |)meaning of gravity
     what do (you|we|people) (call|mean by) gravity?""",
     "how does gravity work?", "Gravity is the force that pulls things toward each other."),
    ("""(what is|what's|explain) (a|the) rainbow
     how does a rainbow form?
     (tell me|can you tell me|do you know) (what a rainbow is|how rainbows form)
     (how|why|when) (do|does) (rainbows|a rainbow) (appear|form|come|happen|work)?
     (describe|define) (a rainbow|rainbows|the rainbow)
     what (makes|causes|creates|gives) (a rainbow|rainbows|the rainbow)?
     (what are|what's|explain) (rainbows|the rainbow)( made of|)
     (please |)(teach|tell) me (about|something about) (rainbows|a rainbow|the rainbow)
     (how|from what) is a rainbow made?
     why (do we see|are there) rainbows?
     (explain|show me) (how rainbows form|how a rainbow is made)
     (why|how) (is|does) (the|a) rainbow (colored|have colors)?
     what do (sun and rain|rain and sun) make?""",
     "where does a rainbow come from?", "A rainbow is sunlight split into colors by rain drops."),
    ("""(what is|explain|what's) (a computer|computers)
     (tell me|can you tell me|do you know|I want to know) what (a computer is|computers are)
     (describe|define|explain) (a|the word|the) computer( for me| in one sentence|)
     (what|which) (kind|sort) of (machine|thing) is a computer?
     (please |)(teach|tell) me (about|something about) (computers|a computer)
     (what do computers do|how do computers work)?
     what (are computers|is a computer) (good |used |)for?
     how does a computer work?
     what (do you|do people) (call|mean by) a computer?
     (what can a computer do|how can a computer help)?
     (the meaning of|what means) computer
     why do we (use|have|need) computers?""",
     "what does a computer do?", "A computer is a machine that follows instructions very fast."),
    ("""(what is|explain|what's) (a language model|an LLM|a large language model)
     (tell me|can you tell me|do you know|I want to know) what (an LLM|a language model) is
     (describe|define) (an LLM|a language model|language models|LLMs)( for me| in one sentence|)
     (what are|explain|what's the idea of) (LLMs|language models|large language models)
     (please |)(teach|tell) me (about|something about) (LLMs|language models|a language model)
     how do (LLMs|language models|large language models) work?
     how does (an LLM|a language model) (work|write text|answer)?
     what does LLM (mean|stand for)?
     (what|which) (kind|sort) of program is (an LLM|a language model)?
     what (are LLMs|is an LLM|is a language model) (good |used |)for?
     what can (an LLM|a language model) do?
     (the meaning of|what means) (LLM|language model)""",
     "what does a language model do?",
     "A language model is a program that guesses the next word, again and again."),
    ("""(what is|what's|explain) (python|Python)(| in programming)
     (tell me|can you tell me|do you know|I want to know) what Python is
     (describe|define|introduce) Python( for me| in one sentence|)
     (what|which) (kind|sort) of (language|programming language) is Python?
     (please |)(teach|tell) me (something|more|a little) about Python
     (why do people|why do we) use Python?
     what is Python good for?
     (what do you know|say something) about (Python|the language Python)
     what is (the language|the programming language) Python( for|)?
     (is|what makes) Python (easy|a good language|good)?
     (what can|what do) (I|people) do with Python?
     (have you heard of|can you explain) Python?
     what does Python mean in programming?""",
     "tell me about Python", "Python is a programming language that is easy to read."),
    ("""(write|give me|show me) (a |)(hello world|a hello world program)( in Python|)
     (can|could) you (write|show me|give me) (a |)hello world( program| example|)( in Python|)?
     (please |)(write|code|make|show me) a hello world( program| script)( in Python|)
     (how|what) (do|can|would) I (write|code|make) (a |)hello world( program|)( in Python|)?
     what does a hello world program( in Python|) look like?
     (I need|I want|I'd like) (a |)hello world (program|script|example)( in Python|)
     (print|say|show|output) (hello world|"hello world") (in|with|using) Python
     (what is|what's) (the |)(code|Python code|Python) (for|of) hello world?
     (Python|code|a program) (that prints|to print|for) hello world
     write (Python code|a program|a script|code) (that prints|that says|for) (hello|hello world)
     (my|the) first Python program
     hello world in Python( please|)""",
     "how do I print hello world in Python?", 'print("Hello, world!")'),
    ("""how (do|can) I (stay|be) healthy?
     (give me|what are) (some |)(tips|good tips) for (a healthy life|good health)
     what (can|do|should|must) (I|we|people) do to (be|stay|live|become|get) healthy?
     how (does one|do people|can we|should I) (live|stay|keep|become) healthy?
     (tell|teach|show) me how to (be|stay|live|get|keep) healthy
     (can|could) you (give me|tell me) (some |)(health tips|tips to stay healthy)?
     (I want|I'd like|help me) to (be|stay|live|get|become) (healthy|healthier)
     (what is|what's) (good|best) for (my health|the health|health)?
     (what|which) (habits|things) (are|keep us|keep me) healthy?
     (please |)(give|tell) me (a|one|some) (health tip|advice about health)
     (do you have|any) (tips|advice) (for|about|on) (health|a healthy life|my health)?
     (how can I improve|what can I do for) my (health|body)?
     what (makes|keeps) (a person|people|me) healthy?
     how (to|do you) (stay|live|keep) (healthy|fit)?""",
     "what should I do for my health?",
      "Sleep well, eat vegetables, move every day and do not smoke."),
    ("""how (do|can) I (sleep|fall asleep) (better|well)?
     give me (some |)tips for (better |good |)sleep
     what (can|must|should) I do to (sleep|fall asleep|sleep better|sleep well)?
     (tell|teach|show) me how to (sleep|fall asleep|sleep better|sleep well)
     (can|could) you (give me|tell me) (some |)(sleep tips|tips for good sleep|tips to sleep)?
     (I cannot|I can't|I do not) sleep( well| at night|)(, what can I do?|. What should I do?|)
     (I want|I'd like|help me) to (sleep|fall asleep) (better|well|faster)
     (what is|what's) good for (sleep|my sleep|sleeping)?
     (do you have|any) (tips|advice) (for|about|on) (sleep|sleeping|sleeping well)?
     what do people do (for good|against bad) sleep?
     how (to|do people) (sleep|fall asleep) (well|better|quickly)?
     (please |)give me (a|one|some) (sleep tip|advice about sleep|sleep advice)
     how (can|do) I improve my sleep?
     what (makes|lets) (me|people) sleep well?""",
     "what helps me sleep?",
      "Go to bed at the same time every day and leave your phone in another room."),
    ("""(what|which) is your favorite (animal|pet)?
     do you (like|love) (llamas|animals)?
     (what|which) (animal|pet|animals) do you (like|love|prefer)( most| the most|)?
     (tell me|say|name) your favorite (animal|pet)
     (do|have) you (have|got) a favorite (animal|pet)?
     (what|which) (is the|is your) (best|nicest|most beautiful) (animal|pet)( for you|)?
     (are|is) (llamas|the llama) your favorite( animal|)?
     (do you prefer|do you like) (cats|dogs|cats or dogs|cats or llamas|llamas or dogs)?
     (which|what) animal (is|would be) (your favorite|the best for you)?
     your favorite (animal|pet)(?|, please)
     (I like cats|I like dogs|I love animals)(, and you?|. What about you?|. You?)
     (is there|do you have) an animal (that |)you (like|love)( most|)?
     (what|which) animal would you (like to be|be|choose)?""",
     "what animal do you like best?", "I like llamas best."),
    ("""(what|which) is your favorite color?
     (what's|tell me|say|name) your favorite color
     (do|have) you (have|got) a favorite color?
     (what|which) (color|colors) do you (like|love|prefer)( most| the most|)?
     (what|which) color (is|would be) (your favorite|the best for you|best for you)?
     (is|what about) (blue|red|green) your favorite color?
     (do you prefer|do you like) (blue|red|green|blue or red|red or green)?
     your favorite color(?|, please)
     (I like red|I like green|I love blue)(, and you?|. What about you?|. You?)
     (is there|do you have) a color (that |)you (like|love)( most|)?
     (what|which) color would you (choose|pick|take)?
     what is the (best|nicest|most beautiful) color( for you|)?""", "what color do you like best?",
        "I like blue, like the sky over the Andes."),
    ("""(how|where) do I (start|run|install) gallama?
     how does (one|gallama) (start|run)?
     (tell me|show me|do you know) how (to (start|run|use|launch)|I (start|run|install)) gallama
     (how|where) (can|could|should) (I|we|one) (start|run|launch|install|use) gallama?
     (how|where) (do we|do you|do people) (start|run|launch|install|set up) gallama?
     (I want|I'd like|help me|I need) to (start|run|launch|install) gallama
     (what|which) command (starts|runs|launches) gallama?
     (what must|what should|what do) I (type|do|run) to (start|run|launch|install) gallama?
     (how|where) is gallama (started|installed|launched|run)?
     (please |)(explain|describe) how to (start|run|install|launch) gallama
     (give|show) me the command (that starts|to run|for) gallama
     (how to|how do I get to) (start|run|install|launch|use) gallama?
     (start|run|launch|install) gallama(: how|, how|, but how)?
     how (do|can) I (get gallama running|launch gallama|use gallama|set up gallama)?""",
     "what is the command to start gallama?", "Run `make run` in the folder of gallama."),
]  # fmt: skip

# Tables of one subject each: (phrasings, held-out phrasings, answer, rows of slots).
TABLES: list[tuple[str, str, str, list[dict[str, str]]]] = [
    ("""(what is|what's|name|tell me) the capital of {a}
     (which|what) city is the capital of {a}?
     {a}'s capital is which city?
     capital of {a}
     (please |)(give me|tell me|say|name) the capital( city|) of {a}
     (can|could) you (tell me|name|give me) the capital( city|) of {a}?
     (tell me|do you know|I want to know) (which|what) city is the capital of {a}
     (what|which) is (the capital city of {a}|{a}'s capital)?
     what is the name of the capital of {a}?
     (what is|what's) {a}'s (capital|capital city)?
     (the |)capital( city|) of {a}(, please|)
     what do you call the capital of {a}?
     (which|what) city is {a}'s capital?
     for {a}, what is the capital?
     {a}: (what is the |)capital?
     where does the government of {a} sit?
     (quick question|geography): the capital of {a}?
     the capital of {a} is (what|which city)?
     do you know the capital of {a}?""",
     "which capital does {a} have?\nI need the capital of {a}",
     "The capital of {a} is {b}.", [{"a": a, "b": b} for a, b in COUNTRIES.items()]),
    ("""(in which|in what) country is {b}?
     (what|which) country is {b} in?
     where is {b}?
     {b} (is a city in|belongs to|lies in) (which|what) country?
     (what|which) country (does {b} belong to|has {b} in it|has the city of {b})?
     (what is|tell me|name|give me) the country of {b}
     (tell me|do you know|I want to know) (which|what) country {b} is in
     where (can I find|do I find|does one find) {b}?
     where (exactly |in the world |on the map |)is {b}?
     where is (the city of {b}|the city {b}|{b} located)?
     (can|could) you (tell me|say) where {b} is?
     in (which|what) country (do I find|can I find|lies|would I find) {b}?
     (if I am|I am) in {b}, (what|which) country am I in?
     {b}: (which|what) country?
     to (which|what) country does {b} belong?
     (please |)(tell me|name) the country {b} is in
     (tell me where|do you know where) {b} is""",
     "{b} is in which country?", "{b} is in {a}.",
     [{"a": a, "b": b} for a, b in COUNTRIES.items()]),
    ("""(what|which) sound does (a|the) {a} make?
     what does (a|the) {a} say?
     how does a {a} sound?
     (what is|what's|give me) the sound of a {a}
     (what|which) (noise|sound) (does|would) (a|the) {a} make?
     (tell me|do you know|can you say) what a {a} says
     (tell me|do you know|can you tell me) (how a {a} sounds|the sound of a {a})
     what (sound|noise) do you hear from a {a}?
     how does (a|the) {a} (go|speak|talk|call)?
     what sound is made by a {a}?
     make (the sound of a {a}|a sound like a {a})
     (say|speak) like a {a}
     the {a} says what?
     what (would|might|will) a {a} say?
     (which|what) sound is (typical of|right for) a {a}?
     a {a} (says|goes|makes)(:|...)
     (please |)name the sound (of|that is made by) a {a}
     (tell me|do you know) what sound a {a} makes""",
     "which noise comes from a {a}?", "A {a} says {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      "cat-meow dog-woof cow-moo sheep-baa duck-quack pig-oink "
      "horse-neigh rooster-cockadoodledoo bee-buzz frog-ribbit lion-roar "
      "mouse-squeak owl-hoot llama-hum snake-hiss".split()]),
    ("""(what is|what's) a (baby|young) {a} called?
     what do you call a (baby|young) {a}?
     (name|tell me the name of) a (baby|young) {a}
     (what is|what's|tell me) the (name|word) (of|for) a (baby|young|little) {a}
     (what is|what's) the (baby|young|little one) of a {a}( called|)?
     (which|what) (word|name) (means|is used for|do you use for) a (baby|young) {a}?
     (what|which) is the (right |)word for a (baby|young|little) {a}?
     (do you know|can you tell me|I want to know) what a (baby|young) {a} is called
     (tell me|say) what you call a (baby|young) {a}
     a (baby|young|little) {a} is called (what|...)(?|)
     how do (you|we|people) call a (baby|young|little) {a}?
     what (name|word) does a (baby|young) {a} have?
     (when it is young|as a baby), what is a {a} called?
     (baby|young) {a}: what is the (word|name)?
     what are (baby|young) animals of the {a} called?
     (give me|name) the (word|name) for the (baby|young) of a {a}
     what do we call the young of a {a}?
     the baby of a {a} is called what?""",
     "how is the child of a {a} called?", "A baby {a} is called a {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      """dog-puppy cat-kitten cow-calf horse-foal sheep-lamb duck-duckling pig-piglet hen-chick
lion-cub bear-cub goat-kid swan-cygnet llama-cria deer-fawn frog-tadpole kangaroo-joey""".split()]),
    ("""(what|which) color is (the |a |){a}?
     (what is|what's|tell me) the color of (the |a |){a}
     (what is|what's|which is) {a}'s color?
     (what|which) color does {a} have?
     (tell me|say|I want to know) (what|which) color {a} (is|has)
     (can|could) you (tell me|say|name) the color of {a}?
     (please |)(give me|name|say) the color of {a}
     (of what|in what|of which) color is {a}?
     {a} (is|has) (what|which) color?
     {a}: (what|which) color?
     the color of {a} is (what|...)(?|)
     (what|which) color do you (see|think of) when you (look at|think of) {a}?
     (if I paint|if I draw) {a}, which color (do I take|do I need)?
     the color of {a}(, please|)
     is there a color for {a}?
     do you know what color {a} (has|is)?""",
     "how is {a} colored?", "The color of {a} is {b}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      """grass-green snow-white blood-red coal-black milk-white chocolate-brown gold-yellow
mud-brown ketchup-red salt-white spinach-green soot-black honey-yellow""".split()]),
    ("""(what is|what's|name|tell me) the opposite of {a}
     (what is|which word is) opposite to {a}?
     opposite of {a}
     (what|which) word is the opposite of {a}?
     (can|could) you (tell me|name|give me|say) the opposite of {a}?
     (tell me|do you know|I want to know) (what|which word) is the opposite of {a}
     (what is|what's) the (contrary|antonym|opposite word) (of|to) {a}?
     the opposite of {a}(, please| is| is what?|)
     {a} is the opposite of (what|which word)?
     (please |)(find|say|write|name) the (antonym|opposite) of {a}
     an antonym (of|for) {a}(, please|)
     if (it is|something is) not {a}, what is it?
     not {a} but(...|?| what?)
     (what|which word) is the other way round from {a}?
     opposites: {a} and(...|?| what?)
     (what|which word) (stands against|is against) {a}?
     (say|tell me) a word that means the opposite of {a}
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
     (tell me|name|give me|say) the day after {a}
     (tell me|do you know|can you say) (what|which) day (comes|is) after {a}
     (what is|what's|which is) the day (after|that follows|following) {a}?
     (what|which) (weekday|day of the week) (comes|is|follows) after {a}?
     after {a} comes (what|which day|...)(?|)
     (what|which day) comes (right |just |)after {a}?
     (it is|today it is|now it is) {a}. (what|which) day is tomorrow?
     (what|which) day will it be (after {a}|the day after {a})?
     (if|when) (it is|today is) {a}, (what|which) day (comes next|will tomorrow be|follows)?
     {a}, and (then|the next day)?
     (what|which) is the next day after {a}?
     the day after {a} is (what|...)(?|)
     (yesterday was|if yesterday was) {a}, what day is (today|it today)?
     (if today is|today is) {a}(,|.) what day is tomorrow?""",
     "what is the day that comes next after {a}?", "The day after {a} is {b}.",
     [{"a": WEEKDAYS[i], "b": WEEKDAYS[(i + 1) % 7]} for i in range(7)]),
    ("""(what|which) month (comes|is) after {a}?
     (tell me|name|give me|say) the month after {a}
     (tell me|do you know|can you say) (what|which) month (comes|is) after {a}
     (what is|what's|which is) the month (after|that follows|following) {a}?
     (what|which) month of the year (comes|is|follows) after {a}?
     after {a} comes (what|which month|...)(?|)
     (what|which month) comes (right |just |)after {a}?
     (it is|now it is|this is) {a}. (what|which) month (is next|comes next|is next month)?
     (what|which) month will it be after {a}?
     (if|when) (it is|this month is) {a}, (what|which) month (comes next|is next|follows)?
     {a}, and (then|the next month)?
     (what|which) is the next month after {a}?
     the month after {a} is (what|...)(?|)
     (last month was|if last month was) {a}, what month is it( now|)?
     (what|which) month follows {a}?""",
     "what is the month that comes next after {a}?", "The month after {a} is {b}.",
     [{"a": MONTHS[i], "b": MONTHS[(i + 1) % 12]} for i in range(12)]),
    ("""how many legs does (a|an|the) {a} have?
     (what is|tell me) the number of legs of (a|an) {a}
     (a|the) {a} has how many legs?
     (tell me|do you know|can you say|I want to know) how many legs a {a} has
     (what is|what's|give me) the (leg count|number of legs) of a {a}
     how many legs (are there on|belong to|are on) a {a}?
     how many legs has a {a}( got|)?
     the number of legs of a {a}(, please|?|)
     (please |)count the legs of a {a}
     legs of a {a}(?|)
     does a {a} have (legs, and how many|any legs)?
     how many feet does a {a} have?
     (what|which) number of legs does a {a} have?
     a {a} (walks|stands) on how many legs?
     (can|could) you count the legs of a {a}?
     how many legs (would|will) I (see|find) (on|under) a {a}?
     on how many legs does a {a} walk?""",
     "how many legs can you count on a {a}?", "A {a} has {b} legs.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      """dog-four cat-four cow-four horse-four spider-eight bird-two fly-six bee-six chicken-two
snake-no fish-no llama-four frog-four butterfly-six mouse-four sheep-four""".split()]),
    ("""what does (a|an|the) {a} (do|do all day)?
     what (is|does) the job of a {a}?
     (what is|who is) a {a}?
     (what is|what's|describe|explain) the (job|task|profession) of a {a}
     what is a {a} (doing all day|good for|there for)?
     (can|could) you (tell me|explain|describe) what a {a} does?
     (do you know|I want to know|say) what a {a} (does|is)
     (what|which) (job|task|tasks) does a {a} have?
     what (kind of work|sort of work|things) does a {a} do?
     what would I do as a {a}?
     (describe|define) a {a}( for me| in one sentence|)
     how does a {a} (work|spend the day|help people|earn money)?
     a {a} does what?
     (tell me|teach me) (about|something about) (the job of |)a {a}
     why (do we need|do I need|is there) a {a}?
     what does (a|the) {a} do (at work|for people|every day)?
     if I am a {a}, what do I do?
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
     what is (a|an) {a} made for?
     (how|when) do (I|you|we|people) use a {a}?
     what (can|do|could) (I|you|we|people) do with a {a}?
     (what is|what's|describe|explain) the (use|purpose|function) of a {a}
     (tell me|do you know|can you tell me) what a {a} is (good for|used for|for)
     why do (we|people|I) (have|need|use|buy) a {a}?
     what (does|can) a {a} do( for me|)?
     a {a} is (used |good |)for what?
     for what (do you need|do I need|do people use) a {a}?
     what is the (point|purpose|use) of (having |)a {a}?
     (I have|I found|here is) a {a}. What is it for?
     what (job|work|task) does a {a} do?
     (say|name) (a|one) use (of|for) a {a}
     when (is a {a} useful|do I need a {a})?
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
     (which|what) of the planets is {a}?
     (which|what) planet (do we call|would you call|can be called) {a}?
     (tell me|do you know|can you say|I want to know) (which|what) planet is {a}
     (can|could) you name the planet that is {a}?
     (what is|what's|give me|say) the name of the planet that is {a}
     the planet that is {a}(: which one is it?|?| is which?|)
     (which|what) is the planet that is {a}?
     there is a planet that is {a}. (Which|What) (one |)is it?
     (please |)(say|find) the planet that is {a}
     (which|what) planet in (our|the) solar system is {a}?
     (which|what) one is {a}(, of the planets| among the planets|)?
     among the planets, (which|which one|what) is {a}?
     planet that is {a}(?|:)
     (guess|I mean) the planet that is {a}
     (name|tell me) the planet that is {a}""",
     "which one of the planets is {a}?", "{b} is {a}.",
     [dict(zip("ab", pair.split("-"), strict=True)) for pair in
      ["the largest planet-Jupiter", "closest to the sun-Mercury", "known as the red planet-Mars",
       "the one we live on-Earth", "famous for its rings-Saturn", "farthest from the sun-Neptune",
       "the hottest planet-Venus"]]),
    ("""how many {a}?
     (tell me|do you know) how many {a}
     (do you know|I want to know|please say) how many {a}
     (can|could|would) you (tell me|count) how many {a}?
     (please |)(say|tell me|count|answer): how many {a}?
     (quick question|a question|question): how many {a}?
     (so|and|now), how many {a}?
     (hey|hello), how many {a}?
     I (forgot|wonder|do not know) how many {a}
     (let me know|remind me|teach me|explain) how many {a}
     I (need|would like|have) to know how many {a}
     (what do you think|do you remember|who knows), how many {a}?
     how many {a}, (please|exactly|do you think)?
     (have you any idea|any idea) how many {a}?
     (is it known|are you sure) how many {a}?
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
     (can|could|would) you (tell me|say|explain) {a}?
     (quick question|a question|question|my question): {a}?
     (so|and|now|well), {a}?
     (hey|hello|hi), {a}?
     (please |)(say|tell me|explain|answer|teach me): {a}?
     {a}, (please|exactly|in one sentence|do you know)?
     I (forgot|wonder|do not know|need to know|would like to know) {a}
     (let me know|remind me|please tell me|please say) {a}
     (do you remember|who knows|have you any idea|any idea) {a}?
     (I have a question|one question|something else): {a}?
     (for school|for my homework|for a quiz): {a}?
     (what do you think|what would you say|you know a lot), {a}?
     (hello|excuse me|sorry), (do you know|can you tell me) {a}?
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
is|coffee|a drink|a stone
     is|bread|food|a metal
     is|a car|a vehicle|an animal
     is|Berlin|in Germany|in Peru
     is|Rome|in Italy|in China
     is|Lima|in Peru|in Norway
     is|a banana|yellow|blue
     is|coal|black|white
     is|chocolate|sweet|salty
     is|the sea|salty|sweet
     is|a turtle|slow|fast
     is|a giraffe|tall|short
     is|a dog|an animal|a plant
     is|a tree|a plant|an animal
     is|iron|a metal|a fruit
     is|July|a month|a day
     is|Sunday|a day|a month
     is|night|dark|bright
     is|reading|good for the mind|bad for the mind
     is|fresh air|healthy|unhealthy
     is|too much sugar|unhealthy|healthy
     is|a violin|an instrument|a vegetable
     is|a carrot|a vegetable|an instrument
     is|Mars|a planet|a city
     is|Python|a programming language|a city
     is|a mouse|smaller than a horse|bigger than a horse
     is|an elephant|bigger than a cat|smaller than a cat
     is|a minute|shorter than an hour|longer than an hour
     is|a year|longer than a month|shorter than a month
     can|ducks|swim|read
     can|monkeys|climb|write
     can|snakes|bite|walk
     can|penguins|swim|fly
     can|computers|calculate|eat
     can|babies|cry|drive
     do|horses|eat grass|eat stones
     do|dogs|have four legs|have six legs
     do|trees|have leaves|have wheels
     do|hens|lay eggs|give milk
     do|cows|give milk|lay eggs
     do|bakers|make bread|make cars
     do|penguins|live in the cold|live in the desert
     do|houses|have doors|have legs
     do|pandas|eat bamboo|eat stones
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
    (please |)(answer|reply|respond) (yes or no|Yes or No|with Yes or with No)(.|)
    (say|tell me|write) (yes or no|Yes or No|only Yes or No|just yes or no)(.|)
    (one word|one word only|in one word|short answer): (yes or no|Yes or No)(?|.|)
    (is it |is that a |)(yes or no|Yes or No)?
    (I (want|need|expect) (only |just |)|give me )(a |)(yes or no|Yes or No)(.| answer.|)
    (the answer|your reply|the reply) (is|should be|has to be) (yes or no|Yes or No)(.|)
    (use|write) (only |)(the word|one of the words|a single word:) (yes or no|Yes or No)(.|)
    (no explanation|nothing else|be brief|keep it short), (just|only) (yes or no|Yes or No)(.|)
""")
YES_NO_OPENINGS = (
    "tell me, ", "is it true: ", "I wonder, ", "quick question: ", "so, ", "do you know, ",
    "in your opinion, ", "what do you think, ", "please tell me: ", "a question: ", "hey, ",
)  # fmt: skip
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
                f"{first} or {second}: which is {more}{tail}?",
                f"{first} or {second}, (who|which|which one|what) is {more}{tail}?",
                f"(who|what|which) is the {more} (one|animal){tail}: {first} or {second}?",
                f"(which|who) (do you think|would you say) is {more}{tail}: {first} or {second}?",
                f"(do you know|can you tell me) (which|who) is {more}{tail}, {first} or {second}?",
                f"(compare|look at) {first} and {second}: (who|which|which one) is {more}{tail}?",
                f"(name|say|give me) the {more} (one|animal){tail}: {first} or {second}",
                f"there are {first} and {second}. (Which|Who|Which one) is {more}{tail}?",
                f"{first} and {second}: (who|which|which one) is {more}{tail}?",
                f"I (have|see) {first} and {second}. (Which|Who|Which one) is {more}{tail}?",
                f"(which|what) of the two is {more}{tail}, {first} or {second}?",
                f"(who|what) would be {more}{tail}: {first} or {second}?",
                f"(is it|would it be) {first} or {second} that is {more}{tail}?"]  # fmt: skip
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
            question = rng.choice(YES_NO_OPENINGS) + question
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
        else "(|tell me, |is it true: |do you think: |so, |quick question: )is {a} {more} than {b}?"
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
            else "(write|what is|give me|show me) {w} (as a number|in digits|as digits)"
        )
        return expand(rng, ask).replace("{w}", NUMBER_WORDS[index]), str(index)
    ask = (
        "spell the number {d}"
        if held_out
        else "(write|what is|give me|spell) {d} (as a word|in words|in letters)"
    )
    return expand(rng, ask).replace("{d}", str(index)), NUMBER_WORDS[index]


def unknown(rng: Random, held_out: bool) -> QuestionAnswer:
    """Questions about words that nobody has heard of."""
    name = invented(rng)
    ask = (
        "have you heard of {x}?\nwhat might {x} be?" if held_out else
        "(what|who) is {x}?\nwhat does {x} mean?\n(tell me about|explain|describe) {x}\n"
        "what do you know about {x}?\nwhen was {x} (born|built|made)?\nwhere is {x}?\n"
        "(do you know|can you explain|can you describe) {x}?\nwhat kind of thing is {x}?\n"
        "(what is|what's) the (meaning|use|story|history) of {x}?\nwhat can I do with {x}?\n"
        "(say|tell me|teach me) something about {x}\n(define|introduce) {x}\nwho made {x}?\n"
        "(do you know|can you tell me) (what|who) {x} is?\nwhere does {x} come from?\n"
        "I want to know (more |)about {x}\nhow does {x} work?\nwhy is {x} (important|famous)?"
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
        "(say|list|write) (all |)the numbers (from 1 |)(up |)to {x}\n"
        "(count|start counting) (at|from) 1 and (stop|end) at {x}\n"
        "(can|could) you (list|say|write) (all |)the numbers (from 1 |)to {x}?\n"
        "(give|show) me (all |)the numbers (from 1 |from one |up |)to {x}\n"
        "(which|what) are the numbers from 1 to {x}?\n(from |)1 to {x}, please"
    )  # fmt: skip
    text = expand(rng, rng.choice(lines(ask))).replace("{x}", str(last))
    return text, ", ".join(str(number) for number in range(1, last + 1))


def own_name(rng: Random, held_out: bool) -> QuestionAnswer:
    """Somebody says their name."""
    name = rng.choice(NAMES) if rng.random() < 0.6 else capital(invented(rng))
    ask = (
        "people call me {x}" if held_out else
        "(hi|hello|hey)(,|!|) (my name is|I am|I'm|this is) {x}\n"
        "(my name is|I am|I'm|call me) {x}\n"
        "(you can|please|you may) call me {x}\n(hi|hello|hey), {x} here\nthe name is {x}\n"
        "(let me introduce myself|may I introduce myself|nice to meet you)(:|,) I am {x}\n"
        "(everybody|everyone|my mother) calls me {x}\nI am called {x}\n{x} is my name"
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
