-- Read models: derived from the log and from nothing else, so that they may be thrown away and made again.
--
-- Every table of rows is kept in two slots, one partition each: one is live, the other holds the generation before or
-- the one that is being made. Amounts are minor units, instants microseconds since 1970-01-01 UTC, days are local.

DO $$
BEGIN
    IF (SELECT count(*) FROM pg_roles WHERE rolname IN ('headroom_reader', 'headroom_household_reader')) < 2 THEN
        RAISE EXCEPTION 'the roles headroom_reader and headroom_household_reader are missing'
            USING HINT = 'Run app/database/roles.sql in this database once more, then try again.';
    END IF;
END $$;

-- That the clock passed an instant for a household: a limit expired, a hold fell, a day began. Part of the one order of
-- the log, so that what is derived follows from the log alone and a rebuild finds the same.
CREATE TABLE headroom.lapse (
    position  bigint NOT NULL,
    txid      xid8   NOT NULL,
    at        bigint NOT NULL,
    household text   NOT NULL COLLATE "C",
    PRIMARY KEY (household, position)
);
CREATE INDEX lapse_position ON headroom.lapse (position);
COMMENT ON TABLE headroom.lapse IS 'Instants that passed for a household without a fact, in the one order of the log.';

CREATE SCHEMA readmodel;
COMMENT ON SCHEMA readmodel IS 'Derived from the log; may be thrown away and made again with headroom rebuild. Not part of a backup.';

CREATE TABLE readmodel.generation (
    slot        smallint NOT NULL PRIMARY KEY CHECK (slot IN (1, 2)),
    number      integer  NOT NULL,
    state       text     NOT NULL CHECK (state IN ('live', 'building', 'kept', 'empty')),
    position    bigint   NOT NULL,
    epoch       bigint   NOT NULL,
    changed_at  bigint   NOT NULL
);
CREATE UNIQUE INDEX generation_live ON readmodel.generation (state) WHERE state = 'live';
COMMENT ON TABLE readmodel.generation IS 'The two generations of the read models: which is live, up to which position it holds the log, and the epoch of its only writer.';
INSERT INTO readmodel.generation VALUES (1, 1, 'live', 0, 0, 0), (2, 0, 'empty', 0, 0, 0);

CREATE TABLE readmodel.household_now (
    household text NOT NULL COLLATE "C",
    slot smallint NOT NULL,
    version integer NOT NULL,
    recorded_at bigint NOT NULL,
    as_of bigint NOT NULL,
    as_of_on date NOT NULL,
    next_at bigint,
    first_on date,
    timezone text NOT NULL,
    currency text NOT NULL,
    minor_per_unit integer NOT NULL,
    quarantine text,
    debt_principal bigint,
    debt_accrued_interest bigint,
    debt_overdue bigint,
    debt_total bigint,
    debt_due_30_days bigint,
    debt_due_12_months bigint,
    reserve_t1 bigint,
    reserve_t2a bigint,
    reserve_t2b bigint,
    contingent bigint,
    monthly_outflow bigint,
    reserve_months numeric,
    immediate_months numeric,
    diversification_score numeric(5,2),
    diversification_uncapped numeric(5,2),
    diversification_lender numeric(5,2),
    diversification_product numeric(5,2),
    diversification_maturity numeric(5,2),
    diversification_revocability numeric(5,2),
    largest_lender_share numeric(5,4),
    diversification_all_debt numeric(5,2),
    PRIMARY KEY (household, slot)
) PARTITION BY LIST (slot);
COMMENT ON TABLE readmodel.household_now IS 'A household as of the latest instant the log tells of, and how far it was derived; quarantined with the reason when its facts could not be folded.';

CREATE TABLE readmodel.line_now (
    household text NOT NULL COLLATE "C",
    slot smallint NOT NULL,
    line text NOT NULL COLLATE "C",
    lender text NOT NULL,
    lender_group text NOT NULL,
    product text NOT NULL,
    secured boolean NOT NULL,
    revolving boolean NOT NULL,
    revocable boolean NOT NULL,
    status text NOT NULL,
    first_on date NOT NULL,
    limit_known boolean NOT NULL,
    permanent_limit bigint NOT NULL,
    temporary_limit bigint NOT NULL,
    drawn bigint NOT NULL,
    held bigint NOT NULL,
    shared_used bigint NOT NULL,
    headroom bigint NOT NULL,
    available bigint NOT NULL,
    over_limit bigint NOT NULL,
    blocked bigint NOT NULL,
    utilisation numeric,
    principal bigint NOT NULL,
    accrued_interest bigint NOT NULL,
    overdue bigint NOT NULL,
    total_debt bigint NOT NULL,
    days_past_due integer NOT NULL,
    due_30_days bigint NOT NULL,
    due_12_months bigint NOT NULL,
    PRIMARY KEY (household, slot, line)
) PARTITION BY LIST (slot);
COMMENT ON TABLE readmodel.line_now IS 'A credit line as of the latest instant the log tells of for its household.';

