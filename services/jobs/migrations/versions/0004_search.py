"""Full text and saved searches."""

from alembic import op

revision = "0004"
down_revision = "0003"

# Jobs of before are found once `python -m services.jobs reindex` has run.
JOBS = """
ALTER TABLE jobs
    ADD COLUMN search tsvector NOT NULL DEFAULT '',
    ADD COLUMN opened_at timestamptz;
UPDATE jobs SET opened_at = posted_at WHERE status <> 'draft';
CREATE INDEX jobs_search ON jobs USING gin (search) WITH (fastupdate = off)
    WHERE status = 'open';
CREATE INDEX jobs_open_newest ON jobs (job_id) WHERE status = 'open';
CREATE INDEX jobs_open_by_budget ON jobs (budget_amount, job_id) WHERE status = 'open';
CREATE INDEX jobs_open_by_deadline ON jobs (coalesce(deadline, '9999-12-31'::date), job_id)
    WHERE status = 'open';
CREATE INDEX jobs_opened ON jobs (opened_at) WHERE status = 'open';
"""

SEARCHES = """
CREATE TABLE saved_searches (
    search_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    name text NOT NULL,
    terms jsonb NOT NULL,
    every text NOT NULL CHECK (every IN ('at_once', 'daily')),
    saved_at timestamptz NOT NULL,
    seen_until timestamptz NOT NULL,
    next_at timestamptz NOT NULL
);
CREATE INDEX saved_searches_of_person ON saved_searches (person_id, search_id);
CREATE INDEX saved_searches_due ON saved_searches (next_at);
"""

# How many searches a person keeps, how soon one that tells at once looks again, and the hour (in
# Japan) at which the daily ones look: the operator's rules.
RULES = """
CREATE TABLE search_rules (
    valid_from date PRIMARY KEY,
    most_searches smallint NOT NULL,
    at_once_minutes smallint NOT NULL,
    daily_hour smallint NOT NULL CHECK (daily_hour BETWEEN 0 AND 23),
    most_jobs_told smallint NOT NULL
);
INSERT INTO search_rules VALUES ('2024-11-01', 20, 5, 8, 10);
"""


def upgrade() -> None:
    for statements in (JOBS, SEARCHES, RULES):
        op.execute(statements)
