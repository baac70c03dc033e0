"""What an instruction asks for: phrases in order of priority for its task, its reasoning and its focus."""

from __future__ import annotations

from functools import cache

from vlitq_scorers.maths.phrasebook import Block, Phrasebook


@cache
def tasks() -> Phrasebook:
    """The phrases of each task."""
    return Phrasebook(TASK, NAMES)


@cache
def kinds_of_reasoning() -> Phrasebook:
    """The phrases of each kind of reasoning."""
    return Phrasebook(REASONING, NAMES)


@cache
def focuses() -> Phrasebook:
    """The phrases of each focus."""
    return Phrasebook(FOCUS, NAMES)


NAMES = {
    "picture": (
        "image|images|picture|pictures|photo|photos|photograph|scene|drawing|illustration|figure|snapshot|screenshot"
    ),
    "clip": "video|videos|clip|clips|footage|frame|frames",
    "write": "write|compose|create|generate|draft|craft|make|design|invent|produce|give|provide|come|think|need|want",
    "story": (
        "story|stories|poem|poems|haiku|limerick|sonnet|song|songs|lyrics|rap|advertisement|advert|ad|slogan|tagline|"
        "dialogue|conversation|monologue|script|letter|email|postcard|tweet|post|blog|article|essay|speech|joke|"
        "jokes|fable|tale|narrative|backstory|html|program|website|webpage|headline|hashtags|diary|screenplay"
    ),
    "imperative": "describe|caption|summarize|summarise|depict|narrate|portray|characterize|illustrate|elaborate",
    "than": (
        "bigger|larger|taller|smaller|shorter|longer|higher|lower|older|younger|heavier|lighter|wider|faster|slower|"
        "brighter|darker|cheaper|better|worse|closer|thicker|thinner|greater|less|more|fewer"
    ),
    "most": (
        "highest|lowest|most|least|largest|smallest|biggest|tallest|shortest|longest|hottest|coldest|oldest|youngest|"
        "maximum|minimum|greatest|fewest|fastest|slowest|heaviest|lightest|best|worst"
    ),
    "quantity": (
        "value|values|number|share|percentage|percent|rate|ratio|salary|price|cost|sales|revenue|income|amount|"
        "population|average|score|scores|temperature|gdp|expenditure|profit|production"
    ),
    "heading": "year|years|month|months|country|department|category|state|company|group|quarter|line|bar|color",
    "side": "left|right|above|below|behind|beside|under|beneath|underneath|near|between|inside|opposite",
    "attribute": (
        "color|colour|kind|type|sort|shape|material|animal|sport|season|room|time|weather|breed|city|country|species|"
        "food|dish"
    ),
    "might": "might|may|could|can|would|will|does|do|did",
    "person": "man|woman|person|people|boy|girl|child|children|kid|player|guy|lady|dog|cat|animal|they|he|she",
}