CREATE TABLE readmodel.line_day (
    household text NOT NULL COLLATE "C",
    slot smallint NOT NULL,
    line text NOT NULL COLLATE "C",
    day date NOT NULL,
    status text NOT NULL,
    limit_known boolean NOT NULL,
    permanent_limit bigint NOT NULL,
    temporary_limit bigint NOT NULL,
    drawn bigint NOT NULL,
    held bigint NOT NULL,
    shared_used bigint NOT NULL,
    headroom bigint NOT NULL,
    available bigint NOT NULL,
    over_limit bigint NOT NULL,
    blocked bigint NOT NULL,
    principal bigint NOT NULL,
    posted_unpaid bigint NOT NULL,
    overdue bigint NOT NULL,
    past_due_since date,
    accrued_units numeric NOT NULL,
    accrued_units_a_day numeric NOT NULL,
    PRIMARY KEY (household, slot, line, day)
) PARTITION BY LIST (slot);
COMMENT ON TABLE readmodel.line_day IS 'A credit line at the end of each day on which something changed other than by steady accrual; accrued interest in 10**-24 minor units, so that a day in between is exact.';

CREATE TABLE readmodel.household_day (
    household text NOT NULL COLLATE "C",
    slot smallint NOT NULL,
    day date NOT NULL,
    reserve_t1 bigint NOT NULL,
    reserve_t2a bigint NOT NULL,
    reserve_t2b bigint NOT NULL,
    contingent bigint NOT NULL,
    PRIMARY KEY (household, slot, day)
) PARTITION BY LIST (slot);
COMMENT ON TABLE readmodel.household_day IS 'A household''s reserve, and what it could still borrow, at the end of each day on which either changed.';

CREATE TABLE readmodel.limit_change (
    household text NOT NULL COLLATE "C",
    slot smallint NOT NULL,
    change_id text NOT NULL COLLATE "C",
    ordinal integer NOT NULL,
    line text NOT NULL COLLATE "C",
    kind text NOT NULL,
    limit_before bigint NOT NULL,
    limit_after bigint NOT NULL,
    available_before bigint NOT NULL,
    available_after bigint NOT NULL,
    since_at bigint NOT NULL,
    since_day_only boolean NOT NULL,
    until_at bigint NOT NULL,
    until_day_only boolean NOT NULL,
    ambiguous boolean NOT NULL,
    recorded_at bigint NOT NULL,
    facts integer[] NOT NULL,
    PRIMARY KEY (household, slot, ordinal)
) PARTITION BY LIST (slot);
COMMENT ON TABLE readmodel.limit_change IS 'Every limit change that stands, stated or inferred, in the order they happened.';

CREATE TABLE readmodel.derived_change (
    household text NOT NULL COLLATE "C",
    slot smallint NOT NULL,
    position bigint NOT NULL,
    ordinal integer NOT NULL,
    type text NOT NULL,
    at bigint NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (household, slot, position, ordinal)
) PARTITION BY LIST (slot);
CREATE INDEX derived_change_position ON readmodel.derived_change (position);
COMMENT ON TABLE readmodel.derived_change IS 'What a commit or a lapse changed in what is derived: limit changes that came to stand, and those that no longer do. Part of the feed, at the position of its cause.';

