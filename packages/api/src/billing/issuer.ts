/** Who issues live invoices: the operator. What an organization owes is not for the organization to forgive. */
import type { OrganizationActor } from '@tollgate/identity';
import { ApiProblem } from '../framework/problem.ts';

/** @throws {ApiProblem} `permission_denied`: somebody else than the issuer asks, whatever they may do otherwise. */
export function assertIssuer({ actor }: Pick<OrganizationActor, 'actor'>, what: string): void {
  if (actor.kind === 'person' && actor.isOperator) return;
  throw new ApiProblem('permission_denied', `Cannot ${what}: only the operator, who issued the invoice, may`);
}
