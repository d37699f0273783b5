"""The trial of a dead letter: what its replay would do, shown to an operator, and undone."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request

from shared.http.desk import LetterId, Queries
from shared.messages.operations import ToldView, TrialView
from shared.messaging import trial
from shared.messaging.dead_letters import DeadLetter


def add_trials(
    router: APIRouter,
    find: Callable[[str, str], DeadLetter],
    hide_secrets: Callable[[Any], Any],
) -> None:
    """Add the endpoint. `find` returns a letter by the broker's URL and the letter's id."""

    @router.get("/dead-letters/{letter_id}/trial")
    def try_dead_letter(letter_id: LetterId, query: Queries, request: Request) -> TrialView:
        """Handle a dead letter in a transaction that is rolled back (operator); noted."""
        state = request.app.state
        query.run_noted(lambda _: None)
        letter = find(query.edge.amqp_url, letter_id)
        edge = state.edge
        place = trial.Place(edge.database, edge.work, edge.clock)
        tried = trial.attempt(state.trials, letter.queue, letter.received, place)
        return TrialView(
            letter_id=letter.id,
            queue=letter.queue,
            outcome=tried.outcome,
            error=tried.error,
            told=tuple(
                ToldView(
                    event_type=each.type, subject=each.subject, content=hide_secrets(each.content)
                )
                for each in tried.told
            ),
            postings=tried.postings,
        )