CREATE TABLE readmodel.household_now_1 PARTITION OF readmodel.household_now FOR VALUES IN (1);
CREATE TABLE readmodel.household_now_2 PARTITION OF readmodel.household_now FOR VALUES IN (2);
CREATE TABLE readmodel.line_now_1 PARTITION OF readmodel.line_now FOR VALUES IN (1);
CREATE TABLE readmodel.line_now_2 PARTITION OF readmodel.line_now FOR VALUES IN (2);
CREATE TABLE readmodel.line_day_1 PARTITION OF readmodel.line_day FOR VALUES IN (1);
CREATE TABLE readmodel.line_day_2 PARTITION OF readmodel.line_day FOR VALUES IN (2);
CREATE TABLE readmodel.household_day_1 PARTITION OF readmodel.household_day FOR VALUES IN (1);
CREATE TABLE readmodel.household_day_2 PARTITION OF readmodel.household_day FOR VALUES IN (2);
CREATE TABLE readmodel.limit_change_1 PARTITION OF readmodel.limit_change FOR VALUES IN (1);
CREATE TABLE readmodel.limit_change_2 PARTITION OF readmodel.limit_change FOR VALUES IN (2);
CREATE TABLE readmodel.derived_change_1 PARTITION OF readmodel.derived_change FOR VALUES IN (1);
CREATE TABLE readmodel.derived_change_2 PARTITION OF readmodel.derived_change FOR VALUES IN (2);
CREATE INDEX household_now_next ON readmodel.household_now (next_at);

-- Readers see through the views with their own rights, so these policies decide whose rows they get: all, or those of
-- the households their login was given.
CREATE TABLE headroom.household_reader (
    login     text NOT NULL,
    household text NOT NULL COLLATE "C",
    PRIMARY KEY (household, login)
);
COMMENT ON TABLE headroom.household_reader IS 'Which logins that are members of headroom_household_reader may read which household.';
ALTER TABLE headroom.household_reader ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON headroom.household_reader FOR SELECT TO headroom_service USING (true);
CREATE POLICY own ON headroom.household_reader FOR SELECT TO headroom_household_reader USING (login = session_user);

ALTER TABLE readmodel.household_now ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON readmodel.household_now TO headroom_service USING (true) WITH CHECK (true);
CREATE POLICY reader ON readmodel.household_now FOR SELECT TO headroom_reader USING (true);
CREATE POLICY given ON readmodel.household_now FOR SELECT TO headroom_household_reader
    USING (household IN (SELECT r.household FROM headroom.household_reader AS r WHERE r.login = session_user));
ALTER TABLE readmodel.line_now ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON readmodel.line_now TO headroom_service USING (true) WITH CHECK (true);
CREATE POLICY reader ON readmodel.line_now FOR SELECT TO headroom_reader USING (true);
CREATE POLICY given ON readmodel.line_now FOR SELECT TO headroom_household_reader
    USING (household IN (SELECT r.household FROM headroom.household_reader AS r WHERE r.login = session_user));
ALTER TABLE readmodel.line_day ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON readmodel.line_day TO headroom_service USING (true) WITH CHECK (true);
CREATE POLICY reader ON readmodel.line_day FOR SELECT TO headroom_reader USING (true);
CREATE POLICY given ON readmodel.line_day FOR SELECT TO headroom_household_reader
    USING (household IN (SELECT r.household FROM headroom.household_reader AS r WHERE r.login = session_user));
ALTER TABLE readmodel.household_day ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON readmodel.household_day TO headroom_service USING (true) WITH CHECK (true);
CREATE POLICY reader ON readmodel.household_day FOR SELECT TO headroom_reader USING (true);
CREATE POLICY given ON readmodel.household_day FOR SELECT TO headroom_household_reader
    USING (household IN (SELECT r.household FROM headroom.household_reader AS r WHERE r.login = session_user));
ALTER TABLE readmodel.limit_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON readmodel.limit_change TO headroom_service USING (true) WITH CHECK (true);
CREATE POLICY reader ON readmodel.limit_change FOR SELECT TO headroom_reader USING (true);
CREATE POLICY given ON readmodel.limit_change FOR SELECT TO headroom_household_reader
    USING (household IN (SELECT r.household FROM headroom.household_reader AS r WHERE r.login = session_user));
ALTER TABLE readmodel.derived_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON readmodel.derived_change TO headroom_service USING (true) WITH CHECK (true);
CREATE POLICY reader ON readmodel.derived_change FOR SELECT TO headroom_reader USING (true);
CREATE POLICY given ON readmodel.derived_change FOR SELECT TO headroom_household_reader
    USING (household IN (SELECT r.household FROM headroom.household_reader AS r WHERE r.login = session_user));

-- The reporting contract: views only. A column is never removed and never changes its meaning in this version.
CREATE SCHEMA reporting_v1;
COMMENT ON SCHEMA reporting_v1 IS 'What dashboards and other programs may rely on. Columns may be added; none is removed or changes its meaning.';

