"""Units of a curriculum as they are shown."""

from services.programs.domain.program import Program
from shared.messages.programs import Question, QuestionView, Unit, UnitView


def shown_units(program: Program, *, answers: bool = False) -> tuple[UnitView, ...]:
    """Return a program's units; which choices are right only where `answers` may be seen."""
    return tuple(
        _unit(number, unit, answers=answers) for number, unit in enumerate(program.units, start=1)
    )


def _unit(number: int, unit: Unit, *, answers: bool) -> UnitView:
    return UnitView(
        number=number,
        title=unit.title,
        text=unit.text,
        hours=unit.hours,
        questions=tuple(_question(each, answers=answers) for each in unit.questions),
        pass_mark=unit.pass_mark,
    )


def _question(question: Question, *, answers: bool) -> QuestionView:
    right = question.right if answers else None
    return QuestionView(text=question.text, choices=question.choices, right=right)
