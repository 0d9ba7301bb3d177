/** What routes of alerts share: who changes them, how bad input is told, where messages may go. */
import { type AlertsChange, AlertsInputError } from '@tollgate/alerts';
import { auditActor } from '@tollgate/identity';
import { ApiProblem, invalidField } from '../framework/problem.ts';
import type { OrganizationCall } from '../framework/route.ts';
import { parseBaseUrl } from '../provider-credentials/base-url.ts';

type ChangingCall = Pick<
  OrganizationCall<unknown, unknown, unknown>,
  'tx' | 'organizationId' | 'actor' | 'origin' | 'nowMs'
>;

export function alertsChange({ tx, organizationId, actor, origin, nowMs }: ChangingCall): AlertsChange {
  return { tx, organizationId, actor: auditActor(actor.actor), origin, nowMs };
}

/** @throws {ApiProblem} `invalid_request` with the field, where the subject refuses the input. */
export async function refusingBadAlerts<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof AlertsInputError)) throw error;
    if (error.path === 'path.id')
      throw new ApiProblem('conflict', error.message, { reason: 'came_with_organization' });
    throw invalidField(error.path, error.message, error.code);
  }
}

/** An address that messages go to: as a provider's, but with a query. @throws {ApiProblem} */
export function parseTargetUrl(text: string, allowedPrivateOrigins: readonly string[]): string {
  const query = text.indexOf('?');
  parseBaseUrl(query < 0 ? text : text.slice(0, query), allowedPrivateOrigins, 'body.url');
  const url = new URL(text);
  if (url.hash !== '') throw invalidField('body.url', 'must not have a fragment', 'invalid');
  return url.href;
}