CREATE VIEW reporting_v1.households WITH (security_invoker = true) AS
SELECT
    n.household,
    n.timezone,
    n.currency,
    n.version,
    timestamptz 'epoch' + n.recorded_at * interval '1 microsecond' AS recorded_at,
    timestamptz 'epoch' + n.as_of * interval '1 microsecond' AS as_of,
    n.as_of_on,
    n.first_on,
    n.quarantine IS NOT NULL AS quarantined
FROM readmodel.household_now AS n WHERE n.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
COMMENT ON VIEW reporting_v1.households IS 'The households of the book, and how far what is derived from each follows the log.';
COMMENT ON COLUMN reporting_v1.households.household IS 'Id of the household.';
COMMENT ON COLUMN reporting_v1.households.timezone IS 'IANA time zone in which the household''s days begin.';
COMMENT ON COLUMN reporting_v1.households.currency IS 'ISO 4217 code; the unit of every amount of the household.';
COMMENT ON COLUMN reporting_v1.households.version IS 'Number of the latest fact that is in the views.';
COMMENT ON COLUMN reporting_v1.households.recorded_at IS 'When the ledger learned that fact.';
COMMENT ON COLUMN reporting_v1.households.as_of IS 'The instant the position views are as of: the latest the log tells of.';
COMMENT ON COLUMN reporting_v1.households.as_of_on IS 'Local day of as_of; the daily views end with it.';
COMMENT ON COLUMN reporting_v1.households.first_on IS 'Local day of the household''s first line or reserve account; the daily views begin with it.';
COMMENT ON COLUMN reporting_v1.households.quarantined IS 'True when the facts could not be folded: the views then show the household as it was before, or not at all.';

CREATE VIEW reporting_v1.household_position WITH (security_invoker = true) AS
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
    n.diversification_all_debt
FROM readmodel.household_now AS n WHERE n.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live') AND n.debt_total IS NOT NULL;
COMMENT ON VIEW reporting_v1.household_position IS 'A household''s debt, reserve and spread of financing as of the latest instant the log tells of.';
COMMENT ON COLUMN reporting_v1.household_position.household IS 'Id of the household.';
COMMENT ON COLUMN reporting_v1.household_position.as_of IS 'The instant this row is as of.';
COMMENT ON COLUMN reporting_v1.household_position.as_of_on IS 'Local day of as_of.';
COMMENT ON COLUMN reporting_v1.household_position.version IS 'Number of the latest fact in this row.';
COMMENT ON COLUMN reporting_v1.household_position.currency IS 'ISO 4217 code; the unit of every amount of the row.';
COMMENT ON COLUMN reporting_v1.household_position.debt_principal IS 'Outstanding principal. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.debt_accrued_interest IS 'Interest counted by the ledger and not charged yet, penalty interest included. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.debt_overdue IS 'What was due and is unpaid; a part of debt_total. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.debt_total IS 'Principal, accrued interest, and interest, fees and penalties charged and unpaid. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.debt_due_30_days IS 'What falls due in the 30 days after as_of_on. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.debt_due_12_months IS 'What falls due in the 12 months after as_of_on. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.reserve_t1 IS 'Reserve to be had at once, tier 1. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.reserve_t2a IS 'Reserve to be had within days, tier 2A, after haircut. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.reserve_t2b IS 'Reserve in bonds and shares, tier 2B, after haircut and cap. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.reserve_total IS 'The reserve: the sum of its tiers. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.contingent IS 'What could still be borrowed; never part of the reserve. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.monthly_outflow IS 'Essential expenses of a month and what falls due up to the same day of next month; null when essentials are unknown. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_position.reserve_months IS 'Reserve over monthly outflow. Unit: months; null when the outflow is unknown or zero.';
COMMENT ON COLUMN reporting_v1.household_position.immediate_months IS 'Tier 1 over monthly outflow. Unit: months; null when the outflow is unknown or zero.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_score IS 'How spread unsecured financing is, after caps. Unit: points, 0 to 100; null without unsecured debt.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_uncapped IS 'The same before caps. Unit: points, 0 to 100.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_lender IS 'Spread over lender groups. Unit: points, 0 to 100.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_product IS 'Spread over products. Unit: points, 0 to 100.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_maturity IS 'Spread over maturities. Unit: points, 0 to 100.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_revocability IS 'Spread over revocable lines and contractual terms. Unit: points, 0 to 100.';
COMMENT ON COLUMN reporting_v1.household_position.largest_lender_share IS 'Share of the largest lender group in unsecured principal. Unit: fraction.';
COMMENT ON COLUMN reporting_v1.household_position.diversification_all_debt IS 'The score of all debt, secured included. Unit: points, 0 to 100; null without debt.';

