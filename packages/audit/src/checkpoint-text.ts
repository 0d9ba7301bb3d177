/** What is signed of a place in the chain. */
export interface ChainHead {
  readonly organizationId: string;
  readonly sequence: bigint;
  readonly hash: string;
}

export function checkpointText({ organizationId, sequence, hash }: ChainHead): Buffer {
  return Buffer.from(`tollgate-audit-checkpoint-1\n${organizationId}\n${sequence}\n${hash}`);
}
