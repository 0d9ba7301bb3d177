/** Whether a scope names something of the organization. */
import type { AuditActor, AuditOrigin } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import type { Scope } from './scope.ts';

/** The input of a change is at fault; `path` says where, in the words of the admin API. */
export class LimitsInputError extends Error {
  override readonly name = 'LimitsInputError';
  readonly path: string;
  readonly code: 'unknown_reference' | 'tag_form';

  constructor(path: string, message: string, code: LimitsInputError['code']) {
    super(message);
    this.path = path;
    this.code = code;
  }
}

/** Who changes it, and from where. */
export interface LimitsChange {
  readonly tx: Transaction;
  readonly organizationId: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

const TAG = /^[^=\p{Cc}]{1,100}=[^\p{Cc}]{1,200}$/u;

/** @throws {LimitsInputError} It names nothing here. @returns The form in which it is stored. */
export async function checkScope(tx: Transaction, organizationId: string, scope: Scope): Promise<Scope> {
  if (scope.type === 'organization') {
    if (scope.id !== '*' && scope.id !== organizationId) throw unknown('organization');
    return { type: 'organization', id: organizationId };
  }
  if (scope.id === '*') return scope;
  const where = { id: scope.id, organizationId };
  const select = { id: true } as const;
  switch (scope.type) {
    case 'team':
      if ((await tx.team.findFirst({ where, select })) === null) throw unknown('team');
      return scope;
    case 'key':
      if ((await tx.virtualKey.findFirst({ where, select })) === null) throw unknown('key');
      return scope;
    case 'member':
      if ((await tx.membership.findFirst({ where, select })) === null) throw unknown('member');
      return scope;
    case 'serviceAccount':
      if ((await tx.serviceAccount.findFirst({ where, select })) === null) throw unknown('service account');
      return scope;
    case 'tag':
      if (!TAG.test(scope.id))
        throw new LimitsInputError('body.scope.id', 'must be NAME=VALUE, NAME=* or *', 'tag_form');
      return scope;
    case 'endUser':
    case 'model':
      return scope;
  }
}

function unknown(what: string): LimitsInputError {
  return new LimitsInputError('body.scope.id', `is not a ${what} of this organization`, 'unknown_reference');
}