CREATE VIEW reporting_v1.line_position WITH (security_invoker = true) AS
SELECT
    l.household,
    l.line,
    timestamptz 'epoch' + n.as_of * interval '1 microsecond' AS as_of,
    n.as_of_on,
    n.currency,
    l.lender,
    l.lender_group,
    l.product,
    l.secured,
    l.revolving,
    l.revocable,
    l.status,
    l.limit_known,
    ((l.permanent_limit + l.temporary_limit)::numeric / n.minor_per_unit)::numeric(20,2) AS limit_total,
    (l.permanent_limit::numeric / n.minor_per_unit)::numeric(20,2) AS permanent_limit,
    (l.temporary_limit::numeric / n.minor_per_unit)::numeric(20,2) AS temporary_limit,
    (l.drawn::numeric / n.minor_per_unit)::numeric(20,2) AS drawn,
    (l.held::numeric / n.minor_per_unit)::numeric(20,2) AS held,
    (l.shared_used::numeric / n.minor_per_unit)::numeric(20,2) AS shared_used,
    (l.headroom::numeric / n.minor_per_unit)::numeric(20,2) AS headroom,
    (l.available::numeric / n.minor_per_unit)::numeric(20,2) AS available,
    (l.over_limit::numeric / n.minor_per_unit)::numeric(20,2) AS over_limit,
    (l.blocked::numeric / n.minor_per_unit)::numeric(20,2) AS blocked,
    l.utilisation,
    (l.principal::numeric / n.minor_per_unit)::numeric(20,2) AS principal,
    (l.accrued_interest::numeric / n.minor_per_unit)::numeric(20,2) AS accrued_interest,
    (l.overdue::numeric / n.minor_per_unit)::numeric(20,2) AS overdue,
    (l.total_debt::numeric / n.minor_per_unit)::numeric(20,2) AS total_debt,
    l.days_past_due,
    (l.due_30_days::numeric / n.minor_per_unit)::numeric(20,2) AS due_30_days,
    (l.due_12_months::numeric / n.minor_per_unit)::numeric(20,2) AS due_12_months
FROM readmodel.line_now AS l JOIN readmodel.household_now AS n ON n.household = l.household AND n.slot = l.slot
WHERE l.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
COMMENT ON VIEW reporting_v1.line_position IS 'A credit line as of the latest instant the log tells of for its household.';
COMMENT ON COLUMN reporting_v1.line_position.household IS 'Id of the household.';
COMMENT ON COLUMN reporting_v1.line_position.line IS 'Id of the credit line inside the household.';
COMMENT ON COLUMN reporting_v1.line_position.as_of IS 'The instant this row is as of.';
COMMENT ON COLUMN reporting_v1.line_position.as_of_on IS 'Local day of as_of.';
COMMENT ON COLUMN reporting_v1.line_position.currency IS 'ISO 4217 code; the unit of every amount of the row.';
COMMENT ON COLUMN reporting_v1.line_position.lender IS 'Id of the lender.';
COMMENT ON COLUMN reporting_v1.line_position.lender_group IS 'Id of the group of connected lenders.';
COMMENT ON COLUMN reporting_v1.line_position.product IS 'Kind of credit: consumer_loan, card, instalment, bank_loan, mortgage, informal or other.';
COMMENT ON COLUMN reporting_v1.line_position.secured IS 'Whether the debt is secured.';
COMMENT ON COLUMN reporting_v1.line_position.revolving IS 'Whether what is repaid can be drawn again.';
COMMENT ON COLUMN reporting_v1.line_position.revocable IS 'Whether the lender may withdraw the line at any time.';
COMMENT ON COLUMN reporting_v1.line_position.status IS 'open, frozen, closed or expired.';
COMMENT ON COLUMN reporting_v1.line_position.limit_known IS 'False while nobody has recorded or seen a limit: 0.00 is then no limit.';
COMMENT ON COLUMN reporting_v1.line_position.limit_total IS 'Limit in force, temporary limits included. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.permanent_limit IS 'Permanent limit in force; the pool''s for a line that shares one. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.temporary_limit IS 'Temporary limits in force. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.drawn IS 'Drawn: principal, or the full balance (negative: a credit balance). Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.held IS 'Principal repaid and not restored yet. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.shared_used IS 'Drawn and held of the other lines that share the limit. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.headroom IS 'Limit less drawn, held and shared use; signed. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.available IS 'What can be borrowed. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.over_limit IS 'How far the line is used beyond its limit. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.blocked IS 'Headroom that cannot be used while the line is frozen, closed or expired. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.utilisation IS 'Drawn over limit. Unit: fraction; null without a limit.';
COMMENT ON COLUMN reporting_v1.line_position.principal IS 'Outstanding principal. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.accrued_interest IS 'Interest counted by the ledger and not charged yet, penalty interest included. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.overdue IS 'What was due and is unpaid; a part of total_debt. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.total_debt IS 'Principal, accrued interest, and interest, fees and penalties charged and unpaid. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.days_past_due IS 'Days since the oldest missing payment was due. Unit: days.';
COMMENT ON COLUMN reporting_v1.line_position.due_30_days IS 'What falls due in the 30 days after as_of_on. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_position.due_12_months IS 'What falls due in the 12 months after as_of_on. Unit: the household''s currency.';

