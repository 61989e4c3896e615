"""What a score of each action unit means, as published with the scale, in our words.

D. J. Langford et al., Coding of facial expressions of pain in the laboratory mouse, Nature Methods 7, 447–449 (2010),
and the coding manual that is its supplement. Words that could tell a recording's condition are left out of the pages.
"""

SCORE_NAMES = {"0": "Normal", "1": "Medium", "2": "High", "X": "Not observable"}
SCORE_MEANINGS = {
    "0": "you are confident that it is absent",
    "1": "it is there moderately, or you cannot decide whether it is there",
    "2": "it is plain, and you are confident of it",
    "X": "no view shows enough of it",
}
UNIT_MEANINGS = {
    "eye": {
        "0": "The eye is open and round.",
        "1": "The eye is narrowed, by less than half.",
        "2": "The eye is closed by more than half, or squeezed shut, with wrinkles around it.",
    },
    "ear": {
        "0": "The ears stand upright and face forward, about as far apart as they are wide.",
        "1": "The ears are turned outwards or backwards a little.",
        "2": "The ears are drawn back and pulled apart, with a wider gap between them; vertical ridges may show.",
    },
    "nose": {
        "0": "The bridge of the nose is smooth and flat.",
        "1": "The skin on the bridge is rounded a little.",
        "2": "A rounded bulge stands out on top of the nose; wrinkles may run along it.",
    },
    "cheek": {
        "0": "The cheek between eye and whiskers is flat.",
        "1": "The cheek muscle is a little convex.",
        "2": "The cheek muscle stands out plainly between eye and whiskers.",
    },
    "whiskers": {
        "0": "The whiskers are relaxed, spread, and curve slightly downwards.",
        "1": "Some whiskers are drawn back or stand forward a little.",
        "2": "The whiskers lie back against the cheeks or stand forward on end, and may clump together.",
    },
}
