-- CreateTable
CREATE TABLE "plans" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "monthly_fee_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "seat_fee_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "included_seats" INTEGER NOT NULL DEFAULT 0,
    "included_usage_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "features" JSONB NOT NULL DEFAULT '{}',
    "archived_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "plan_id" TEXT NOT NULL,
    "seats" INTEGER NOT NULL DEFAULT 1,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "billing_profiles" (
    "organization_id" TEXT NOT NULL,
    "legal_name" TEXT NOT NULL DEFAULT '',
    "address_lines" TEXT[],
    "country" TEXT NOT NULL DEFAULT '',
    "tax_id" TEXT NOT NULL DEFAULT '',
    "email" TEXT NOT NULL DEFAULT '',
    "purchase_order" TEXT NOT NULL DEFAULT '',
    "tax_rates" JSONB NOT NULL DEFAULT '[]',
    "grace_days" INTEGER NOT NULL DEFAULT 3,
    "payment_term_days" INTEGER NOT NULL DEFAULT 30,
    "stripe_customer_id" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "billing_profiles_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "invoices" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'invoice',
    "subject_id" TEXT NOT NULL DEFAULT '',
    "livemode" BOOLEAN NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "time_zone" TEXT NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "state" TEXT NOT NULL,
    "series" TEXT,
    "number" TEXT,
    "subtotal_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "rounding_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "tax_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "total_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "frozen" JSONB,
    "frozen_sha256" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "finalized_at" TIMESTAMPTZ(3),
    "paid_at" TIMESTAMPTZ(3),
    "voided_at" TIMESTAMPTZ(3),
    "uncollectible_at" TIMESTAMPTZ(3),
    "stripe_invoice_id" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoice_lines" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "description" TEXT NOT NULL DEFAULT '',
    "team_id" TEXT NOT NULL DEFAULT '',
    "team_name" TEXT NOT NULL DEFAULT '',
    "cost_center" TEXT NOT NULL DEFAULT '',
    "provider" TEXT NOT NULL DEFAULT '',
    "model" TEXT NOT NULL DEFAULT '',
    "component" TEXT NOT NULL DEFAULT '',
    "unit_price_pico_usd" BIGINT NOT NULL DEFAULT 0,
    "markup_basis_points" INTEGER NOT NULL DEFAULT 0,
    "quantity" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "cost_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "amount_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_lines_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoice_documents" (
    "organization_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_documents_pkey" PRIMARY KEY ("organization_id","invoice_id","kind")
);

-- CreateTable
CREATE TABLE "invoice_series" (
    "issuer" TEXT NOT NULL,
    "series" TEXT NOT NULL,
    "last_number" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "invoice_series_pkey" PRIMARY KEY ("issuer","series")
);

-- CreateTable
CREATE TABLE "credit_notes" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "series" TEXT,
    "number" TEXT,
    "reason" TEXT NOT NULL,
    "subtotal_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "rounding_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "tax_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "total_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL,
    "frozen" JSONB,
    "frozen_sha256" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "issued_at" TIMESTAMPTZ(3),

    CONSTRAINT "credit_notes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credit_note_lines" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "credit_note_id" TEXT NOT NULL,
    "invoice_line_id" TEXT,
    "description" TEXT NOT NULL,
    "quantity" DECIMAL(38,0) NOT NULL,
    "amount_pico_usd" DECIMAL(38,0) NOT NULL,
    "entries" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "credit_note_lines_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credit_ledger_entries" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "amount_pico_usd" DECIMAL(38,0) NOT NULL,
    "kind" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "invoice_id" TEXT,
    "cause_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_ledger_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stripe_events" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "stripe_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified_at" TIMESTAMPTZ(3),
    "name" TEXT NOT NULL,
    "image" TEXT,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "is_operator" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "password_credentials" (
    "user_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "password_credentials_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "provider_account_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL DEFAULT '',
    "ip_address" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_tokens" (
    "identifier" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_tokens_pkey" PRIMARY KEY ("identifier","token_hash")
);

-- CreateTable
CREATE TABLE "organizations" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "region" TEXT NOT NULL DEFAULT 'default',
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "staleness_cap_seconds" INTEGER NOT NULL DEFAULT 3600,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "suspended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_time_zones" (
    "organization_id" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "time_zone" TEXT NOT NULL,

    CONSTRAINT "organization_time_zones_pkey" PRIMARY KEY ("organization_id","valid_from")
);

-- CreateTable
CREATE TABLE "memberships" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "custom_role_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "roles" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "permissions" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "roles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "team_id" TEXT,
    "token_hash" TEXT NOT NULL,
    "invited_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "teams" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "parent_id" TEXT,
    "path" TEXT NOT NULL,
    "cost_center" TEXT NOT NULL DEFAULT '',
    "archived_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "teams_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team_memberships" (
    "organization_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "membership_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_memberships_pkey" PRIMARY KEY ("organization_id","team_id","membership_id")
);