TASK = (
    Block(
        "create",
        """
            ^ @write * @story, write me|us|a|an|some * @story, help me|us write, background story, creative caption
            ^ rewrite, ^ turn * into, transform * into a|an|code|html, convert * into|to, into a * program|website
            funny|humorous|witty|catchy|creative|poetic|clever|social * caption|title, in the style of, ^ imagine
            meme * caption, ^ pretend, ^ role-play, write * code|template|python|html, ^ continue the story, ^ invent
            ^ write|generate * question|questions, ^ create|design a|an, ^ brainstorm, tell me|us a|an @story
            ^ suggest a|an title|caption|name, ^ generate * code|latex
            """,
    ),
    Block(
        "describe",
        """
            description|caption|descriptions for|of * region|area|box|object
            describe * region|area|object|interaction, happening in the region|area
            tell * about the region|area|object
            """,
    ),
    Block(
        "read_text",
        """
            is|are there any? text|words|writing, read it|the|this|aloud, written, transcribe, extract * text, ocr
            title of, author|wrote|genre * book, book * author|genre, what|which type|kind of book
            what word|words|letter|letters, spelled, reference ocr token
            """,
    ),
    Block(
        "recognise",
        """
            ^ identify, ^ classify, ^ recognize, ^ name the, ^ list, is it|this|that correct|true
            where * taken|filmed, what place, what are the * objects
            """,
    ),
    Block(
        "locate",
        """
            bounding box, bounding boxes, coordinates of, coordinate of, ^ where is|are|was|were|does|do|can|on|in
            where's, ^ locate, ^ point to|out|at, spatial relation|relationship|relations, position of, location of
            positioned, located, which|what side, which|what direction, ^ segment, ^ detect, ^ localize, ^ ground
            find * region|location, give * region|regions, how far, which part of the @picture
            """,
    ),
    Block(
        "knowledge",
        """
            in his|her|their career, how many calories, nutritional value, born before|after|in, age gap|difference
            in * lifetime, still alive, function of the|this|a, functions of
            """,
    ),
    Block(
        "chart",
        """
            chart, charts, graph, bar|line|pie plot, x-axis, y-axis, axis, histogram, scatter plot, flowchart, legend
            infographic, pie, this|the table * report|reports|reporting|show|shows|list|lists, trend, trends
            according to the|this table, in|from the|this|following|given table, following table, bars, ylabel|xlabel
            of|in the|this plot, bar, @most * @quantity, @quantity * @most, which|what @heading * @most
            average|total|sum of? the? @quantity, difference between the @quantity, in how many @heading
            percentage|ratio of, how much is|did|does|was|were, how much money, dimension|dimensions of, total amount
            average * price|cost|salary|number, have|has the minimum|maximum|highest|lowest, the minimum|maximum $
            area under the curve, low|high median, smoothest, roughest, median, intersect
            """,
    ),
    Block(
        "solve",
        """
            ^ solve, ^ calculate, ^ compute, ^ prove, ^ derive, step by step, think step-by-step, equation, equations
            theorem, triangle, perimeter, hypotenuse, radius, find the value, value of x|y|z, find x|y
            ^ find the area, puzzle, riddle, can you calculate, ^ answer question
            ^ answer the question * using the figure, next in the sequence
            what|which number|shape|figure should|comes, this|the function, the following equation, sudoku
            chess * move, particle|particles, food web|chain, organism|organisms, solution|solutions, is the function
            function f|g|h, the limit of, derivative, integral, degree of the|this, measure of, angle
            length|area|volume of, as shown in the figure|diagram|following, odd or even, shortest path, what fraction
            logical sequence, measure the length, millimeters|centimeters|inches long|tall, missing number
            number is missing, if x|y|z, kinetic energy|energies
            """,
    ),
    Block("count", "how many, ^ count, number of, what number of, total count"),
    Block(
        "compare",
        """
            difference, differences, differ, differs, different from, compare, compared, comparing, comparison
            contrast, similarity, similarities, in common, @than than, @than or, which|who * @than
            which one is the|better, same * as, how similar, similar to, alike, identical, the same color|shape|size
            which of the two, the @than man|woman|person|one|object
            """,
    ),
    Block(
        "converse",
        """
            you think about, your opinion, would you, advice, advise, recommend, recommendation, anything to say
            do you like, your favorite, suggest any|some|improvements, hello, thanks, thank you, how are you
            who are you, your name, tips, suggestions
            """,
    ),
    Block(
        "knowledge",
        """
            how to make|cook|prepare|use|grow, how do|can|should|would i|we|you * make|cook|prepare, recipe
            ingredients, ingredient, should i|we do after|before|next|when, steps to, instructions for
            advantages|features|uses of this product, movie, film
            """,
    ),
    Block(
        "explain",
        """
            why, how come, reason, reasons, purpose, purposes, funny, humor, humour, humorous, amusing, ironic, infer
            inferred, inference, imply, implies, suggest * about, deduce, conclude, will happen, happen next
            happens next, happened before, consequence, consequences, impact, effect, effects, affect, influence
            contribute, contributes, challenges, challenge, benefit, benefits, advantages, disadvantages, risk, risks
            danger, dangers, precautions, significance, importance, important, intention, intentions, intend
            motivation, cause, caused, causes, potential, ^ explain, ^ interpret, @might * feel, @might * feeling
            mood, what does * mean, unusual, strange, weird, unique, interesting about, meaning, message, symbolize
            symbolizes, symbolism, conveyed, convey, role of, factors, might|could be, what if, can this happen
            plan|planning to, about to, predict, what|safe action|actions, lead|leads to, issue|problem|wrong with
            ^ based on, look like he|she|they, how did|might|could|would, what should the * vehicle|car|driver
            what might|could|would, what @might * afterwards|next, expect
            """,
    ),
    Block("describe", "^ @imperative"),
    Block(
        "recognise",
        """
            what|which @attribute, what is|are the @person * doing|wearing|holding|eating|riding|looking
            ^ is|are there, ^ do you see, ^ can you see, best describes, express * feelings|emotion, made of
            how is|are the, how does|do * look, ^ find a|an
            """,
    ),
    Block(
        "knowledge",
        """
            who wrote|painted|directed|invented|designed|built|founded|composed|created, history, historical, artist
            author, tell * about|more, ^ introduce, introduction, famous|known for, origin, originate, originated
            invented, discovered, scientific name, habitat, calories, nutritional, nutrition, fun fact, facts about
            fact about, native to, capital of, when was * built|made|released|founded, founded, population
            commonly used, used for, take care of, treat, treatment, how should i|we, how long should
            """,
    ),
    Block(
        "read_text",
        """
            @might|it|they|sign|shirt say, says, said, read, reads, written, text, texts, words on|in, brand, logo
            title, license|licence plate, sign, signs, label, labeled, phone number, number on, year on
            letter|letters on|in, heading, headline, time is|shown * clock, price, date, caption of, name of the
            name on, quote, mentioned, stated, book, receipt, document, form, page, initials, initial, id, ad offers
            talk|talks about, what number, jersey number
            """,
    ),
    Block(
        "describe",
        """
            @imperative, description, in detail, details, detailed, key|main elements, overview
            what is|are in|on the|this|these @picture $, what is|are happening|shown|depicted|displayed|presented
            what's happening|shown|going, going on, taking place, about the|this @picture, contents, content of
            main features, what do|can you see, explain * visual content, ^ share|present|relay|render|give * of
            ^ analyze, ^ analyse, ^ examine, ^ break down, ^ clarify, what * @clip show|about, summary
            what is|does the|this @picture about|show|shows, main|overall theme|topic|subject
            """,
    ),
    Block("converse", "think, opinion, should i|we|he|she|they|one|you, would you, what should"),
    Block("locate", "^ is|are|was * to the left|right|of|side, ^ is|are * @side|on|in * or"),
)

