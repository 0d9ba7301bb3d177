/** Who names the provider can be anybody of its domains: that is for people, who have just shown who they are. */
import type { OrganizationActor } from '@tollgate/identity';
import { ApiProblem } from '../framework/problem.ts';

/** @throws {ApiProblem} `permission_denied`: a token, which the person who made it may have forgotten. */
export function assertPersonSets({ actor }: OrganizationActor): void {
  if (actor.kind === 'person') return;
  throw new ApiProblem(
    'permission_denied',
    'Cannot change single sign-on with a token: a signed-in person is needed',
  );
}