-- CreateTable
CREATE TABLE "service_accounts" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "team_id" TEXT,
    "name" TEXT NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "service_accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admin_tokens" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'admin',
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "permissions" TEXT[],
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "admin_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity_providers" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "configuration" JSONB NOT NULL DEFAULT '{}',
    "secret_ciphertext" BYTEA,
    "enforced" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_providers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "domains" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "verification_token" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "domains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "external_identities" (
    "organization_id" TEXT NOT NULL,
    "identity_provider_id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "external_identities_pkey" PRIMARY KEY ("organization_id","identity_provider_id","external_id")
);

-- CreateTable
CREATE TABLE "virtual_keys" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "team_id" TEXT,
    "member_id" TEXT,
    "service_account_id" TEXT,
    "name" TEXT NOT NULL,
    "models" TEXT[],
    "providers" TEXT[],
    "endpoints" TEXT[],
    "ip_allowlist" TEXT[],
    "tags" JSONB NOT NULL DEFAULT '{}',
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by_id" TEXT,
    "created_by_id" TEXT NOT NULL,
    "first_request_id" TEXT,
    "last_used_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "virtual_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "virtual_key_secrets" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "pepper_version" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "virtual_key_secrets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_credentials" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "base_url" TEXT NOT NULL,
    "secret_ciphertext" BYTEA,
    "secret_hint" TEXT NOT NULL DEFAULT '',
    "region" TEXT NOT NULL DEFAULT 'default',
    "livemode" BOOLEAN NOT NULL DEFAULT true,
    "priority" INTEGER NOT NULL DEFAULT 100,
    "models" TEXT[],
    "disabled_at" TIMESTAMPTZ(3),
    "last_tested_at" TIMESTAMPTZ(3),
    "last_test_ok" BOOLEAN,
    "last_test_detail" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_credentials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "routes" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "configuration" JSONB NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "routes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "models" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "context_window" INTEGER,
    "max_output_tokens" INTEGER,
    "abilities" JSONB NOT NULL DEFAULT '{}',
    "aliases" TEXT[],
    "deprecated_at" TIMESTAMPTZ(3),
    "source" TEXT NOT NULL DEFAULT '',
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "models_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_versions" (
    "id" TEXT NOT NULL,
    "layer" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "region" TEXT NOT NULL DEFAULT 'default',
    "service_tier" TEXT NOT NULL DEFAULT 'default',
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "components" JSONB NOT NULL,
    "tiers" JSONB NOT NULL DEFAULT '[]',
    "source" TEXT NOT NULL DEFAULT '',
    "source_date" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "markup_rules" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "applies_to_id" TEXT,
    "basis_points" INTEGER NOT NULL DEFAULT 0,
    "per_unit" JSONB NOT NULL DEFAULT '{}',
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "markup_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_entries" (
    "organization_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" TEXT NOT NULL,
    "attempt" SMALLINT NOT NULL,
    "entry" SMALLINT NOT NULL DEFAULT 0,
    "reason" TEXT NOT NULL DEFAULT '',
    "team_id" TEXT NOT NULL DEFAULT '',
    "team_path" TEXT NOT NULL DEFAULT '',
    "cost_center" TEXT NOT NULL DEFAULT '',
    "key_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL DEFAULT '',
    "service_account_id" TEXT NOT NULL DEFAULT '',
    "end_user" TEXT NOT NULL DEFAULT '',
    "tags" JSONB NOT NULL DEFAULT '{}',
    "session_id" TEXT NOT NULL DEFAULT '',
    "route_id" TEXT NOT NULL DEFAULT '',
    "requested_model" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "credential_owner" TEXT NOT NULL,
    "region" TEXT NOT NULL DEFAULT 'default',
    "service_tier" TEXT NOT NULL DEFAULT 'default',
    "endpoint" TEXT NOT NULL,
    "streamed" BOOLEAN NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_write5m_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_write1h_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
    "audio_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "audio_output_tokens" BIGINT NOT NULL DEFAULT 0,
    "units" JSONB NOT NULL DEFAULT '{}',
    "price_version_id" TEXT NOT NULL DEFAULT '',
    "markup_rule_id" TEXT NOT NULL DEFAULT '',
    "markup_basis_points" INTEGER NOT NULL DEFAULT 0,
    "components" JSONB NOT NULL DEFAULT '[]',
    "cost_pico_usd" BIGINT,
    "charge_pico_usd" BIGINT NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "http_status" SMALLINT NOT NULL DEFAULT 0,
    "error_code" TEXT NOT NULL DEFAULT '',
    "finish_reason" TEXT NOT NULL DEFAULT '',
    "cache" TEXT NOT NULL DEFAULT 'none',
    "usage_source" TEXT NOT NULL,
    "estimated" BOOLEAN NOT NULL DEFAULT false,
    "overrun" BOOLEAN NOT NULL DEFAULT false,
    "total_ms" INTEGER NOT NULL DEFAULT 0,
    "first_token_ms" INTEGER,
    "overhead_us" INTEGER NOT NULL DEFAULT 0,
    "upstream_request_id" TEXT NOT NULL DEFAULT '',
    "gateway_epoch_id" TEXT NOT NULL DEFAULT '',
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "recorded_xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "usage_entries_pkey" PRIMARY KEY ("organization_id","started_at","request_id","attempt","entry")
) PARTITION BY RANGE ("started_at");

-- CreateTable
CREATE TABLE "request_logs" (
    "organization_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "request_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL DEFAULT '',
    "member_id" TEXT NOT NULL DEFAULT '',
    "service_account_id" TEXT NOT NULL DEFAULT '',
    "end_user" TEXT NOT NULL DEFAULT '',
    "tags" JSONB NOT NULL DEFAULT '{}',
    "session_id" TEXT NOT NULL DEFAULT '',
    "endpoint" TEXT NOT NULL,
    "dialect" TEXT NOT NULL,
    "requested_model" TEXT NOT NULL DEFAULT '',
    "model" TEXT NOT NULL DEFAULT '',
    "provider" TEXT NOT NULL DEFAULT '',
    "streamed" BOOLEAN NOT NULL DEFAULT false,
    "livemode" BOOLEAN NOT NULL DEFAULT true,
    "status" SMALLINT NOT NULL,
    "error_code" TEXT NOT NULL DEFAULT '',
    "refusal" JSONB,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "total_ms" INTEGER NOT NULL DEFAULT 0,
    "first_token_ms" INTEGER,
    "overhead_us" INTEGER NOT NULL DEFAULT 0,
    "client_address" TEXT NOT NULL DEFAULT '',
    "user_agent" TEXT NOT NULL DEFAULT '',
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "recorded_xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "request_logs_pkey" PRIMARY KEY ("organization_id","started_at","request_id")
) PARTITION BY RANGE ("started_at");

-- CreateTable
CREATE TABLE "quarantined_entries" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "quarantined_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_rollups" (
    "organization_id" TEXT NOT NULL,
    "bucket_start" TIMESTAMPTZ(3) NOT NULL,
    "team_id" TEXT NOT NULL,
    "cost_center" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "service_account_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "credential_owner" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "entries" BIGINT NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_write_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "charge_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "saved_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "unknown_cost_entries" BIGINT NOT NULL DEFAULT 0,
    "estimated_entries" BIGINT NOT NULL DEFAULT 0,
    "total_ms_sum" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "usage_rollups_pkey" PRIMARY KEY ("organization_id","bucket_start","livemode","team_id","key_id","model","provider","credential_id","member_id","service_account_id","cost_center","credential_owner","endpoint","status")
);

-- CreateTable
CREATE TABLE "end_user_rollups" (
    "organization_id" TEXT NOT NULL,
    "bucket_start" TIMESTAMPTZ(3) NOT NULL,
    "end_user" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_write_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "charge_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,

    CONSTRAINT "end_user_rollups_pkey" PRIMARY KEY ("organization_id","bucket_start","livemode","end_user","model")
);

-- CreateTable
CREATE TABLE "tag_rollups" (
    "organization_id" TEXT NOT NULL,
    "bucket_start" TIMESTAMPTZ(3) NOT NULL,
    "tag_name" TEXT NOT NULL,
    "tag_value" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_write_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "charge_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,

    CONSTRAINT "tag_rollups_pkey" PRIMARY KEY ("organization_id","bucket_start","livemode","tag_name","tag_value","model")
);

-- CreateTable
CREATE TABLE "ledger_cursors" (
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "next_xid" xid8 NOT NULL DEFAULT '0'::xid8,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_cursors_pkey" PRIMARY KEY ("organization_id","name")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "scope_type" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "limit_value" BIGINT NOT NULL,
    "window_seconds" INTEGER NOT NULL,
    "model" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "budgets" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "scope_type" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "limit_pico_usd" DECIMAL(38,0) NOT NULL,
    "period" TEXT NOT NULL,
    "anchor_at" TIMESTAMPTZ(3),
    "carry_over" BOOLEAN NOT NULL DEFAULT false,
    "carry_over_cap_pico_usd" DECIMAL(38,0),
    "kind" TEXT NOT NULL,
    "thresholds" INTEGER[],
    "on_exceeded" JSONB NOT NULL DEFAULT '"refuse"',
    "paused_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "budget_periods" (
    "organization_id" TEXT NOT NULL,
    "budget_id" TEXT NOT NULL,
    "scope_value" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3),
    "settled_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "granted_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "unreconciled_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budget_periods_pkey" PRIMARY KEY ("organization_id","budget_id","scope_value","period_start")
);

