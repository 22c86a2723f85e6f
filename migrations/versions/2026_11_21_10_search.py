"""What the search reads: one narrow row for each offer that may be found, kept by the database as an index is."""

from alembic import op

revision = "2026_11_21_10_search"
down_revision = "2026_11_21_09_renewal"
branch_labels = None
depends_on = None

_TABLE = """
    CREATE TABLE offer_entries (
        offer_id bigint CONSTRAINT pk_offer_entries PRIMARY KEY
            CONSTRAINT fk_offer_entries_offer_id REFERENCES offers (id) ON DELETE CASCADE,
        updated_at timestamptz,
        latitude double precision,
        longitude double precision,
        x double precision,
        y double precision,
        z double precision,
        department text,
        contract_type text,
        is_work_study boolean NOT NULL,
        level smallint,
        rome_code text,
        profile_key text NOT NULL,
        funded_in text[],
        terms tsvector NOT NULL
    ) WITH (fillfactor = 90);
"""
# Made after the rows of a database that has offers: many times faster.
_INDEXES = """
    CREATE INDEX ix_offer_entries_terms ON offer_entries USING gin (terms);
    CREATE INDEX ix_offer_entries_place ON offer_entries USING gist (point(longitude, latitude));
    CREATE INDEX ix_offer_entries_updated_at ON offer_entries (updated_at DESC NULLS LAST, offer_id DESC);
    -- An area, and the offers that tell no more than their département (x IS NULL).
    CREATE INDEX ix_offer_entries_department_x ON offer_entries (department, x);
    CREATE INDEX ix_offer_entries_rome_code ON offer_entries (rome_code);
    CREATE INDEX ix_offer_entries_profile_key ON offer_entries (profile_key);
    -- A rare contract or level among everything.
    CREATE INDEX ix_offer_entries_contract_type_is_work_study_level
        ON offer_entries (contract_type, is_work_study, level);
"""
_FUNCTIONS = """
    -- The régions that fund a training for the offers of this profile; NULL for none.
    CREATE FUNCTION funded_regions(key text) RETURNS text[] LANGUAGE sql STABLE AS $$
        SELECT array_agg(DISTINCT trainings.region_code ORDER BY trainings.region_code)
        FROM matches JOIN trainings ON trainings.id = matches.training_id
        WHERE matches.profile_key = key
            AND trainings.is_funded AND trainings.withdrawn_at IS NULL AND trainings.region_code IS NOT NULL
    $$;
    -- Its stems, and those of its title once more behind a sign that no stem has.
    CREATE FUNCTION search_terms(search tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT array_to_tsvector(
            tsvector_to_array(search)
            || ARRAY(SELECT '=' || stem FROM unnest(tsvector_to_array(ts_filter(search, '{a}'))) AS stem)
        )
    $$;
    CREATE FUNCTION keep_offer_entry() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.withdrawn_at IS NOT NULL OR NEW.duplicate_of_id IS NOT NULL THEN
                DELETE FROM offer_entries WHERE offer_id = NEW.id;
                RETURN NULL;
            END IF;
            INSERT INTO offer_entries VALUES (
                NEW.id, NEW.updated_at, NEW.latitude, NEW.longitude,
                cos(radians(NEW.latitude)) * cos(radians(NEW.longitude)),
                cos(radians(NEW.latitude)) * sin(radians(NEW.longitude)),
                sin(radians(NEW.latitude)),
                NEW.department, NEW.contract_type, NEW.is_work_study, NEW.level, NEW.rome_code, NEW.profile_key,
                funded_regions(NEW.profile_key), search_terms(NEW.search)
            )
            ON CONFLICT (offer_id) DO UPDATE SET
                updated_at = excluded.updated_at, latitude = excluded.latitude, longitude = excluded.longitude,
                x = excluded.x, y = excluded.y, z = excluded.z, department = excluded.department,
                contract_type = excluded.contract_type, is_work_study = excluded.is_work_study,
                level = excluded.level, rome_code = excluded.rome_code, profile_key = excluded.profile_key,
                funded_in = excluded.funded_in, terms = excluded.terms;
            RETURN NULL;
        END
    $$;
    -- Many at once: each with its own trigger, an import would take half as long again.
    CREATE FUNCTION keep_new_offer_entries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO offer_entries
            SELECT id, updated_at, latitude, longitude,
                cos(radians(latitude)) * cos(radians(longitude)), cos(radians(latitude)) * sin(radians(longitude)),
                sin(radians(latitude)),
                department, contract_type, is_work_study, level, rome_code, changed.profile_key, regions,
                search_terms(search)
            FROM changed LEFT JOIN (
                SELECT profile_key, funded_regions(profile_key) AS regions
                FROM (SELECT DISTINCT profile_key FROM changed) AS profiles
            ) AS funded USING (profile_key)
            WHERE withdrawn_at IS NULL AND duplicate_of_id IS NULL;
            RETURN NULL;
        END
    $$;
    CREATE FUNCTION keep_funded_entries(keys text[]) RETURNS void LANGUAGE sql AS $$
        UPDATE offer_entries SET funded_in = found.regions
        FROM (SELECT key, funded_regions(key) AS regions FROM unnest(keys) AS key) AS found
        WHERE profile_key = found.key AND funded_in IS DISTINCT FROM found.regions
    $$;
    CREATE FUNCTION keep_matched_entries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM keep_funded_entries(ARRAY(SELECT DISTINCT profile_key FROM changed));
            RETURN NULL;
        END
    $$;
    CREATE FUNCTION keep_trained_entries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM keep_funded_entries(ARRAY(SELECT profile_key FROM matches WHERE training_id = NEW.id));
            RETURN NULL;
        END
    $$;
"""
_TRIGGERS = """
    CREATE TRIGGER keep_entry_of_new AFTER INSERT ON offers REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION keep_new_offer_entries();
    CREATE TRIGGER keep_entry AFTER UPDATE ON offers
        FOR EACH ROW WHEN (
            (OLD.withdrawn_at IS NULL AND OLD.duplicate_of_id IS NULL)
                <> (NEW.withdrawn_at IS NULL AND NEW.duplicate_of_id IS NULL)
            OR (OLD.updated_at, OLD.latitude, OLD.longitude, OLD.department, OLD.contract_type, OLD.is_work_study,
                OLD.level, OLD.rome_code, OLD.profile_key, OLD.search)
                IS DISTINCT FROM
                (NEW.updated_at, NEW.latitude, NEW.longitude, NEW.department, NEW.contract_type, NEW.is_work_study,
                NEW.level, NEW.rome_code, NEW.profile_key, NEW.search)
        )
        EXECUTE FUNCTION keep_offer_entry();
    CREATE TRIGGER keep_entries_of_new AFTER INSERT ON matches REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION keep_matched_entries();
    CREATE TRIGGER keep_entries_of_gone AFTER DELETE ON matches REFERENCING OLD TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION keep_matched_entries();
    CREATE TRIGGER keep_entries AFTER UPDATE OF is_funded, withdrawn_at, region_code ON trainings
        FOR EACH ROW WHEN (
            (OLD.is_funded, OLD.withdrawn_at IS NULL, OLD.region_code)
            IS DISTINCT FROM (NEW.is_funded, NEW.withdrawn_at IS NULL, NEW.region_code)
        )
        EXECUTE FUNCTION keep_trained_entries();
"""
_FILL = """
    INSERT INTO offer_entries
    SELECT id, updated_at, latitude, longitude,
        cos(radians(latitude)) * cos(radians(longitude)), cos(radians(latitude)) * sin(radians(longitude)),
        sin(radians(latitude)),
        department, contract_type, is_work_study, level, rome_code, offers.profile_key, regions, search_terms(search)
    FROM offers LEFT JOIN (
        SELECT profile_key, array_agg(DISTINCT region_code ORDER BY region_code) AS regions
        FROM matches JOIN trainings ON trainings.id = matches.training_id
        WHERE is_funded AND withdrawn_at IS NULL AND region_code IS NOT NULL GROUP BY profile_key
    ) AS funded USING (profile_key)
    WHERE withdrawn_at IS NULL AND duplicate_of_id IS NULL;
"""


