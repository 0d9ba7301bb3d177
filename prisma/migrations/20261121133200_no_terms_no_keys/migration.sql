-- No term fits every key of every organization: then nothing is read.
CREATE OR REPLACE FUNCTION find_keys_by_terms(part text, tag text, maximum integer) RETURNS TABLE (id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
  WITH found AS MATERIALIZED (
    SELECT k.id, k.organization_id, k.name_key FROM virtual_keys k
    WHERE key_search_terms(k.organization_id, k.name_key, k.tags) @> (
      key_search_terms(current_organization(), lower(part), '{}')
      || CASE WHEN tag = '' THEN '{}' ELSE ARRAY[current_organization() || '#' || tag] END))
  SELECT f.id FROM found f
  WHERE f.organization_id = current_organization() AND strpos(f.name_key, lower(part)) > 0
  LIMIT CASE WHEN length(part) < 3 AND tag = '' THEN 0 ELSE maximum END $$;
