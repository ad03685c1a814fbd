-- A household's days from one pass over its rows: each stands from its day until the day before the next, and what lies
-- on a day is summed. The view before looked up every line for every day. The LIMIT tells the planner how few the days
-- of a row are; it takes nothing away.

CREATE OR REPLACE VIEW reporting_v1.household_daily WITH (security_invoker = true) AS
SELECT
    n.household,
    g.day,
    n.currency,
    (coalesce(d.drawn, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS drawn,
    (coalesce(d.principal, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS debt_principal,
    (coalesce(d.accrued_interest, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS debt_accrued_interest,
    (coalesce(d.overdue, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS debt_overdue,
    (coalesce(d.principal + d.posted_unpaid + d.accrued_interest, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS debt_total,
    (coalesce(d.reserve_t1, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t1,
    (coalesce(d.reserve_t2a, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t2a,
    (coalesce(d.reserve_t2b, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t2b,
    (coalesce(d.reserve_t1 + d.reserve_t2a + d.reserve_t2b, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_total,
    (coalesce(d.contingent, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS contingent
FROM readmodel.household_now AS n
CROSS JOIN LATERAL (SELECT n.first_on + i AS day FROM generate_series(0, n.as_of_on - n.first_on) AS i) AS g
LEFT JOIN (
    SELECT s.household, s.slot, s.day + i AS day,
           sum(s.drawn) AS drawn, sum(s.principal) AS principal, sum(s.overdue) AS overdue,
           sum(s.posted_unpaid) AS posted_unpaid,
           sum(round((s.accrued_units + s.accrued_units_a_day * i) / 1e24)) AS accrued_interest,
           sum(s.reserve_t1) AS reserve_t1, sum(s.reserve_t2a) AS reserve_t2a, sum(s.reserve_t2b) AS reserve_t2b,
           sum(s.contingent) AS contingent
    FROM (
        SELECT e.household, e.slot, e.day,
               lead(e.day) OVER (PARTITION BY e.household, e.slot, e.line ORDER BY e.day) AS next_day,
               e.drawn, e.principal, e.overdue, e.posted_unpaid, e.accrued_units, e.accrued_units_a_day,
               0 AS reserve_t1, 0 AS reserve_t2a, 0 AS reserve_t2b, 0 AS contingent
        FROM readmodel.line_day AS e
        UNION ALL
        SELECT e.household, e.slot, e.day,
               lead(e.day) OVER (PARTITION BY e.household, e.slot ORDER BY e.day) AS next_day,
               0, 0, 0, 0, 0, 0, e.reserve_t1, e.reserve_t2a, e.reserve_t2b, e.contingent
        FROM readmodel.household_day AS e) AS s
    JOIN readmodel.household_now AS h ON h.household = s.household AND h.slot = s.slot
    CROSS JOIN LATERAL (
        SELECT i FROM generate_series(0, coalesce(s.next_day - 1, h.as_of_on) - s.day) AS i
        LIMIT coalesce(s.next_day - 1, h.as_of_on) - s.day + 1) AS each
    GROUP BY s.household, s.slot, s.day + i) AS d
    ON d.household = n.household AND d.slot = n.slot AND d.day = g.day
WHERE n.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