REASONING = (
    Block("numerical", "sum of, difference|gap between * @quantity, average of, how much cheaper|more|less"),
    Block("comparative", "@most * @quantity, which|what @heading * @most, @most value|bar|line|person|man|woman|one"),
    Block(
        "numerical",
        """
            how many, ^ count, how much is|was cheaper|more|less, how much cheaper|more|less, total, average
            calculate, sum of, rate of change, difference between * number, ratio of, add|subtract
            """,
    ),
    Block(
        "commonsense",
        """
            funny, humor, humour, humorous, amusing, joke, ironic, feel, feeling, feelings, emotion, emotions, mood
            intention, intentions, you think, unusual, strange, weird, real world, real life, should i|we
            anything to say, relationship between * people|man|woman|them, inferred, infer, react, expect, theme
            subject matter, recently, looks|look like he|she|they, personality
            """,
    ),
    Block(
        "causal",
        """
            why, how come, reason, reasons, purpose, will happen, happen next, happens next, consequence, consequences
            effect, effects, impact, cause, caused, causes, affect, affected, affects, what if, result of, lead to
            predict, actions, benefits, challenges, potential
            """,
    ),
    Block("logical", "step by step, think step-by-step, puzzle, riddle, ^ prove, theorem, solve, deduce"),
    Block(
        "comparative",
        """
            difference, differences, compare, comparison, @than than, similar, similarities, in common, the same * as
            the @most
            """,
    ),
    Block(
        "spatial",
        """
            to the left|right|side of, above the, below the, in front of, next to, spatial, positioned, located
            bounding, coordinates of, how far, which|what direction, which|what side, nearest, closest, surrounding
            interaction|interactions|relationship
            """,
    ),
    Block("commonsense", "might|may|could be|have, likely, probably, suggests, risks, safe"),
)

FOCUS = (
    Block(
        "region",
        """
            bounding box, bounding boxes, this|given|provided|following|the region|box, region of, coordinates
            """,
    ),
    Block("video", "@clip, sequence of images, series of images, these|the|following frames"),
    Block(
        "text",
        """
            what * say|says|read|reads, written, ocr, transcribe, read the, text, words on|in, title, brand
            subheading, letters on|in, spelled, license plate, reference ocr token, number on the
            """,
    ),
    Block(
        "region",
        """
            on|to|at the left|right, on|to|at the far left|right, left|right|top|bottom side|corner|half|part
            in the background, in the foreground, in the corner|middle|center|centre, in front of the
            behind|above|below|under|beneath|beside the, next to the, the leftmost|rightmost, circled, highlighted
            red|blue|green|yellow box|circle|arrow|rectangle
            """,
    ),
)
