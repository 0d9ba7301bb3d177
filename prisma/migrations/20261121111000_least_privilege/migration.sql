-- Roles have what their programs do, and no more.

-- Where the file of an export lies is the worker's to say: the console opens what stands there.
REVOKE INSERT, UPDATE ON data_exports FROM tollgate_console;
GRANT INSERT (id, organization_id, kind, format, question, state, actor_kind, actor_id, actor_name, created_at) ON data_exports TO tollgate_console;
ALTER TABLE data_exports ADD CONSTRAINT data_exports_path CHECK (
  path = '' OR (starts_with(path, organization_id || '/') AND path !~ '(^|/)\.\.?(/|$)'));

-- What was uploaded is forgotten as a whole, never edited.
REVOKE UPDATE ON provider_bill_lines, gateway_imports, gateway_import_days FROM tollgate_console;
REVOKE DELETE ON export_schedules FROM tollgate_console;

-- A price that holds for others than its own organization can be stated in the operator's alone.
CREATE POLICY layers ON price_versions AS RESTRICTIVE FOR INSERT TO tollgate_console
  WITH CHECK (layer = 'organization' OR organization_id = 'org_operator');
