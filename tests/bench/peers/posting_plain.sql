-- \x3a is a colon: pgbench would take what follows one for a variable, even in a literal.
WITH milestone AS MATERIALIZED (
    SELECT gen_random_uuid() AS id
), posted AS (
    INSERT INTO entries (fact, reference, source, currency, occurred_at)
    SELECT 'captured', id, 'ch_' || id, 'JPY', now() FROM milestone
    ON CONFLICT (fact, source) DO NOTHING
    RETURNING entry_id
), posted_lines AS (
    INSERT INTO lines (entry_id, line, account, owner, debit, credit)
    SELECT entry_id, line, account, CASE WHEN owned THEN id END, debit, credit
    FROM posted, milestone, (VALUES
        (1, E'asset\x3aprocessor_balance', false, 55000, 0),
        (2, E'expense\x3aprocessor_fee', false, 1980, 0),
        (3, E'liability\x3aescrow', true, 0, 55000),
        (4, E'asset\x3aprocessor_balance', false, 0, 1980)
    ) AS line (line, account, owned, debit, credit)
), stored AS (
    INSERT INTO balances (account, owner, currency, balance)
    SELECT E'liability\x3aescrow', id, 'JPY', 55000 FROM milestone
    ON CONFLICT (account, owner, currency)
        DO UPDATE SET balance = balances.balance + excluded.balance
)
SELECT entry_id FROM posted;