CREATE VIEW reporting_v1.line_daily WITH (security_invoker = true) AS
SELECT
    l.household,
    l.line,
    g.day,
    n.currency,
    d.status,
    d.limit_known,
    ((d.permanent_limit + d.temporary_limit)::numeric / n.minor_per_unit)::numeric(20,2) AS limit_total,
    (d.permanent_limit::numeric / n.minor_per_unit)::numeric(20,2) AS permanent_limit,
    (d.temporary_limit::numeric / n.minor_per_unit)::numeric(20,2) AS temporary_limit,
    (d.drawn::numeric / n.minor_per_unit)::numeric(20,2) AS drawn,
    (d.held::numeric / n.minor_per_unit)::numeric(20,2) AS held,
    (d.shared_used::numeric / n.minor_per_unit)::numeric(20,2) AS shared_used,
    (d.headroom::numeric / n.minor_per_unit)::numeric(20,2) AS headroom,
    (d.available::numeric / n.minor_per_unit)::numeric(20,2) AS available,
    (d.over_limit::numeric / n.minor_per_unit)::numeric(20,2) AS over_limit,
    (d.blocked::numeric / n.minor_per_unit)::numeric(20,2) AS blocked,
    CASE WHEN d.permanent_limit + d.temporary_limit <> 0
         THEN round(d.drawn::numeric / (d.permanent_limit + d.temporary_limit), 4) END AS utilisation,
    (d.principal::numeric / n.minor_per_unit)::numeric(20,2) AS principal,
    (round((d.accrued_units + d.accrued_units_a_day * (g.day - d.day)) / 1e24)::numeric / n.minor_per_unit)::numeric(20,2) AS accrued_interest,
    (d.overdue::numeric / n.minor_per_unit)::numeric(20,2) AS overdue,
    ((d.principal + d.posted_unpaid + round((d.accrued_units + d.accrued_units_a_day * (g.day - d.day)) / 1e24))::numeric / n.minor_per_unit)::numeric(20,2) AS total_debt,
    CASE WHEN d.past_due_since IS NULL THEN 0 ELSE g.day - d.past_due_since END AS days_past_due
FROM readmodel.line_now AS l
JOIN readmodel.household_now AS n ON n.household = l.household AND n.slot = l.slot
CROSS JOIN LATERAL (SELECT l.first_on + i AS day FROM generate_series(0, n.as_of_on - l.first_on) AS i) AS g
CROSS JOIN LATERAL (
    SELECT * FROM readmodel.line_day AS each
    WHERE each.household = l.household AND each.slot = l.slot AND each.line = l.line AND each.day <= g.day
    ORDER BY each.day DESC LIMIT 1) AS d
