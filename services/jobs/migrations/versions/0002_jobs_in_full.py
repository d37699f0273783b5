"""Kinds of jobs, questions, invitations, files; shortlists and counter-offers."""

from alembic import op

revision = "0002"
down_revision = "0001"

JOBS = """
ALTER TABLE jobs DROP CONSTRAINT jobs_status;
ALTER TABLE jobs
    ADD CONSTRAINT jobs_status CHECK (
        status IN ('draft', 'open', 'paused', 'filled', 'closed')),
    ADD COLUMN posted_by uuid,
    ADD COLUMN kind text NOT NULL DEFAULT 'fixed' CHECK (kind IN ('fixed', 'retainer', 'tasks')),
    ADD COLUMN skills text[] NOT NULL DEFAULT '{}',
    ADD COLUMN weekly_hours smallint NOT NULL DEFAULT 0,
    ADD COLUMN hours_note text NOT NULL DEFAULT '',
    ADD COLUMN deadline date,
    ADD COLUMN criteria text[] NOT NULL DEFAULT '{}',
    ADD COLUMN max_revisions smallint,
    ADD COLUMN visibility text NOT NULL DEFAULT 'public'
        CHECK (visibility IN ('public', 'invited')),
    ADD COLUMN beginner_friendly boolean NOT NULL DEFAULT false,
    ADD COLUMN beginner_criteria_met text[] NOT NULL DEFAULT '{}',
    ADD COLUMN period text CHECK (period IN ('week', 'month')),
    ADD COLUMN slots smallint,
    ADD COLUMN task_price bigint,
    ADD COLUMN days_to_deliver smallint,
    ADD COLUMN taken smallint NOT NULL DEFAULT 0,
    ADD CHECK ((kind = 'retainer') = (period IS NOT NULL)),
    ADD CHECK (
        num_nulls(slots, task_price, days_to_deliver) = CASE kind WHEN 'tasks' THEN 0 ELSE 3 END),
    ADD CHECK (taken BETWEEN 0 AND coalesce(slots, 0));

CREATE TABLE job_files (
    file_id uuid PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    sha256 text NOT NULL,
    uploaded_by uuid NOT NULL,
    uploaded_at timestamptz NOT NULL,
    CONSTRAINT job_files_once UNIQUE (job_id, name, sha256)
);

CREATE TABLE questions (
    question_id uuid PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs,
    asked_by uuid NOT NULL,
    text text NOT NULL,
    asked_at timestamptz NOT NULL,
    answer text,
    answered_by uuid,
    answered_at timestamptz,
    CHECK (num_nulls(answer, answered_by, answered_at) IN (0, 3))
);
CREATE INDEX questions_of_job ON questions (job_id, question_id);

CREATE TABLE invitations (
    job_id uuid REFERENCES jobs,
    assistant_id uuid,
    invited_by uuid NOT NULL,
    invited_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, assistant_id)
);
CREATE INDEX invitations_of_assistant ON invitations (assistant_id, job_id);
"""

# When a job may be called fit for beginners: the operator's rules.
BEGINNERS = """
CREATE TABLE beginner_rules (
    valid_from date PRIMARY KEY,
    min_criteria smallint NOT NULL,
    min_description smallint NOT NULL,
    min_revisions smallint NOT NULL,
    min_days_to_ask smallint NOT NULL,
    max_weekly_hours smallint NOT NULL
);
INSERT INTO beginner_rules VALUES ('2024-11-01', 1, 100, 2, 3, 20);
"""

PROPOSALS = """
ALTER TABLE proposals DROP CONSTRAINT proposals_status;
ALTER TABLE proposals
    ADD CONSTRAINT proposals_status CHECK (
        status IN ('made', 'countered', 'withdrawn', 'declined', 'accepted')),
    ADD COLUMN version smallint NOT NULL DEFAULT 1,
    ADD COLUMN weekly_hours smallint NOT NULL DEFAULT 0,
    ADD COLUMN questions text NOT NULL DEFAULT '',
    ADD COLUMN retainer jsonb,
    ADD COLUMN shortlisted boolean NOT NULL DEFAULT false,
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN counter_note text NOT NULL DEFAULT '',
    ADD COLUMN countered_by uuid,
    ADD COLUMN countered_at timestamptz,
    ADD COLUMN slot smallint NOT NULL DEFAULT 0;
DROP INDEX proposals_standing;
CREATE UNIQUE INDEX proposals_standing ON proposals (job_id, assistant_id)
    WHERE status IN ('made', 'countered');
DROP INDEX proposals_accepted;
CREATE UNIQUE INDEX proposals_accepted ON proposals (job_id, slot) WHERE status = 'accepted';
CREATE UNIQUE INDEX proposals_taken ON proposals (job_id, assistant_id) WHERE status = 'accepted';
"""


def upgrade() -> None:
    for statements in (JOBS, BEGINNERS, PROPOSALS):
        op.execute(statements)