-- CreateTable
CREATE TABLE "grants" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "budget_id" TEXT NOT NULL,
    "scope_value" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "gateway_epoch_id" TEXT NOT NULL,
    "amount_pico_usd" DECIMAL(38,0) NOT NULL,
    "settled_pico_usd" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateways" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "group_name" TEXT NOT NULL DEFAULT 'default',
    "region" TEXT NOT NULL DEFAULT 'default',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateways_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway_epochs" (
    "id" TEXT NOT NULL,
    "gateway_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fenced_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "shipped_sequence" BIGINT NOT NULL DEFAULT 0,
    "shipped_at" TIMESTAMPTZ(3),

    CONSTRAINT "gateway_epochs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "organization_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "id" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL DEFAULT '',
    "action" TEXT NOT NULL,
    "target_kind" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "target_name" TEXT NOT NULL DEFAULT '',
    "before" JSONB,
    "after" JSONB,
    "ip_address" TEXT NOT NULL DEFAULT '',
    "user_agent" TEXT NOT NULL DEFAULT '',
    "request_id" TEXT NOT NULL DEFAULT '',
    "recorded_xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("organization_id","occurred_at","id")
) PARTITION BY RANGE ("occurred_at");

-- CreateTable
CREATE TABLE "audit_seals" (
    "organization_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "event_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "previous_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("organization_id","sequence")
);