WHERE l.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
COMMENT ON VIEW reporting_v1.line_daily IS 'A row for each credit line and each day from its first fact to the household''s as_of_on.';
COMMENT ON COLUMN reporting_v1.line_daily.household IS 'Id of the household.';
COMMENT ON COLUMN reporting_v1.line_daily.line IS 'Id of the credit line inside the household.';
COMMENT ON COLUMN reporting_v1.line_daily.day IS 'Local day; amounts are as of its end, on the latest day as of as_of.';
COMMENT ON COLUMN reporting_v1.line_daily.currency IS 'ISO 4217 code; the unit of every amount of the row.';
COMMENT ON COLUMN reporting_v1.line_daily.status IS 'open, frozen, closed or expired.';
COMMENT ON COLUMN reporting_v1.line_daily.limit_known IS 'False while nobody had recorded or seen a limit: 0.00 is then no limit.';
COMMENT ON COLUMN reporting_v1.line_daily.limit_total IS 'Limit in force, temporary limits included. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.permanent_limit IS 'Permanent limit in force; the pool''s for a line that shares one. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.temporary_limit IS 'Temporary limits in force. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.drawn IS 'Drawn: principal, or the full balance (negative: a credit balance). Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.held IS 'Principal repaid and not restored yet. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.shared_used IS 'Drawn and held of the other lines that share the limit. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.headroom IS 'Limit less drawn, held and shared use; signed. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.available IS 'What can be borrowed. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.over_limit IS 'How far the line is used beyond its limit. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.blocked IS 'Headroom that cannot be used while the line is frozen, closed or expired. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.utilisation IS 'Drawn over limit. Unit: fraction; null without a limit.';
COMMENT ON COLUMN reporting_v1.line_daily.principal IS 'Outstanding principal. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.accrued_interest IS 'Interest counted by the ledger and not charged yet, penalty interest included. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.overdue IS 'What was due and is unpaid; a part of total_debt. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.total_debt IS 'Principal, accrued interest, and interest, fees and penalties charged and unpaid. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.line_daily.days_past_due IS 'Days since the oldest missing payment was due. Unit: days.';

