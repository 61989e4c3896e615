"""Questions come once each before any comes again, with their right answers."""

from squint.app.quiz import QUESTIONS, sample_question


def test_each_question_comes_once_a_round_with_its_right_answer():
    rights = {text: right for text, right, *_ in QUESTIONS}
    asked = [sample_question("ayse", number) for number in range(2 * len(QUESTIONS))]
    assert {question.text for question in asked[: len(QUESTIONS)]} == set(rights)
    assert all(question.options[question.right] == rights[question.text] for question in asked)
    assert len({question.right for question in asked}) == 3
    assert asked[0] == sample_question("ayse", 0)
    assert [q.text for q in asked] != [sample_question("berk", n).text for n in range(2 * len(QUESTIONS))]
