-- Plain tables of the same shape as ours, without our triggers and roles: what the machine allows.
CREATE TABLE entries (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fact text NOT NULL,
    reference uuid NOT NULL,
    source text NOT NULL,
    currency text NOT NULL,
    occurred_at timestamptz NOT NULL,
    UNIQUE (fact, source)
);
CREATE INDEX entries_reference ON entries (reference, entry_id);
CREATE TABLE lines (
    entry_id bigint NOT NULL REFERENCES entries,
    line smallint NOT NULL,
    account text NOT NULL,
    owner uuid,
    debit bigint NOT NULL CHECK (debit >= 0),
    credit bigint NOT NULL CHECK (credit >= 0),
    PRIMARY KEY (entry_id, line)
);
CREATE TABLE balances (
    account text NOT NULL,
    owner uuid NOT NULL,
    currency text NOT NULL,
    balance bigint NOT NULL CHECK (balance >= 0),
    PRIMARY KEY (account, owner, currency)
) WITH (fillfactor = 80);
