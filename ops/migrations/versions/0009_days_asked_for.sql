-- A household's days are those on which a row of it stands: from its first row on there is no day without one. The view
-- before began with a calendar, and a condition on its days did not reach the sums: all days ever were summed for a year.
-- The LIMIT tells the planner how few the days of a row are; it takes nothing away.

CREATE OR REPLACE VIEW reporting_v1.household_daily WITH (security_invoker = true) AS
SELECT
    n.household,
    d.day,
    n.currency,
    (d.drawn / n.minor_per_unit)::numeric(20,2) AS drawn,
    (d.principal / n.minor_per_unit)::numeric(20,2) AS debt_principal,
    (d.accrued_interest / n.minor_per_unit)::numeric(20,2) AS debt_accrued_interest,
    (d.overdue / n.minor_per_unit)::numeric(20,2) AS debt_overdue,
    ((d.principal + d.posted_unpaid + d.accrued_interest) / n.minor_per_unit)::numeric(20,2) AS debt_total,
    (d.reserve_t1 / n.minor_per_unit)::numeric(20,2) AS reserve_t1,
    (d.reserve_t2a / n.minor_per_unit)::numeric(20,2) AS reserve_t2a,
    (d.reserve_t2b / n.minor_per_unit)::numeric(20,2) AS reserve_t2b,
    ((d.reserve_t1 + d.reserve_t2a + d.reserve_t2b) / n.minor_per_unit)::numeric(20,2) AS reserve_total,
    (d.contingent / n.minor_per_unit)::numeric(20,2) AS contingent
FROM readmodel.household_now AS n
JOIN (
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
    ON d.household = n.household AND d.slot = n.slot
WHERE n.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