def upgrade() -> None:
    op.execute(_TABLE + _FUNCTIONS + _FILL + _INDEXES + _TRIGGERS)
    # The search reads its own table: nothing else looked offers up by these.
    op.execute("DROP INDEX ix_offers_search, ix_offers_place, ix_offers_updated_at")
    op.execute("ALTER TABLE offers DROP COLUMN title_search")


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE offers
            ADD COLUMN title_search tsvector NOT NULL GENERATED ALWAYS AS (ts_filter(search, '{a}')) STORED;
        CREATE INDEX ix_offers_search ON offers USING gin (search);
        CREATE INDEX ix_offers_place ON offers USING gist (point(longitude, latitude))
            WHERE withdrawn_at IS NULL AND duplicate_of_id IS NULL;
        CREATE INDEX ix_offers_updated_at ON offers (updated_at DESC NULLS LAST, id DESC)
            WHERE withdrawn_at IS NULL AND duplicate_of_id IS NULL;
        DROP TRIGGER keep_entries ON trainings;
        DROP TRIGGER keep_entries_of_gone ON matches;
        DROP TRIGGER keep_entries_of_new ON matches;
        DROP TRIGGER keep_entry ON offers;
        DROP TRIGGER keep_entry_of_new ON offers;
        DROP FUNCTION keep_trained_entries(), keep_matched_entries(), keep_funded_entries(text[]), keep_offer_entry(),
            keep_new_offer_entries(), search_terms(tsvector), funded_regions(text);
        DROP TABLE offer_entries;
        """
    )
