-- What each limit change was, as `headroom explain` says it of the change. Rows of before have none until their
-- household gets another fact that bears on a change, or all are rebuilt.

ALTER TABLE readmodel.limit_change ADD COLUMN verdict_code text, ADD COLUMN verdict_grade text;

CREATE OR REPLACE VIEW reporting_v1.limit_changes WITH (security_invoker = true) AS
SELECT
    c.household,
    c.line,
    c.change_id,
    c.ordinal,
    c.kind,
    n.currency,
    (c.limit_before::numeric / n.minor_per_unit)::numeric(20,2) AS limit_before,
    (c.limit_after::numeric / n.minor_per_unit)::numeric(20,2) AS limit_after,
    (c.available_before::numeric / n.minor_per_unit)::numeric(20,2) AS available_before,
    (c.available_after::numeric / n.minor_per_unit)::numeric(20,2) AS available_after,
    timestamptz 'epoch' + c.since_at * interval '1 microsecond' AS since_at,
    c.since_day_only,
    timestamptz 'epoch' + c.until_at * interval '1 microsecond' AS until_at,
    c.until_day_only,
    c.kind = 'inferred' AS inferred,
    c.ambiguous,
    timestamptz 'epoch' + c.recorded_at * interval '1 microsecond' AS recorded_at,
    c.facts,
    c.verdict_code,
    c.verdict_grade
FROM readmodel.limit_change AS c JOIN readmodel.household_now AS n ON n.household = c.household AND n.slot = c.slot
WHERE c.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
COMMENT ON COLUMN reporting_v1.limit_changes.verdict_code IS 'What the change was, as headroom explain says: the code of the verdict over its interval. Null until headroom rebuild has run once since the column came.';
COMMENT ON COLUMN reporting_v1.limit_changes.verdict_grade IS 'How sure that is, E0 to E4; of P01, P10 and P11 that it happened, not why. Null where verdict_code is.';
