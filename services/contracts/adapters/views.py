"""What people are shown, read straight from the tables: one query for a whole view, as JSON.

PostgreSQL puts the parts together and pydantic reads them: a query for each kind of row would cost
several times as much, and a contract is what everybody looks at while waiting for something.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.contracts.domain.dispute import no_such_dispute
from services.contracts.domain.milestone import HELD
from services.contracts.domain.parties import no_such_contract
from shared.errors import NotFound
from shared.messages.contracts import (
    ContractSummary,
    ContractView,
    DeadlineKind,
    DisputeView,
    MilestoneView,
)


def _money(amount: str) -> str:
    """Return the SQL of an amount in the milestone's currency; null when it is null."""
    return f"""
    CASE WHEN {amount} IS NOT NULL
    THEN json_build_object('amount', {amount}, 'currency', currency) END
"""


_FILE = """
    json_build_object(
        'file_id', file_id, 'name', name, 'media_type', media_type, 'size', size, 'sha256', sha256
    )
"""
_DELIVERY = f"""
    json_build_object(
        'delivery_id', delivery_id, 'text', text, 'delivered_at', delivered_at,
        'change_request', change_request, 'criterion', criterion, 'version', version,
        'comments', ARRAY(
            SELECT json_build_object(
                'comment_id', comment_id, 'by_id', by_id, 'by', by, 'text', text, 'at', at
            )
            FROM delivery_comments
            WHERE delivery_comments.delivery_id = deliveries.delivery_id
            ORDER BY comment_id
        ),
        'files', ARRAY(
            SELECT {_FILE}
            FROM delivery_files JOIN files USING (file_id)
            WHERE delivery_files.delivery_id = deliveries.delivery_id
            ORDER BY delivery_files.position
        )
    )
"""  # noqa: S608  (constants, here and below)
_STATEMENT = f"""
    json_build_object(
        'statement_id', statement_id, 'by_id', by_id, 'by', by, 'text', text, 'at', at,
        'files', ARRAY(
            SELECT {_FILE}
            FROM statement_files JOIN files USING (file_id)
            WHERE statement_files.statement_id = dispute_statements.statement_id
            ORDER BY statement_files.position
        )
    )
"""  # noqa: S608
# Of a row of disputes, milestones and contracts together.
_LEFT = "greatest(0, price_amount - accepted_amount - refunded_amount)"
_DISPUTE = f"""
    json_build_object(
        'dispute_id', dispute_id, 'contract_id', milestones.contract_id,
        'milestone_id', milestones.milestone_id, 'title', milestones.title,
        'client_id', client_id, 'assistant_id', assistant_id,
        'opened_by', opened_by, 'reason', reason, 'opened_at', opened_at,
        'answer_until', answer_until, 'answer', answer, 'answered_at', answered_at,
        'left', {_money(_LEFT)},
        'proposed_by', proposed_by, 'proposed_to_assistant', {_money("proposed_to_assistant")},
        'to_assistant', {_money("to_assistant")}, 'to_client', {_money("to_client")},
        'resolved_by', resolved_by, 'resolution', resolution, 'resolved_at', resolved_at,
        'criterion', disputes.criterion,
        'statements', ARRAY(
            SELECT {_STATEMENT} FROM dispute_statements
            WHERE dispute_statements.dispute_id = disputes.dispute_id
            ORDER BY statement_id
        )
    )
"""  # noqa: S608
_HELD = ", ".join(f"'{each}'" for each in sorted(HELD))
# By the policy of the day on which the money came, as the clocks go by it.
_HELD_UNTIL = """
    (funded_at AT TIME ZONE 'Asia/Tokyo')::date + (
        SELECT hold_days FROM policies
        WHERE valid_from <= (funded_at AT TIME ZONE 'Asia/Tokyo')::date
        ORDER BY valid_from DESC LIMIT 1
    )
"""
_OF_MILESTONE = f"""
    SELECT {_DISPUTE}
    FROM disputes JOIN contracts ON contracts.contract_id = milestones.contract_id
    WHERE disputes.milestone_id = milestones.milestone_id
"""  # noqa: S608
_MILESTONE = f"""
    json_build_object(
        'milestone_id', milestone_id, 'title', title, 'description', description,
        'price', {_money("price_amount")},
        'due_on', due_on, 'status', status, 'overdue', overdue,
        'ending_asked_by', ending_asked_by, 'ending_reason', ending_reason,
        'kind', kind, 'accepted_price', {_money("accepted_amount")}, 'left', {_money(_LEFT)},
        'dispute', ({_OF_MILESTONE}), 'criteria', criteria,
        'revisions_left', greatest(0, (
            SELECT max_revisions FROM contracts
            WHERE contracts.contract_id = milestones.contract_id
        ) - revisions),
        'held_until', CASE WHEN status IN ({_HELD}) THEN {_HELD_UNTIL} END,
        'deliveries', ARRAY(
            SELECT {_DELIVERY} FROM deliveries
            WHERE deliveries.milestone_id = milestones.milestone_id
            ORDER BY position
        ),
        'deadlines', ARRAY(
            SELECT json_build_object('kind', kind, 'due_at', due_at) FROM deadlines
            WHERE deadlines.milestone_id = milestones.milestone_id AND fired_at IS NULL
                AND kind = ANY ('{{{",".join(DeadlineKind)}}}')
            ORDER BY due_at
        )
    )
"""  # noqa: S608
_CONTRACT = f"""
    json_build_object(
        'contract_id', contract_id, 'job_id', job_id,
        'client_id', client_id, 'assistant_id', assistant_id,
        'title', title, 'mode', mode, 'agreed_at', agreed_at, 'completed_at', completed_at,
        'protected', protected,
        'terms', (
            SELECT document::jsonb || jsonb_build_object(
                'sha256', sha256, 'consents', jsonb_path_query_array(jsonb_build_array(
                    jsonb_build_object('party', 'client',
                        'person_id', client_consent_by, 'at', client_consent_at),
                    jsonb_build_object('party', 'assistant',
                        'person_id', assistant_consent_by, 'at', assistant_consent_at)
                ), '$[*] ? (@.person_id != null)')
            ) FROM terms
            WHERE terms.contract_id = contracts.contract_id
            ORDER BY version DESC LIMIT 1
        ),
        'milestones', ARRAY(
            SELECT {_MILESTONE} FROM milestones
            WHERE milestones.contract_id = contracts.contract_id
            ORDER BY position, milestone_id
        ),
        'timeline', ARRAY(
            SELECT json_build_object(
                'at', at, 'what', what, 'milestone_id', milestone_id, 'by', by
            )
            FROM timeline
            WHERE timeline.contract_id = contracts.contract_id
            ORDER BY entry_id
        )
    )
"""  # noqa: S608
_IN_LIST = f"""
    json_build_object(
        'milestone_id', milestone_id, 'title', title, 'kind', kind,
        'price', {_money("price_amount")},
        'due_on', due_on, 'status', status, 'overdue', overdue,
        'ending_asked_by', ending_asked_by,
        'act_until', (
            SELECT min(due_at) FROM deadlines
            WHERE deadlines.milestone_id = milestones.milestone_id AND fired_at IS NULL
                AND kind IN ('review', 'ending')
        )
    )
"""  # noqa: S608
_SUMMARIES = f"""
    SELECT json_build_object(
        'contract_id', contract_id, 'job_id', job_id,
        'client_id', client_id, 'assistant_id', assistant_id,
        'title', title, 'agreed_at', agreed_at, 'completed_at', completed_at,
        'client_name', document::jsonb ->> 'client_name',
        'assistant_name', document::jsonb ->> 'assistant_name',
        'milestones', ARRAY(
            SELECT {_IN_LIST} FROM milestones
            WHERE milestones.contract_id = contracts.contract_id
            ORDER BY position, milestone_id
        )
    )::text
    FROM contracts CROSS JOIN LATERAL (
        SELECT document FROM terms
        WHERE terms.contract_id = contracts.contract_id
        ORDER BY version DESC LIMIT 1
    ) AS newest
    WHERE (client_id = ANY (%(accounts)s) OR assistant_id = ANY (%(accounts)s))
        AND (%(after)s::uuid IS NULL OR contract_id < %(after)s::uuid)
        AND (completed_at IS NULL OR NOT %(running)s)
    ORDER BY contract_id DESC LIMIT %(limit)s
"""  # noqa: S608
_ONE_CONTRACT = f"SELECT {_CONTRACT}::text FROM contracts WHERE contract_id = %s"  # noqa: S608
_ONE_MILESTONE = f"SELECT {_MILESTONE}::text FROM milestones WHERE milestone_id = %s"  # noqa: S608
_ALL_DISPUTES = f"""
    SELECT {_DISPUTE}::text
    FROM disputes
    JOIN milestones ON milestones.milestone_id = disputes.milestone_id
    JOIN contracts ON contracts.contract_id = milestones.contract_id
"""  # noqa: S608
_ONE_DISPUTE = f"{_ALL_DISPUTES} WHERE dispute_id = %s"
# A dispute whose milestone lost its money on the way is over, though nobody decided it.
_OPEN_DISPUTES = f"""
    {_ALL_DISPUTES}
    WHERE resolved_at IS NULL AND status = 'disputed' AND dispute_id > %s
    ORDER BY dispute_id LIMIT %s
"""
_BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True)
class SqlViews:
    """Implements the port Views."""

    connection: Connection

    def contract(self, contract_id: UUID) -> ContractView:
        """Return the whole contract; raise NotFound."""
        if (shown := self._json(_ONE_CONTRACT, contract_id)) is None:
            raise no_such_contract()
        return ContractView.model_validate_json(shown)

    def milestone(self, milestone_id: UUID) -> MilestoneView:
        """Return a milestone; raise NotFound."""
        if (shown := self._json(_ONE_MILESTONE, milestone_id)) is None:
            raise NotFound("milestone_not_found", "The contract has no such milestone.")
        return MilestoneView.model_validate_json(shown)

    def dispute(self, dispute_id: UUID) -> DisputeView:
        """Return a dispute; raise NotFound."""
        if (shown := self._json(_ONE_DISPUTE, dispute_id)) is None:
            raise no_such_dispute()
        return DisputeView.model_validate_json(shown)

    def open_disputes(self, *, after: UUID | None, limit: int) -> Sequence[DisputeView]:
        """Return the disputes that are to be decided, oldest first, from after this one."""
        found = self.connection.exec_driver_sql(_OPEN_DISPUTES, (after or _BEFORE_ALL, limit))
        return [DisputeView.model_validate_json(shown) for shown in found.scalars()]

    def contracts_of(
        self, accounts: Collection[UUID], *, after: UUID | None, limit: int, running: bool
    ) -> Sequence[ContractSummary]:
        """Return the contracts of which one of these accounts is a party, newest first."""
        asked = {"accounts": list(accounts), "after": after, "limit": limit, "running": running}
        found = self.connection.exec_driver_sql(_SUMMARIES, asked)
        return [ContractSummary.model_validate_json(shown) for shown in found.scalars()]

    def _json(self, query: str, key: UUID) -> str | None:
        shown: str | None = self.connection.exec_driver_sql(query, (key,)).scalar()
        return shown