-- CreateTable
CREATE TABLE "audit_checkpoints" (
    "organization_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_checkpoints_pkey" PRIMARY KEY ("organization_id","sequence")
);

-- CreateTable
CREATE TABLE "outbox_events" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "recorded_xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "outbox_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "secret_ciphertext" BYTEA NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "response_status" INTEGER,
    "last_error" TEXT,
    "next_try_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_records" (
    "organization_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "response_status" INTEGER,
    "response_body" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_records_pkey" PRIMARY KEY ("organization_id","scope","key")
);

-- CreateTable
CREATE TABLE "platform_settings" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "platform_settings_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "mail_messages" (
    "id" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "cause_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_messages_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "plans_name_key" ON "plans"("name");

-- CreateIndex
CREATE INDEX "subscriptions_organization_id_valid_from_idx" ON "subscriptions"("organization_id", "valid_from");

-- CreateIndex
CREATE UNIQUE INDEX "billing_profiles_stripe_customer_id_key" ON "billing_profiles"("stripe_customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_organization_id_kind_subject_id_livemode_period_st_key" ON "invoices"("organization_id", "kind", "subject_id", "livemode", "period_start");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_organization_id_id_key" ON "invoices"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_series_number_key" ON "invoices"("series", "number");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_lines_organization_id_invoice_id_kind_team_id_cost__key" ON "invoice_lines"("organization_id", "invoice_id", "kind", "team_id", "cost_center", "provider", "model", "component", "unit_price_pico_usd", "markup_basis_points", "description");

-- CreateIndex
CREATE UNIQUE INDEX "credit_notes_organization_id_id_key" ON "credit_notes"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "credit_notes_series_number_key" ON "credit_notes"("series", "number");

-- CreateIndex
CREATE INDEX "credit_note_lines_organization_id_credit_note_id_idx" ON "credit_note_lines"("organization_id", "credit_note_id");

-- CreateIndex
CREATE UNIQUE INDEX "credit_ledger_entries_organization_id_kind_cause_id_key" ON "credit_ledger_entries"("organization_id", "kind", "cause_id");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "accounts_user_id_idx" ON "accounts"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_provider_provider_account_id_key" ON "accounts"("provider", "provider_account_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "sessions"("token_hash");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "verification_tokens_token_hash_key" ON "verification_tokens"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations"("slug");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "memberships_organization_id_user_id_key" ON "memberships"("organization_id", "user_id");

-- CreateIndex
CREATE UNIQUE INDEX "memberships_organization_id_id_key" ON "memberships"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "roles_organization_id_name_key" ON "roles"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "roles_organization_id_id_key" ON "roles"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_token_hash_key" ON "invitations"("token_hash");

-- CreateIndex
CREATE INDEX "invitations_organization_id_created_at_idx" ON "invitations"("organization_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "teams_organization_id_slug_key" ON "teams"("organization_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "teams_organization_id_id_key" ON "teams"("organization_id", "id");

-- CreateIndex
CREATE INDEX "team_memberships_organization_id_membership_id_idx" ON "team_memberships"("organization_id", "membership_id");

-- CreateIndex
CREATE UNIQUE INDEX "service_accounts_organization_id_name_key" ON "service_accounts"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "service_accounts_organization_id_id_key" ON "service_accounts"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "admin_tokens_token_hash_key" ON "admin_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "admin_tokens_organization_id_created_at_idx" ON "admin_tokens"("organization_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "identity_providers_organization_id_name_key" ON "identity_providers"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "domains_organization_id_name_key" ON "domains"("organization_id", "name");

-- CreateIndex
CREATE INDEX "external_identities_user_id_idx" ON "external_identities"("user_id");

-- CreateIndex
CREATE INDEX "virtual_keys_organization_id_created_at_id_idx" ON "virtual_keys"("organization_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "virtual_keys_organization_id_team_id_idx" ON "virtual_keys"("organization_id", "team_id");

-- CreateIndex
CREATE UNIQUE INDEX "virtual_keys_organization_id_id_key" ON "virtual_keys"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "virtual_key_secrets_hash_key" ON "virtual_key_secrets"("hash");

-- CreateIndex
CREATE INDEX "virtual_key_secrets_organization_id_key_id_idx" ON "virtual_key_secrets"("organization_id", "key_id");

-- CreateIndex
CREATE UNIQUE INDEX "provider_credentials_organization_id_name_key" ON "provider_credentials"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "provider_credentials_organization_id_id_key" ON "provider_credentials"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "routes_organization_id_name_key" ON "routes"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "models_provider_name_key" ON "models"("provider", "name");

-- CreateIndex
CREATE UNIQUE INDEX "price_versions_layer_organization_id_provider_model_region__key" ON "price_versions"("layer", "organization_id", "provider", "model", "region", "service_tier", "valid_from");

-- CreateIndex
CREATE INDEX "markup_rules_organization_id_credential_id_idx" ON "markup_rules"("organization_id", "credential_id");

-- CreateIndex
CREATE INDEX "usage_entries_organization_id_recorded_xid_idx" ON "usage_entries"("organization_id", "recorded_xid");

-- CreateIndex
CREATE INDEX "usage_entries_organization_id_key_id_started_at_idx" ON "usage_entries"("organization_id", "key_id", "started_at");

-- CreateIndex
CREATE INDEX "request_logs_organization_id_recorded_xid_idx" ON "request_logs"("organization_id", "recorded_xid");

-- CreateIndex
CREATE INDEX "request_logs_organization_id_key_id_started_at_idx" ON "request_logs"("organization_id", "key_id", "started_at");

-- CreateIndex
CREATE UNIQUE INDEX "quarantined_entries_organization_id_request_id_attempt_reas_key" ON "quarantined_entries"("organization_id", "request_id", "attempt", "reason");

-- CreateIndex
CREATE UNIQUE INDEX "rate_limits_organization_id_id_key" ON "rate_limits"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "budgets_organization_id_id_key" ON "budgets"("organization_id", "id");

-- CreateIndex
CREATE INDEX "grants_gateway_epoch_id_state_idx" ON "grants"("gateway_epoch_id", "state");

-- CreateIndex
CREATE INDEX "grants_organization_id_budget_id_scope_value_period_start_idx" ON "grants"("organization_id", "budget_id", "scope_value", "period_start");

-- CreateIndex
CREATE UNIQUE INDEX "gateways_name_key" ON "gateways"("name");

-- CreateIndex
CREATE INDEX "gateway_epochs_gateway_id_idx" ON "gateway_epochs"("gateway_id");

-- CreateIndex
CREATE INDEX "gateway_epochs_state_idx" ON "gateway_epochs"("state");

-- CreateIndex
CREATE INDEX "audit_events_organization_id_recorded_xid_idx" ON "audit_events"("organization_id", "recorded_xid");

-- CreateIndex
CREATE UNIQUE INDEX "audit_seals_organization_id_event_id_key" ON "audit_seals"("organization_id", "event_id");

-- CreateIndex
CREATE INDEX "outbox_events_recorded_xid_idx" ON "outbox_events"("recorded_xid");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_endpoints_organization_id_id_key" ON "webhook_endpoints"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_organization_id_endpoint_id_event_id_key" ON "webhook_deliveries"("organization_id", "endpoint_id", "event_id");

-- CreateIndex
CREATE INDEX "idempotency_records_expires_at_idx" ON "idempotency_records"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "mail_messages_template_recipient_cause_id_key" ON "mail_messages"("template", "recipient", "cause_id");

-- AddForeignKey
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_documents" ADD CONSTRAINT "invoice_documents_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoices"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_note_lines" ADD CONSTRAINT "credit_note_lines_organization_id_credit_note_id_fkey" FOREIGN KEY ("organization_id", "credit_note_id") REFERENCES "credit_notes"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "password_credentials" ADD CONSTRAINT "password_credentials_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_custom_role_id_fkey" FOREIGN KEY ("organization_id", "custom_role_id") REFERENCES "roles"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "teams" ADD CONSTRAINT "teams_organization_id_parent_id_fkey" FOREIGN KEY ("organization_id", "parent_id") REFERENCES "teams"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_memberships" ADD CONSTRAINT "team_memberships_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "teams"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_memberships" ADD CONSTRAINT "team_memberships_organization_id_membership_id_fkey" FOREIGN KEY ("organization_id", "membership_id") REFERENCES "memberships"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "virtual_keys" ADD CONSTRAINT "virtual_keys_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "teams"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "virtual_keys" ADD CONSTRAINT "virtual_keys_organization_id_service_account_id_fkey" FOREIGN KEY ("organization_id", "service_account_id") REFERENCES "service_accounts"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "virtual_key_secrets" ADD CONSTRAINT "virtual_key_secrets_organization_id_key_id_fkey" FOREIGN KEY ("organization_id", "key_id") REFERENCES "virtual_keys"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_periods" ADD CONSTRAINT "budget_periods_organization_id_budget_id_fkey" FOREIGN KEY ("organization_id", "budget_id") REFERENCES "budgets"("organization_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_organization_id_budget_id_scope_value_period_start_fkey" FOREIGN KEY ("organization_id", "budget_id", "scope_value", "period_start") REFERENCES "budget_periods"("organization_id", "budget_id", "scope_value", "period_start") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_epochs" ADD CONSTRAINT "gateway_epochs_gateway_id_fkey" FOREIGN KEY ("gateway_id") REFERENCES "gateways"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ───────────────────────────── Beyond the schema language ─────────────────────────────
-- What follows is not expressible in prisma/schema and is left alone by its diffs: partitions, roles, row
-- security, grants, functions, triggers, checks.

-- Roles. Set-up makes them with their passwords; a database restored elsewhere gets them without a login.
DO $$
DECLARE role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['tollgate_console', 'tollgate_gateway', 'tollgate_worker'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', role_name);
    END IF;
  END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tollgate_console, tollgate_gateway, tollgate_worker;

-- Whose data this transaction is for. NULLIF, because a setting that was ever set comes back as ''.
CREATE FUNCTION current_organization() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN NULLIF(current_setting('app.org_id', true), '');
CREATE FUNCTION current_person() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN NULLIF(current_setting('app.user_id', true), '');

-- ── Partitions ──
-- Made apart and attached: CREATE … PARTITION OF would lock the parent against readers. Partitions get no
-- grants and row security without a policy, because a partition asked directly is outside its parent's wall.
CREATE FUNCTION ensure_month_partitions(month date) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  parent record;
  first_day date := date_trunc('month', month)::date;
  partition_name text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('tollgate.ensure_month_partitions'));
  FOR parent IN
    SELECT * FROM (VALUES ('usage_entries', 'started_at'), ('request_logs', 'started_at'), ('audit_events', 'occurred_at')) AS v(name, key)
  LOOP
    partition_name := parent.name || to_char(first_day, '"_y"YYYY"m"MM');
    CONTINUE WHEN to_regclass('public.' || partition_name) IS NOT NULL;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition_name, parent.name);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition_name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', partition_name);
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, tollgate_console, tollgate_gateway, tollgate_worker', partition_name);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
      parent.name, partition_name,
      first_day::timestamp AT TIME ZONE 'UTC', (first_day + interval '1 month')::timestamp AT TIME ZONE 'UTC');
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION ensure_month_partitions(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_month_partitions(date) TO tollgate_worker, tollgate_console;
SELECT ensure_month_partitions((date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => offset_months))::date)
  FROM generate_series(-1, 3) AS offset_months;

-- ── Row security ──
-- Every table with an organization: seen and written only inside that organization's transaction.
DO $$
DECLARE table_name text;
BEGIN
  FOR table_name IN
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY tenant ON %I TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator '
      'USING (organization_id = (SELECT current_organization())) WITH CHECK (organization_id = (SELECT current_organization()))',
      table_name);
  END LOOP;
