/** Rating a period again: an entry of its own, so that the console's server loads nothing of logs and queues. */
export {
  applyRerating,
  cancelRerating,
  createRerating,
  findRerating,
  listReratings,
  type NewRerating,
  type ReratingLineRecord,
  type ReratingRecord,
} from './rerating-store.ts';
export { type ReratingProgress, type RunReratingOptions, runRerating } from './run-rerating.ts';
export { type WhatIfLine, type WhatIfQuestion, whatIf } from './what-if.ts';
