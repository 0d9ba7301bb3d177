/** Saved prompts. What was written is content: sealed at rest, and read by its author, or by all where it is shared. */
import type { KeyRing } from '@tollgate/config';
import type { Prisma, Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import { openSecret, type SealContext, sealSecret } from '@tollgate/keys';
import { ApiProblem, notFound } from '../framework/problem.ts';

export type PromptRow = Omit<Prisma.PlaygroundPromptModel, 'contentCiphertext'>;

const listed = {
  id: true,
  organizationId: true,
  name: true,
  createdById: true,
  createdByName: true,
  shared: true,
  version: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.PlaygroundPromptSelect;

/** One's own and the shared ones. */
function visibleTo({ organizationId, membershipId }: OrganizationActor): Prisma.PlaygroundPromptWhereInput {
  return { organizationId, OR: [{ createdById: membershipId }, { shared: true }] };
}

/** Last changed first. */
export function listPrompts(
  tx: Transaction,
  actor: OrganizationActor,
  page: { readonly after?: { readonly at: Date; readonly id: string } | undefined; readonly limit: number },
): Promise<PromptRow[]> {
  const { after, limit } = page;
  const older: Prisma.PlaygroundPromptWhereInput[] =
    after === undefined
      ? []
      : [
          { updatedAt: { lte: after.at } },
          { OR: [{ updatedAt: { lt: after.at } }, { id: { lt: after.id } }] },
        ];
  return tx.playgroundPrompt.findMany({
    where: { AND: [visibleTo(actor), ...older] },
    orderBy: [{ updatedAt: 'desc' }, { id: 'desc' }],
    take: limit,
    select: listed,
  });
}

/** @throws {ApiProblem} `not_found`, also for what somebody else keeps to themselves. */
export async function getPrompt(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
): Promise<Prisma.PlaygroundPromptModel> {
  const row = await tx.playgroundPrompt.findFirst({ where: { AND: [visibleTo(actor), { id }] } });
  if (row === null) throw notFound('prompt');
  return row;
}

/** For a change: until the transaction ends, nobody else makes one. @throws {ApiProblem} as above. */
export async function lockPrompt(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
): Promise<Prisma.PlaygroundPromptModel> {
  await tx.$queryRaw`
    SELECT 1 FROM playground_prompts WHERE organization_id = ${actor.organizationId} AND id = ${id} FOR UPDATE`;
  return getPrompt(tx, actor, id);
}

/** @throws {ApiProblem} `exceeds_own_permissions`: somebody else's. */
export function assertMayChange(actor: OrganizationActor, prompt: { readonly createdById: string }): void {
  if (prompt.createdById === actor.membershipId || can(actor, 'keys:write-any')) return;
  throw new ApiProblem('exceeds_own_permissions', 'Cannot change this prompt: it is somebody else’s');
}

export function sealContent(ring: KeyRing, organizationId: string, id: string, content: unknown) {
  return sealSecret(ring, sealContext(organizationId, id), JSON.stringify(content));
}

export function openContent(ring: KeyRing, row: Prisma.PlaygroundPromptModel): unknown {
  return JSON.parse(openSecret(ring, sealContext(row.organizationId, row.id), row.contentCiphertext));
}

function sealContext(organizationId: string, id: string): SealContext {
  return { organizationId, recordId: id, field: 'playground-prompt', baseUrl: '' };
}