END $$;

ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON organizations TO tollgate_console, tollgate_worker, tollgate_gateway, tollgate_migrator
  USING (id = (SELECT current_organization())) WITH CHECK (id = (SELECT current_organization()));
CREATE POLICY own ON organizations FOR SELECT TO tollgate_console
  USING (id IN (SELECT organization_id FROM memberships WHERE user_id = (SELECT current_person())));
CREATE POLICY own ON memberships FOR SELECT TO tollgate_console USING (user_id = (SELECT current_person()));

-- People: oneself, and the members of the organization one works in.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON users TO tollgate_console, tollgate_migrator
  USING (id = (SELECT current_person())) WITH CHECK (id = (SELECT current_person()));
CREATE POLICY colleagues ON users FOR SELECT TO tollgate_console, tollgate_worker
  USING (id IN (SELECT user_id FROM memberships WHERE organization_id = (SELECT current_organization())));
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['password_credentials', 'accounts', 'sessions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY own ON %I TO tollgate_console, tollgate_migrator USING (user_id = (SELECT current_person())) WITH CHECK (user_id = (SELECT current_person()))', table_name);
  END LOOP;
END $$;

-- The operator's prices and markups are for everybody to be rated with.
CREATE POLICY operator ON price_versions FOR SELECT TO tollgate_console, tollgate_worker USING (organization_id = 'org_operator');
CREATE POLICY operator ON markup_rules FOR SELECT TO tollgate_worker USING (organization_id = 'org_operator');

