-- A household is looked up once, not again for its currency; a row without interest has none to work out; and amounts
-- become those of the currency by a product instead of a quotient, which is exact and sooner found. Accrued interest fits
-- where line_now keeps it. The LIMIT tells the planner how few the days of a row are; it takes nothing away.

CREATE OR REPLACE VIEW reporting_v1.household_daily WITH (security_invoker = true) AS
SELECT
    d.household,
    d.day,
    d.currency,
    (d.drawn * d.unit)::numeric(20,2) AS drawn,
    (d.principal * d.unit)::numeric(20,2) AS debt_principal,
    (d.accrued_interest * d.unit)::numeric(20,2) AS debt_accrued_interest,
    (d.overdue * d.unit)::numeric(20,2) AS debt_overdue,
    ((d.principal + d.posted_unpaid + d.accrued_interest) * d.unit)::numeric(20,2) AS debt_total,
    (d.reserve_t1 * d.unit)::numeric(20,2) AS reserve_t1,
    (d.reserve_t2a * d.unit)::numeric(20,2) AS reserve_t2a,
    (d.reserve_t2b * d.unit)::numeric(20,2) AS reserve_t2b,
    ((d.reserve_t1 + d.reserve_t2a + d.reserve_t2b) * d.unit)::numeric(20,2) AS reserve_total,
    (d.contingent * d.unit)::numeric(20,2) AS contingent
FROM (
    SELECT n.household, s.day + each.i AS day, n.currency,
           CASE n.minor_per_unit WHEN 100 THEN 0.01 ELSE 1.0 / n.minor_per_unit END AS unit,
           sum(s.drawn) AS drawn, sum(s.principal) AS principal, sum(s.overdue) AS overdue,
           sum(s.posted_unpaid) AS posted_unpaid,
           sum(CASE WHEN s.accrued_units = 0 AND s.accrued_units_a_day = 0 THEN 0
                    ELSE round((s.accrued_units + s.accrued_units_a_day * each.i) * 1e-24)::bigint END) AS accrued_interest,
           sum(s.reserve_t1) AS reserve_t1, sum(s.reserve_t2a) AS reserve_t2a, sum(s.reserve_t2b) AS reserve_t2b,
           sum(s.contingent) AS contingent
    FROM readmodel.household_now AS n
    JOIN (
        SELECT e.household, e.slot, e.day,
               lead(e.day) OVER (PARTITION BY e.household, e.slot, e.line ORDER BY e.day) AS next_day,
               e.drawn, e.principal, e.overdue, e.posted_unpaid, e.accrued_units, e.accrued_units_a_day,
               0 AS reserve_t1, 0 AS reserve_t2a, 0 AS reserve_t2b, 0 AS contingent
        FROM readmodel.line_day AS e
        UNION ALL
        SELECT e.household, e.slot, e.day,
               lead(e.day) OVER (PARTITION BY e.household, e.slot ORDER BY e.day) AS next_day,
               0, 0, 0, 0, 0, 0, e.reserve_t1, e.reserve_t2a, e.reserve_t2b, e.contingent
        FROM readmodel.household_day AS e) AS s ON s.household = n.household AND s.slot = n.slot
    CROSS JOIN LATERAL (
        SELECT generate_series(0, coalesce(s.next_day - 1, n.as_of_on) - s.day) AS i
        LIMIT coalesce(s.next_day - 1, n.as_of_on) - s.day + 1) AS each
    WHERE n.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live')
    GROUP BY n.household, n.slot, s.day + each.i) AS d;
