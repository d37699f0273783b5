"""Any life of a protected milestone: looks told twice and late, deliveries, changes, protection."""

from collections.abc import Callable
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.contracts.use_cases import working
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.contracts import MilestoneStatus
from tests.unit.contracts.test_protection import FIRST, Protected

MOST = 2


def code_of(act: Callable[[], object]) -> str:
    """Do something; return the code of its refusal, or nothing."""
    try:
        act()
    except Rejected as refused:
        return refused.code
    return ""


class Life(RuleBasedStateMachine):
    """`fresh` are the drafts that were looked at since the last delivery, and are told."""

    @initialize()
    def begin(self) -> None:
        self.agreed = Protected()
        self.shown: list[UUID] = []
        self.fresh: set[UUID] = set()
        self.protected, self.change, self.changes = True, 1, 0

    @rule()
    def a_supporter_looks(self) -> None:
        draft_id = new_id()
        self.shown.append(draft_id)
        self.agreed.look(draft_id)
        self.fresh.add(draft_id)

    @precondition(lambda self: self.shown)
    @rule(which=st.integers(0, 9))
    def a_look_is_told_again(self, which: int) -> None:
        self.agreed.look(self.shown[which % len(self.shown)])

    @rule(protected=st.booleans(), late=st.booleans())
    def programs_tells_of_protection(self, protected: bool, late: bool) -> None:  # noqa: FBT001
        if late:
            self.agreed.protect(self.change, protected=not self.protected)
            return
        self.change += 1
        self.protected = protected
        self.agreed.protect(self.change, protected=protected)

    @precondition(lambda self: self.agreed.status() is not MilestoneStatus.DELIVERED)
    @rule()
    def the_assistant_delivers(self) -> None:
        code = code_of(self.agreed.deliver)
        assert code == ("" if self.fresh or not self.protected else "draft_not_looked_at")
        if not code:
            self.fresh.clear()

    @precondition(lambda self: self.agreed.status() is MilestoneStatus.DELIVERED)
    @rule()
    def the_client_asks_for_changes(self) -> None:
        agreed = self.agreed
        code = code_of(
            lambda: working.request_changes(agreed.place, FIRST, agreed.client, agreed.work)
        )
        assert code == ("" if self.changes < MOST else "revisions_used_up")
        self.changes += not code

    @invariant()
    def changes_stay_capped_whoever_left(self) -> None:
        assert self.changes <= MOST
        assert self.agreed.milestone.revisions == self.changes


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
