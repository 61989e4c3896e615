"""The Mouse Grimace Scale: its five action units, in the order of the thesis's Figure 4.7."""

ACTION_UNITS = ("eye", "ear", "nose", "cheek", "whiskers")
UNIT_NAMES = {
    "eye": "orbital tightening",
    "ear": "ear position",
    "nose": "nose bulge",
    "cheek": "cheek bulge",
    "whiskers": "whisker change",
}
HIGHEST_SCORE = 2
# A moment with more unobserved units than this is not accepted (thesis, section 5.2).
MOST_UNOBSERVED = 2
# Scores below this mean no pain (thesis, section 5.5.2.6).
PAIN_THRESHOLD = 0.5
