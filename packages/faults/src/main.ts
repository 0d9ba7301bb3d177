/**
 * `npm run faults`: the whole data plane under fault, and what it left behind. Ends with 1 if a promise was broken.
 *
 * Without more, a seeded walk: `--seed N` (printed; the same seed strikes the same things in the same order),
 * `--minutes M`, `--calls N`, `--gateways N`, `--workers N`, `--only FAULT,…`, `--bundled`. The long proofs are named by
 * their size: `--streams N --kills N`, `--revocations N`, `--outage SECONDS`; storms on budgets by their kind: `--storm all`.
 */
import { outage, revocations, streams } from './proof-commands.ts';
import { storm } from './storm-command.ts';
import { walk } from './walk-command.ts';

const args = process.argv.slice(2);
const isAsked = (name: string): boolean => args.some((arg) => arg === name || arg.startsWith(`${name}=`));

if (isAsked('--streams')) await streams(args);
else if (isAsked('--revocations')) await revocations(args);
else if (isAsked('--outage')) await outage(args);
else if (isAsked('--storm')) await storm(args);
else await walk(args);
// Sockets that were reset in the middle may never let a process end by itself.
process.exit();
