"""Fees that a sponsor paid go back into the wallet as the platform gives them back.

What was taken back no longer counts towards the caps, and is never less than it was. The fee of a
release is paid of one wallet once, whoever asks for it.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

LINT_EXCEPTIONS = {
    "require-concurrent-index-creation": "no row has a release yet: the index is empty",
    "adding-foreign-key-constraint": "the column is new: no row is looked at",
    "constraint-missing-not-valid": "a wallet has some thousand rows, and they are read once",
}


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)


_STATEMENTS = (
    "ALTER TABLE sponsorships ADD COLUMN release_id uuid REFERENCES releases",
    "ALTER TABLE sponsorships ADD COLUMN taken_back bigint NOT NULL DEFAULT 0",
    """
    ALTER TABLE sponsorships
        ADD CONSTRAINT taken_back_within CHECK (taken_back BETWEEN 0 AND amount),
        ADD CONSTRAINT taken_back_of_fees CHECK (
            kind = 'fees' OR release_id IS NULL AND taken_back = 0
        )
    """,
    "CREATE UNIQUE INDEX sponsorships_release ON sponsorships (release_id)",
    """
    CREATE OR REPLACE FUNCTION keep_wallet_totals() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        before bigint := 0;
        more bigint := 0;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF (NEW.program_id, NEW.sponsorship_id) <> (OLD.program_id, OLD.sponsorship_id)
                OR OLD.status IN ('reserved', 'settled')
                    AND (NEW.person_id, NEW.amount) <> (OLD.person_id, OLD.amount)
                OR NEW.release_id IS DISTINCT FROM OLD.release_id
            THEN
                RAISE EXCEPTION 'what is set aside stays what it is, and for whom'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.taken_back < OLD.taken_back THEN
                RAISE EXCEPTION 'what was taken back stays so'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF OLD.status IN ('reserved', 'settled') THEN
                before := OLD.amount - OLD.taken_back;
            END IF;
        END IF;
        IF NEW.status IN ('reserved', 'settled') THEN
            more := NEW.amount - NEW.taken_back - before;
        ELSE
            more := -before;
        END IF;
        IF more <> 0 THEN
            UPDATE wallets SET committed = committed + more WHERE program_id = NEW.program_id;
            INSERT INTO wallet_people AS kept (program_id, person_id, cap, committed)
            SELECT program_id, NEW.person_id, person_cap, 0
            FROM wallets WHERE program_id = NEW.program_id
            ON CONFLICT (program_id, person_id) DO NOTHING;
            UPDATE wallet_people SET committed = committed + more
            WHERE program_id = NEW.program_id AND person_id = NEW.person_id;
        END IF;
        RETURN NULL;
    END $$
    """,
)
