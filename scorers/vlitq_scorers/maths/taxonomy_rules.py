"""What an instruction asks for: phrases in order of priority for its task, its reasoning and its focus."""

from __future__ import annotations

from vlitq_scorers.maths.phrasebook import Block, Phrasebook

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
        "brighter|darker|cheaper|better|worse|closer|thicker|thinner"
    ),
    "side": "left|right|above|below|behind|beside|under|beneath|underneath|near|between|inside|opposite",
    "might": "might|may|could|can|would|will|does|do|did",
}

TASK = Phrasebook(
    (
        Block(
            "create",
            """
            ^ @write * @story, write me|us|a|an|some * @story, help me|us write, background story, creative caption
            ^ rewrite, ^ turn * into, transform * into a|an|code|html, convert * into|to, into a * program|website
            funny|humorous|witty|catchy|creative|poetic|clever|social * caption|title, in the style of, ^ imagine
            meme * caption, ^ pretend, ^ role-play, write * code|template|python|html, ^ continue the story, ^ invent
            ^ write|generate * question|questions, ^ create|design a|an, ^ brainstorm
            """,
        ),
        Block("describe", "description|caption|descriptions for|of * region|area|box|object, describe * region|area"),
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
            "solve",
            """
            ^ solve, ^ calculate, ^ compute, ^ prove, ^ derive, step by step, think step-by-step, equation, equations
            theorem, triangle, perimeter, hypotenuse, radius, find the value, value of x|y|z, find x|y
            ^ find the area, puzzle, riddle, can you calculate, ^ answer question
            ^ answer the question * using the figure, next in the sequence
            what|which number|shape|figure should|comes, total cost of, the following equation, sudoku, chess * move
            """,
        ),
        Block(
            "chart",
            """
            chart, charts, graph, bar|line|pie plot, x-axis, y-axis, axis, histogram, scatter plot, flowchart, diagram
            legend, infographic, pie, this|the table * report|reports|reporting|show|shows|list|lists, trend, trends
            in|from|of the|this|given table $, table show|shows, highest|lowest value, bars
            """,
        ),
        Block("knowledge", "in his|her|their career, how many calories, how many years, nutritional value"),
        Block("count", "how many, ^ count, number of, what number of, total count"),
        Block(
            "compare",
            """
            difference, differences, differ, differs, different from, compare, compared, comparing, comparison
            contrast, similarity, similarities, in common, @than than, @than or, which|who * @than
            which one is more|the|better, more|less|fewer * than, same * as, how similar, similar to, alike, identical
            the same color|shape|size, which of the two, the @than man|woman|person|one|object
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
            mood, emotion, emotions, unusual, strange, weird, unique, interesting about, meaning, message, symbolize
            symbolizes, symbolism, conveyed, convey, role of, factors, might|could be, what if, can this happen
            plan|planning to, about to
            """,
        ),
        Block(
            "knowledge",
            """
            who wrote|painted|directed|invented|designed|built|founded|composed|created, history, historical, artist
            author, how to make|cook|prepare|fix|use|grow, how do|can|should|would * make|cook|prepare, recipe
            ingredients, ingredient, tell * about|more, ^ introduce, introduction, famous|known for, origin, originate
            originated, invented, discovered, scientific name, habitat, calories, nutritional, nutrition, fun fact
            facts about, fact about, which|what movie|film|country|city|species|breed, native to, capital of
            when was * built|made|released|founded, what year, founded, population, commonly used, used for
            made of|from, take care of, treat, treatment
            """,
        ),
        Block(
            "read_text",
            """
            @might|it|they|sign|shirt say, says, said, read, reads, written, text, texts, word, words, transcribe, ocr
            spelled, spell, brand, logo, title, license|licence plate, sign, signs, label, labeled, phone number
            the number on, number is on, heading, headline, letter|letters is|are|on, time is|shown * clock|watch
            price, date, caption of, name of the, name on, quote, mentioned, stated, book, receipt, document, form
            reference ocr token, mean
            """,
        ),
        Block(
            "describe",
            """
            @imperative, description, in detail, details, detailed, key|main elements, overview
            what is|are|do|can * @picture $, what is|are happening|shown|depicted|displayed|presented
            what's happening|shown|going, going on, taking place, about the|this @picture, contents, content of
            main features, what do|can you see, explain * visual content, ^ share|present|relay|render|give * of
            ^ analyze, ^ analyse, ^ examine, ^ break down, ^ clarify, what * @clip show|about, summary
            what is|does the|this @picture about|show|shows
            """,
        ),
        Block(
            "converse",
            """
            think, opinion, should i|we|he|she|they|one|you, would you, advice, advise, recommend, recommendation
            hello, hi, thanks, thank, how are you, anything to say, do you like, your favorite, what should
            who are you, your name, tips, suggestion, suggestions
            """,
        ),
        Block("locate", "^ is|are|was * to the left|right of|side, ^ is|are * @side|on|in * or"),
    ),
    NAMES,
)

REASONING = Phrasebook(
    (
        Block(
            "numerical",
            "how many, ^ count, how much, total, average, calculate, percentage, sum of, difference between * number",
        ),
        Block(
            "commonsense",
            """
            funny, humor, humour, humorous, amusing, joke, ironic, feel, feeling, emotion, emotions, mood, intention
            think about, unusual, strange, weird, real world, real life, relationship between * people|man|woman
            should i, anything to say
            """,
        ),
        Block(
            "causal",
            """
            why, how come, reason, reasons, purpose, will happen, happen next, happens next, consequence, consequences
            effect, effects, impact, cause, caused, causes, affect, affects, what if, result of, lead to, predict
            """,
        ),
        Block("logical", "step by step, step-by-step, puzzle, riddle, ^ prove, theorem, solve, deduce"),
        Block(
            "comparative",
            """
            difference, differences, compare, comparison, @than than, similar, similarities, in common, more * than
            the same * as
            """,
        ),
        Block(
            "spatial",
            """
            ^ where, where's, left, right, above, below, behind, in front, next to, beside, spatial, position, located
            bounding box, coordinates, between the, how far, direction, on top of, under the, side of, nearest
            closest
            """,
        ),
        Block(
            "commonsense",
            "@might be|have, likely, probably, infer, inferred, suggest, suggests, challenges, benefits, risks",
        ),
    ),
    NAMES,
)

FOCUS = Phrasebook(
    (
        Block(
            "region",
            "bounding box, bounding boxes, this|given|provided|following region|area|box, region of, coordinates",
        ),
        Block("video", "@clip, sequence of images, series of images, these|the|following frames"),
        Block(
            "text",
            """
            what * say|says|read|reads, written, ocr, transcribe, read the, text, words on|in, title of, brand
            letters on|in, spelled, license plate, reference ocr token, number on the, name of the book|company|store
            who wrote this book, what is the * according to
            """,
        ),
        Block(
            "region",
            """
            on|to|at the left|right, on|to|at the far left|right, left|right|top|bottom side|corner|half|part
            in the background, in the foreground, in the corner|middle|center|centre
            in front of|behind|above|below|under|beneath|beside the, next to the, the leftmost|rightmost
            red|blue|green|yellow box|circle|arrow|rectangle, circled, highlighted
            """,
        ),
    ),
    NAMES,
)
