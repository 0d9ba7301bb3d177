/** The `tollgate` object inside every error: what a person needs to see why, whatever the dialect. */
import type { GatewayError } from '@tollgate/errors';

/** Holds only what applies; field names are part of the contract with clients. */
export function tollgateDetails(error: GatewayError, requestId: string): Record<string, unknown> {
  const { ruleId, scope, limit, used, requested, resetsAt, source } = error.details;
  return {
    code: error.code,
    request_id: requestId,
    ...(ruleId === undefined ? {} : { rule_id: ruleId }),
    ...(scope === undefined ? {} : { scope }),
    ...(limit === undefined ? {} : { limit }),
    ...(used === undefined ? {} : { used }),
    ...(requested === undefined ? {} : { requested }),
    ...(resetsAt === undefined ? {} : { resets_at: resetsAt }),
    source: source ?? 'tollgate',
  };
}