-- Gateways serve every organization: they read what they need of named tables, and nothing of people.
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['organizations', 'teams', 'virtual_keys', 'virtual_key_secrets', 'provider_credentials',
    'routes', 'price_versions', 'markup_rules', 'budgets', 'rate_limits', 'outbox_events', 'service_accounts'] LOOP
    EXECUTE format('CREATE POLICY gateway ON %I FOR SELECT TO tollgate_gateway USING (true)', table_name);
  END LOOP;
END $$;

-- The look-ups below run as the owner and must see across tenants.
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['organizations', 'memberships', 'users', 'password_credentials', 'accounts', 'sessions',
    'admin_tokens', 'invitations', 'provider_credentials', 'markup_rules', 'domains'] LOOP
    EXECUTE format('CREATE POLICY lookup ON %I FOR SELECT TO tollgate_migrator USING (true)', table_name);
  END LOOP;
END $$;

-- ── Look-ups before a tenant is known: each returns at most what its caller proved to know ──
CREATE FUNCTION find_session(hash text) RETURNS TABLE (id text, user_id text, expires_at timestamptz, revoked_at timestamptz, last_seen_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id, s.user_id, s.expires_at, s.revoked_at, s.last_seen_at FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.token_hash = hash AND u.disabled_at IS NULL $$;
CREATE FUNCTION find_user_by_email(address text) RETURNS TABLE (id text, email text, name text, password_hash text, email_verified_at timestamptz, disabled_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.email, u.name, p.hash, u.email_verified_at, u.disabled_at FROM users u LEFT JOIN password_credentials p ON p.user_id = u.id WHERE u.email = address $$;
CREATE FUNCTION find_account(provider_name text, provider_id text) RETURNS TABLE (user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.user_id FROM accounts a WHERE a.provider = provider_name AND a.provider_account_id = provider_id $$;
CREATE FUNCTION find_admin_token(hash text) RETURNS TABLE (id text, organization_id text, kind text, permissions text[], created_by_id text, expires_at timestamptz, revoked_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id, t.organization_id, t.kind, t.permissions, t.created_by_id, t.expires_at, t.revoked_at FROM admin_tokens t WHERE t.token_hash = hash $$;
CREATE FUNCTION find_invitation(hash text) RETURNS TABLE (id text, organization_id text, organization_name text, email text, role text, expires_at timestamptz, accepted_at timestamptz, revoked_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.id, i.organization_id, o.name, i.email, i.role, i.expires_at, i.accepted_at, i.revoked_at
  FROM invitations i JOIN organizations o ON o.id = i.organization_id WHERE i.token_hash = hash $$;
CREATE FUNCTION find_verified_domain(domain_name text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.organization_id FROM domains d WHERE d.name = domain_name AND d.verified_at IS NOT NULL $$;
-- What the operator resells, without its secrets.
CREATE FUNCTION list_resold_credentials() RETURNS TABLE (id text, provider text, name text, region text, livemode boolean, priority integer, models text[], markup_basis_points integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id, c.provider, c.name, c.region, c.livemode, c.priority, c.models, COALESCE(m.basis_points, 0)
  FROM provider_credentials c
  LEFT JOIN LATERAL (
    SELECT r.basis_points FROM markup_rules r
    WHERE r.credential_id = c.id AND (r.applies_to_id IS NULL OR r.applies_to_id = current_organization()) AND r.valid_from <= now()
    ORDER BY r.applies_to_id IS NULL, r.valid_from DESC LIMIT 1
  ) m ON true
  WHERE c.organization_id = 'org_operator' AND c.disabled_at IS NULL $$;
-- The worker goes through organizations one by one.
CREATE FUNCTION list_organization_ids() RETURNS TABLE (id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ SELECT o.id FROM organizations o ORDER BY o.id $$;
CREATE FUNCTION count_users() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ SELECT count(*) FROM users $$;

DO $$
DECLARE signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY['find_session(text)', 'find_user_by_email(text)', 'find_account(text, text)', 'find_admin_token(text)',
    'find_invitation(text)', 'find_verified_domain(text)', 'list_resold_credentials()', 'list_organization_ids()', 'count_users()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION find_session(text), find_user_by_email(text), find_account(text, text), find_admin_token(text),
  find_invitation(text), find_verified_domain(text), list_resold_credentials(), count_users() TO tollgate_console;
GRANT EXECUTE ON FUNCTION list_organization_ids() TO tollgate_worker;

-- ── Grants: by name, on parents only ──
GRANT SELECT, INSERT, UPDATE, DELETE ON
  users, password_credentials, accounts, sessions, verification_tokens,
  organizations, organization_time_zones, memberships, roles, invitations, teams, team_memberships, service_accounts, admin_tokens,
  identity_providers, domains, external_identities,
  virtual_keys, virtual_key_secrets, provider_credentials, routes, rate_limits, budgets, webhook_endpoints, idempotency_records,
  billing_profiles, subscriptions
  TO tollgate_console;
REVOKE DELETE ON organizations, virtual_keys, budgets FROM tollgate_console;
GRANT SELECT, INSERT, UPDATE ON price_versions, markup_rules, invoices, credit_notes, invoice_series, platform_settings, mail_messages, plans TO tollgate_console;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoice_lines, credit_note_lines TO tollgate_console;
GRANT SELECT, INSERT ON audit_events, outbox_events, invoice_documents, credit_ledger_entries TO tollgate_console;
GRANT SELECT ON usage_entries, request_logs, usage_rollups, end_user_rollups, tag_rollups, ledger_cursors, quarantined_entries,
  models, budget_periods, grants, gateways, gateway_epochs, audit_seals, audit_checkpoints, webhook_deliveries TO tollgate_console;
GRANT UPDATE (state, tries, next_try_at) ON webhook_deliveries TO tollgate_console;

GRANT SELECT, INSERT ON usage_entries, request_logs, quarantined_entries TO tollgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_rollups, end_user_rollups, tag_rollups, ledger_cursors, invoice_lines, credit_note_lines TO tollgate_worker;
GRANT SELECT, INSERT, UPDATE ON invoices, credit_notes, invoice_series, gateways, gateway_epochs, budget_periods, grants,
  webhook_deliveries, mail_messages, stripe_events, billing_profiles TO tollgate_worker;
GRANT SELECT, INSERT ON invoice_documents, credit_ledger_entries, audit_events, audit_seals, audit_checkpoints, outbox_events TO tollgate_worker;
GRANT DELETE ON outbox_events, idempotency_records, mail_messages TO tollgate_worker;
GRANT SELECT ON organizations, organization_time_zones, memberships, teams, service_accounts, budgets, rate_limits, models, price_versions,
  markup_rules, plans, subscriptions, webhook_endpoints, platform_settings, provider_credentials, virtual_keys, idempotency_records TO tollgate_worker;
GRANT SELECT (id, email, name, locale, email_verified_at, disabled_at) ON users TO tollgate_worker;
GRANT UPDATE (last_used_at, first_request_id) ON virtual_keys TO tollgate_worker;

GRANT SELECT (id, name, slug, region, time_zone, staleness_cap_seconds, settings, suspended_at) ON organizations TO tollgate_gateway;
GRANT SELECT (id, organization_id, name, slug, parent_id, path, cost_center, archived_at) ON teams TO tollgate_gateway;
GRANT SELECT (id, organization_id, team_id, member_id, service_account_id, name, models, providers, endpoints, ip_allowlist, tags, expires_at, revoked_at, version) ON virtual_keys TO tollgate_gateway;
GRANT SELECT (id, organization_id, key_id, pepper_version, hash, expires_at, revoked_at) ON virtual_key_secrets TO tollgate_gateway;
GRANT SELECT (id, organization_id, provider, name, base_url, secret_ciphertext, region, livemode, priority, models, disabled_at, version) ON provider_credentials TO tollgate_gateway;
GRANT SELECT (id, organization_id, disabled_at) ON service_accounts TO tollgate_gateway;
GRANT SELECT ON routes, budgets, rate_limits, models, price_versions, markup_rules, outbox_events, usage_entries, request_logs TO tollgate_gateway;
GRANT SELECT, INSERT, UPDATE ON gateways, gateway_epochs TO tollgate_gateway;

-- ── Invariants ──
ALTER TABLE usage_entries ADD CONSTRAINT usage_entries_sane CHECK (
  attempt >= 1 AND entry >= 0 AND credential_owner IN ('organization', 'operator')
  AND status IN ('succeeded', 'failed', 'aborted', 'interrupted') AND usage_source IN ('provider', 'counted', 'hold', 'none'));
ALTER TABLE usage_entries ADD CONSTRAINT usage_entries_tokens CHECK (
  entry > 0 OR (input_tokens >= 0 AND cached_input_tokens >= 0 AND cache_write5m_tokens >= 0 AND cache_write1h_tokens >= 0
  AND output_tokens >= 0 AND reasoning_tokens >= 0 AND audio_input_tokens >= 0 AND audio_output_tokens >= 0));
ALTER TABLE invoices ADD CONSTRAINT invoices_state CHECK (state IN ('draft', 'open', 'paid', 'void', 'uncollectible'));
ALTER TABLE invoices ADD CONSTRAINT invoices_numbered CHECK (state = 'draft' OR kind <> 'invoice' OR (number IS NOT NULL AND frozen IS NOT NULL));
ALTER TABLE budgets ADD CONSTRAINT budgets_sane CHECK (limit_pico_usd >= 0 AND kind IN ('hard', 'soft'));

-- A finalized invoice never changes: only its state and payment may move on.
CREATE FUNCTION refuse_frozen_invoice_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'draft' AND (
    NEW.state = 'draft' OR
    (NEW.organization_id, NEW.kind, NEW.subject_id, NEW.livemode, NEW.period_start, NEW.period_end, NEW.currency, NEW.series, NEW.number,
     NEW.subtotal_pico_usd, NEW.rounding_pico_usd, NEW.tax_pico_usd, NEW.total_pico_usd, NEW.frozen, NEW.frozen_sha256)
    IS DISTINCT FROM
    (OLD.organization_id, OLD.kind, OLD.subject_id, OLD.livemode, OLD.period_start, OLD.period_end, OLD.currency, OLD.series, OLD.number,
     OLD.subtotal_pico_usd, OLD.rounding_pico_usd, OLD.tax_pico_usd, OLD.total_pico_usd, OLD.frozen, OLD.frozen_sha256))
  THEN RAISE EXCEPTION 'Cannot change invoice %: it is finalized', OLD.id; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION refuse_frozen_invoice_change();

CREATE FUNCTION refuse_frozen_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line record;
BEGIN
  line := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  IF EXISTS (SELECT 1 FROM invoices WHERE organization_id = line.organization_id AND id = line.invoice_id AND state <> 'draft')
  THEN RAISE EXCEPTION 'Cannot change line %: its invoice is finalized', line.id; END IF;
  RETURN line;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON invoice_lines FOR EACH ROW EXECUTE FUNCTION refuse_frozen_line_change();

-- Waiting for a key's first request must not scan the ledger.
CREATE INDEX virtual_keys_waiting ON virtual_keys (organization_id, id) WHERE first_request_id IS NULL;
CREATE UNIQUE INDEX domains_one_owner ON domains (name) WHERE verified_at IS NOT NULL;

-- The operator's reserved organization.
SELECT set_config('app.org_id', 'org_operator', true);
INSERT INTO organizations (id, name, slug) VALUES ('org_operator', 'Operator', 'operator');
SELECT set_config('app.org_id', '', true);
