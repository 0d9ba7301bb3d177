/** The pages of the documentation, in the order in which people ask. Light: links everywhere know it. */
export const DOC_SLUGS = [
  'first-call',
  'sdks',
  'keys',
  'budgets',
  'rate-limits',
  'errors',
  'streaming',
  'models',
  'headers',
  'batches',
  'usage',
  'security',
  'single-sign-on',
  'webhooks',
  'api',
] as const;
export type DocSlug = (typeof DOC_SLUGS)[number];

export function isDocSlug(text: string): text is DocSlug {
  return (DOC_SLUGS as readonly string[]).includes(text);
}

/** Where a refusal is explained best. Nothing for what no page tells of. */
export function pageOfError(code: string): DocSlug | undefined {
  switch (code) {
    case '':
    case 'network_error':
      return undefined;
    case 'budget_exceeded':
    case 'request_exceeds_budget':
    case 'unbounded_cost':
    case 'budget_in_flight':
      return 'budgets';
    case 'rate_limit_exceeded':
      return 'rate-limits';
    case 'model_not_found':
      return 'models';
    default:
      return 'errors';
  }
}
