-- A household's position with the rest of its parts: how far its revolving lines are used, how concentrated its debt is,
-- and which caps hold. Rows of before have none until their household's next fact or day, or until all are rebuilt.

ALTER TABLE readmodel.household_now
    ADD COLUMN utilisation numeric,
    ADD COLUMN diversification_hhi_lender numeric(5,4),
    ADD COLUMN diversification_hhi_product numeric(5,4),
    ADD COLUMN diversification_hhi_maturity numeric(5,4),
    ADD COLUMN diversification_hhi_revocability numeric(5,4),
    ADD COLUMN effective_lenders numeric,
    ADD COLUMN diversification_caps text[],
    ADD COLUMN diversification_caps_bit text[];

CREATE OR REPLACE VIEW reporting_v1.household_position WITH (security_invoker = true) AS
SELECT
    n.household,
    timestamptz 'epoch' + n.as_of * interval '1 microsecond' AS as_of,
    n.as_of_on,
    n.version,
    n.currency,
    (n.debt_principal::numeric / n.minor_per_unit)::numeric(20,2) AS debt_principal,
    (n.debt_accrued_interest::numeric / n.minor_per_unit)::numeric(20,2) AS debt_accrued_interest,
    (n.debt_overdue::numeric / n.minor_per_unit)::numeric(20,2) AS debt_overdue,
    (n.debt_total::numeric / n.minor_per_unit)::numeric(20,2) AS debt_total,
    (n.debt_due_30_days::numeric / n.minor_per_unit)::numeric(20,2) AS debt_due_30_days,
    (n.debt_due_12_months::numeric / n.minor_per_unit)::numeric(20,2) AS debt_due_12_months,
    (n.reserve_t1::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t1,
    (n.reserve_t2a::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t2a,
    (n.reserve_t2b::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t2b,
    ((n.reserve_t1 + n.reserve_t2a + n.reserve_t2b)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_total,
    (n.contingent::numeric / n.minor_per_unit)::numeric(20,2) AS contingent,
    (n.monthly_outflow::numeric / n.minor_per_unit)::numeric(20,2) AS monthly_outflow,
    n.reserve_months,
    n.immediate_months,
    n.diversification_score,
    n.diversification_uncapped,
    n.diversification_lender,
    n.diversification_product,
    n.diversification_maturity,
    n.diversification_revocability,
    n.largest_lender_share,
    n.diversification_all_debt,
    n.utilisation,
    n.diversification_hhi_lender,
    n.diversification_hhi_product,
    n.diversification_hhi_maturity,
    n.diversification_hhi_revocability,
    n.effective_lenders,
    n.diversification_caps,
    n.diversification_caps_bit
FROM readmodel.household_now AS n WHERE n.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live') AND n.debt_total IS NOT NULL;
COMMENT ON COLUMN reporting_v1.household_position.utilisation IS 'Drawn over limit of all revolving lines, a shared limit counted once and a credit balance as nothing drawn. Unit: fraction; null without a limit, or while one is unknown.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_hhi_lender IS 'Sum of the squared shares of lender groups in unsecured principal (Herfindahl-Hirschman). Unit: fraction, 1 for a single one; null without unsecured debt.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_hhi_product IS 'The same of products. Unit: fraction.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_hhi_maturity IS 'The same of maturities. Unit: fraction.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_hhi_revocability IS 'The same of revocable lines and contractual terms. Unit: fraction.';
COMMENT ON COLUMN reporting_v1.household_position.effective_lenders IS 'How many lender groups with equal shares would be as concentrated. Unit: lender groups; null without unsecured debt.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_caps IS 'The caps on diversification_score whose condition holds: largest_lender_over_50 (60 points), largest_lender_over_75 (40), credit_velocity (70). Null without unsecured debt.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_caps_bit IS 'Those of them because of which diversification_score is below diversification_uncapped.';

CREATE OR REPLACE VIEW reporting_v1.households WITH (security_invoker = true) AS
SELECT
    n.household,
    n.timezone,
    n.currency,
    n.version,
    timestamptz 'epoch' + n.recorded_at * interval '1 microsecond' AS recorded_at,
    timestamptz 'epoch' + n.as_of * interval '1 microsecond' AS as_of,
    n.as_of_on,
    n.first_on,
    n.quarantine IS NOT NULL AS quarantined,
    n.quarantine AS quarantine_reason
FROM readmodel.household_now AS n WHERE n.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
COMMENT ON COLUMN reporting_v1.households.first_on IS 'Local day of the household''s first fact; the daily views begin with it.';
COMMENT ON COLUMN reporting_v1.households.quarantine_reason IS 'Why the facts could not be folded; null unless quarantined.';
COMMENT ON VIEW reporting_v1.household_daily IS 'A row for each household and each day from its first fact to its as_of_on.';
