/** The product under fault: processes to kill, load to run, the ledger held against the provider's books. */
export { type Call, type LoadOptions, runLoad } from './load.ts';
export { createRandom, type Random } from './random.ts';
export { type System, type SystemOptions, startSystem } from './system.ts';
export { compareWithTruth, type LedgerRow, readLedger, type Verdict } from './verify.ts';