CREATE VIEW reporting_v1.household_daily WITH (security_invoker = true) AS
SELECT
    n.household,
    g.day,
    n.currency,
    (coalesce(s.drawn, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS drawn,
    (coalesce(s.debt_principal, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS debt_principal,
    (coalesce(s.debt_accrued_interest, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS debt_accrued_interest,
    (coalesce(s.debt_overdue, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS debt_overdue,
    (coalesce(s.debt_total, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS debt_total,
    (coalesce(r.reserve_t1, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t1,
    (coalesce(r.reserve_t2a, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t2a,
    (coalesce(r.reserve_t2b, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_t2b,
    (coalesce(r.reserve_t1 + r.reserve_t2a + r.reserve_t2b, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS reserve_total,
    (coalesce(r.contingent, 0)::numeric / n.minor_per_unit)::numeric(20,2) AS contingent
FROM readmodel.household_now AS n
CROSS JOIN LATERAL (SELECT n.first_on + i AS day FROM generate_series(0, n.as_of_on - n.first_on) AS i) AS g
LEFT JOIN LATERAL (
    SELECT sum(d.drawn) AS drawn, sum(d.principal) AS debt_principal, sum(d.overdue) AS debt_overdue,
           sum(round((d.accrued_units + d.accrued_units_a_day * (g.day - d.day)) / 1e24)) AS debt_accrued_interest,
           sum(d.principal + d.posted_unpaid + round((d.accrued_units + d.accrued_units_a_day * (g.day - d.day)) / 1e24)) AS debt_total
    FROM readmodel.line_now AS l
    CROSS JOIN LATERAL (
        SELECT * FROM readmodel.line_day AS each
        WHERE each.household = l.household AND each.slot = l.slot AND each.line = l.line AND each.day <= g.day
        ORDER BY each.day DESC LIMIT 1) AS d
    WHERE l.household = n.household AND l.slot = n.slot) AS s ON true
LEFT JOIN LATERAL (
    SELECT * FROM readmodel.household_day AS each
    WHERE each.household = n.household AND each.slot = n.slot AND each.day <= g.day
    ORDER BY each.day DESC LIMIT 1) AS r ON true
WHERE n.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
COMMENT ON VIEW reporting_v1.household_daily IS 'A row for each household and each day from its first line or account to its as_of_on.';
COMMENT ON COLUMN reporting_v1.household_daily.household IS 'Id of the household.';
COMMENT ON COLUMN reporting_v1.household_daily.day IS 'Local day; amounts are as of its end, on the latest day as of as_of.';
COMMENT ON COLUMN reporting_v1.household_daily.currency IS 'ISO 4217 code; the unit of every amount of the row.';
COMMENT ON COLUMN reporting_v1.household_daily.drawn IS 'Drawn on all lines. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.debt_principal IS 'Outstanding principal on all lines. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.debt_accrued_interest IS 'Interest counted by the ledger and not charged yet, penalty interest included. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.debt_overdue IS 'What was due and is unpaid; a part of debt_total. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.debt_total IS 'Principal, accrued interest, and interest, fees and penalties charged and unpaid. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.reserve_t1 IS 'Reserve to be had at once, tier 1. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.reserve_t2a IS 'Reserve to be had within days, tier 2A, after haircut. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.reserve_t2b IS 'Reserve in bonds and shares, tier 2B, after haircut and cap. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.reserve_total IS 'The reserve: the sum of its tiers. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.household_daily.contingent IS 'What could still be borrowed; never part of the reserve. Unit: the household''s currency.';

CREATE VIEW reporting_v1.limit_changes WITH (security_invoker = true) AS
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
    c.facts
FROM readmodel.limit_change AS c JOIN readmodel.household_now AS n ON n.household = c.household AND n.slot = c.slot
WHERE c.slot = (SELECT g.slot FROM readmodel.generation AS g WHERE g.state = 'live');
COMMENT ON VIEW reporting_v1.limit_changes IS 'Every limit change that stands, stated or inferred.';
COMMENT ON COLUMN reporting_v1.limit_changes.household IS 'Id of the household.';
COMMENT ON COLUMN reporting_v1.limit_changes.line IS 'Id of the credit line inside the household.';
COMMENT ON COLUMN reporting_v1.limit_changes.change_id IS 'Id of the change, as headroom changes prints it.';
COMMENT ON COLUMN reporting_v1.limit_changes.ordinal IS 'Place among the household''s changes, in the order they happened.';
COMMENT ON COLUMN reporting_v1.limit_changes.kind IS 'granted, raised, lowered, temporary_granted, temporary_expired, frozen, thawed, closed, expired or inferred.';
COMMENT ON COLUMN reporting_v1.limit_changes.currency IS 'ISO 4217 code; the unit of every amount of the row.';
COMMENT ON COLUMN reporting_v1.limit_changes.limit_before IS 'Limit before. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.limit_changes.limit_after IS 'Limit after. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.limit_changes.available_before IS 'What could be borrowed before. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.limit_changes.available_after IS 'What could be borrowed after. Unit: the household''s currency.';
COMMENT ON COLUMN reporting_v1.limit_changes.since_at IS 'Start of the interval in which it happened; equal to until_at for a dated change.';
COMMENT ON COLUMN reporting_v1.limit_changes.since_day_only IS 'True when only the day of since_at is known.';
COMMENT ON COLUMN reporting_v1.limit_changes.until_at IS 'End of that interval.';
COMMENT ON COLUMN reporting_v1.limit_changes.until_day_only IS 'True when only the day of until_at is known.';
COMMENT ON COLUMN reporting_v1.limit_changes.inferred IS 'True when nobody stated the change and it shows in what was seen.';
COMMENT ON COLUMN reporting_v1.limit_changes.ambiguous IS 'True when a hold or a freeze that nobody recorded would look the same.';
COMMENT ON COLUMN reporting_v1.limit_changes.recorded_at IS 'When the ledger learned of it.';
COMMENT ON COLUMN reporting_v1.limit_changes.facts IS 'Versions of the facts that tell of it; a fact''s id is household:version.';

GRANT SELECT, INSERT ON headroom.lapse TO headroom_service;
GRANT SELECT, UPDATE ON readmodel.generation TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON readmodel.household_now TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.household_now_1 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.household_now_2 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON readmodel.line_now TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.line_now_1 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.line_now_2 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON readmodel.line_day TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.line_day_1 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.line_day_2 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON readmodel.household_day TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.household_day_1 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.household_day_2 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON readmodel.limit_change TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.limit_change_1 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.limit_change_2 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON readmodel.derived_change TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.derived_change_1 TO headroom_service;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON readmodel.derived_change_2 TO headroom_service;
GRANT USAGE ON SCHEMA headroom, readmodel, reporting_v1 TO headroom_reader, headroom_household_reader;
GRANT USAGE ON SCHEMA readmodel, reporting_v1 TO headroom_service;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting_v1 TO headroom_service, headroom_reader, headroom_household_reader;
GRANT SELECT ON readmodel.generation, readmodel.household_now, readmodel.line_now, readmodel.line_day, readmodel.household_day,
    readmodel.limit_change TO headroom_reader, headroom_household_reader;
GRANT SELECT ON headroom.household_reader TO headroom_service, headroom_household_reader;
