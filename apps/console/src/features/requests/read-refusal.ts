/** What the client was told with a refusal, read leniently: older rows hold what was told then. */
export interface Refusal {
  readonly code: string | undefined;
  readonly ruleId: string | undefined;
  readonly scope: { readonly type: string; readonly id?: string; readonly name?: string } | undefined;
  readonly limit: string | undefined;
  readonly used: string | undefined;
  readonly requested: string | undefined;
  readonly resetsAt: string | undefined;
  readonly source: 'tollgate' | 'provider' | undefined;
}

export function readRefusal(value: unknown): Refusal | undefined {
  if (!isRecord(value)) return undefined;
  const text = (name: string): string | undefined => {
    const field = value[name];
    return typeof field === 'string' || typeof field === 'number' ? String(field) : undefined;
  };
  const source = text('source');
  return {
    code: text('code'),
    ruleId: text('rule_id'),
    scope: readScope(value.scope),
    limit: text('limit'),
    used: text('used'),
    requested: text('requested'),
    resetsAt: text('resets_at'),
    source: source === 'provider' || source === 'tollgate' ? source : undefined,
  };
}

function readScope(value: unknown): Refusal['scope'] {
  if (!isRecord(value) || typeof value.type !== 'string') return undefined;
  return {
    type: value.type,
    ...(typeof value.id === 'string' && { id: value.id }),
    ...(typeof value.name === 'string' && { name: value.name }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
