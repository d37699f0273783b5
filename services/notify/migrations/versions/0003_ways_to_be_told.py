"""An inbox that is read, mail with a life of its own, LINE, preferences, and addresses."""

from alembic import op

revision = "0003"
down_revision = "0002"

PEOPLE = """
ALTER TABLE people
    ADD COLUMN change integer NOT NULL DEFAULT 0,
    ADD COLUMN gone boolean NOT NULL DEFAULT false;
"""

# What was told before there was an inbox to read counts as read: it was mailed.
NOTIFICATIONS = """
ALTER TABLE notifications
    ADD COLUMN event_id uuid,
    ADD COLUMN template text NOT NULL DEFAULT '',
    ADD COLUMN kind text NOT NULL DEFAULT 'work' CHECK
        (kind IN ('work', 'money', 'messages', 'reminders', 'companies', 'account')),
    ADD COLUMN text text NOT NULL DEFAULT '',
    ADD COLUMN link text NOT NULL DEFAULT '',
    ADD COLUMN company_id uuid,
    ADD COLUMN read_at timestamptz,
    ADD COLUMN gathered boolean NOT NULL DEFAULT false,
    ADD COLUMN mail_id uuid,
    ADD COLUMN mailed_at timestamptz;
UPDATE notifications SET text = body, read_at = told_at, mail_id = notification_id;
UPDATE notifications SET mailed_at = mails.sent_at FROM mails
    WHERE mails.notification_id = notifications.notification_id;
CREATE UNIQUE INDEX notifications_once ON notifications (event_id, person_id, template);
CREATE INDEX notifications_unread ON notifications (person_id, notification_id)
    WHERE read_at IS NULL;
CREATE INDEX notifications_gathered ON notifications (person_id, notification_id) WHERE gathered;
CREATE INDEX notifications_of_mail ON notifications (mail_id) WHERE mailed_at IS NULL;
"""

# A mail may be that of a notice, of many (a digest), or of none (a secret). `email` is where it
# goes when that is not where its person is reached, and where it went once it was sent. The text is
# not kept once it was sent.
MAILS = """
ALTER TABLE mails DROP CONSTRAINT mails_notification_id_fkey;
ALTER TABLE mails RENAME COLUMN notification_id TO mail_id;
ALTER TABLE mails
    ADD COLUMN person_id uuid REFERENCES people,
    ADD COLUMN email text,
    ADD COLUMN display_name text NOT NULL DEFAULT '',
    ADD COLUMN locale text,
    ADD COLUMN subject text,
    ADD COLUMN body text,
    ADD COLUMN link text NOT NULL DEFAULT '',
    ADD COLUMN kinds text[] NOT NULL DEFAULT '{}',
    ADD COLUMN secret boolean NOT NULL DEFAULT false,
    ADD COLUMN told_at timestamptz,
    ADD COLUMN expires_at timestamptz;
UPDATE mails SET person_id = told.person_id, told_at = told.told_at,
    subject = CASE WHEN status <> 'sent' THEN told.subject END,
    body = CASE WHEN status <> 'sent' THEN told.body END
    FROM notifications told WHERE told.notification_id = mails.mail_id;
ALTER TABLE mails
    ALTER COLUMN told_at SET NOT NULL,
    ADD CONSTRAINT to_somebody
        CHECK (person_id IS NOT NULL OR (email IS NOT NULL AND locale IS NOT NULL)),
    ADD CONSTRAINT text_until_sent CHECK (CASE status
        WHEN 'pending' THEN body IS NOT NULL WHEN 'sent' THEN body IS NULL ELSE true END);
CREATE INDEX mails_of_person ON mails (person_id);
CREATE INDEX mails_told ON mails USING brin (told_at);
"""

PUSHES = """
CREATE TABLE pushes (
    push_id uuid PRIMARY KEY,
    notification_id uuid NOT NULL REFERENCES notifications ON DELETE CASCADE,
    person_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'sent', 'failed')),
    attempts integer NOT NULL,
    next_attempt_at timestamptz,
    sent_at timestamptz,
    last_error text,
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((status = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX pushes_due ON pushes (next_attempt_at) WHERE status = 'pending';
CREATE INDEX pushes_of_person ON pushes (person_id) WHERE status = 'pending';
CREATE INDEX pushes_of_notification ON pushes (notification_id);

CREATE TABLE line_links (
    person_id uuid PRIMARY KEY,
    line_user_id text NOT NULL UNIQUE,
    linked_at timestamptz NOT NULL
);
CREATE TABLE line_codes (
    person_id uuid PRIMARY KEY,
    digest text NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL
);
"""

# Who has never chosen has no row. `off` holds what was turned off, as kind:channel.
PREFERENCES = """
CREATE TABLE preferences (
    person_id uuid PRIMARY KEY,
    "off" text[] NOT NULL,
    quiet_start text,
    quiet_until text,
    digest text NOT NULL CHECK (digest IN ('off', 'daily', 'weekly')),
    digest_hour smallint NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
    digest_weekday smallint NOT NULL CHECK (digest_weekday BETWEEN 0 AND 6),
    digest_kinds text[] NOT NULL,
    next_digest_at timestamptz,
    changed_at timestamptz NOT NULL,
    CHECK ((quiet_start IS NULL) = (quiet_until IS NULL))
);
CREATE INDEX preferences_digest_due ON preferences (next_digest_at)
    WHERE next_digest_at IS NOT NULL;

CREATE TABLE addresses (
    email text PRIMARY KEY,
    stopped_at timestamptz,
    reason text NOT NULL,
    returned integer NOT NULL
);
"""


def upgrade() -> None:
    for statements in (PEOPLE, NOTIFICATIONS, MAILS, PUSHES, PREFERENCES):
        op.execute(statements)
