"""Trivia for a moment's change of attention (thesis, 4.5.1)."""

from dataclasses import dataclass

from squint.domain.seeds import named_generator


@dataclass(frozen=True)
class Question:
    """A question and its options; `right` is the index of the right one."""

    text: str
    options: tuple[str, ...]
    right: int


QUESTIONS = (  # the text, the right answer, two wrong ones
    ("How many whiskers has a house mouse on each side of its snout, roughly?", "30", "10", "100"),
    ("What is the rhythmic sweeping of the whiskers called?", "Whisking", "Grooming", "Rearing"),
    ("How often does a resting mouse's heart beat in a minute, roughly?", "500", "100", "2,000"),
    ("In which year was the genome of the mouse published?", "2002", "1990", "2015"),
    ("What is the Latin name of the house mouse?", "Mus musculus", "Rattus norvegicus", "Apodemus sylvaticus"),
    ("How many pairs of chromosomes has a mouse?", "20", "23", "16"),
    ("Mice talk to each other mostly by", "ultrasound", "drumming", "scent of the feet alone"),
    ("How many toes has a mouse on a front paw?", "Four", "Five", "Three"),
    ("Which colours does a mouse hardly see?", "Reds", "Greens", "Ultraviolet"),
    ("How long is a mouse pregnant?", "About 20 days", "About 40 days", "About 60 days"),
    ("Who wrote 'Of Mice and Men'?", "John Steinbeck", "Ernest Hemingway", "William Faulkner"),
    ("From which inbred strain was the mouse's reference genome read?", "C57BL/6J", "BALB/c", "CD-1"),
)


def sample_question(person: str, number: int) -> Question:
    """The question that a person gets as the `number`-th, from 0, with its options in an order of their own."""
    round_of, index = divmod(number, len(QUESTIONS))
    order = named_generator(0, "quiz", person, round_of).permutation(len(QUESTIONS))
    text, *options = QUESTIONS[order[index]]
    shuffled = named_generator(0, "options", person, number).permutation(len(options))
    return Question(text, tuple(options[option] for option in shuffled), int(list(shuffled).index(0)))
