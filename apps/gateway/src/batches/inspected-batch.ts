/** What is known of a batch that is about to be made. Apart from how it is found, which uses what an exchange is. */
import type { CostBound } from '@tollgate/limits';
import type { StartedBatch } from '@tollgate/metering';

export interface InspectedBatch {
  readonly started: StartedBatch;
  readonly bound: CostBound;
  /** Why nothing bounds its cost; empty where something does. */
  readonly reason: string;
}
