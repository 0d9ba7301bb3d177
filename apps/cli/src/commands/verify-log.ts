/** Verifies an exported audit log: needs the file and nothing else, so that whoever is given one can. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { verifyExportedLog } from '@tollgate/audit/verify-export';
import type { Command } from '../command.ts';
import { UserError } from '../user-error.ts';

export const verifyLog: Command = async ([path, ...rest]) => {
  if (path === undefined || rest.length > 0)
    throw new UserError('Usage: npm run tollgate -- verify-log FILE');
  const input = createReadStream(path, 'utf8');
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const report = await verifyExportedLog(lines).catch((cause: unknown) => {
    throw new UserError(`Cannot verify: the file must be readable, got ${path}`, { cause });
  });
  console.log(`Organization  ${report.organizationId}`);
  console.log(`Events        ${report.verifiedEvents} verified`);
  console.log(`Head          ${report.headSequence} ${report.headHash}`);
  console.log(`Signed by     ${report.keyFingerprint}`);
  for (const { kind, line, sequence } of report.problems) {
    console.error(`Line ${line}${sequence === undefined ? '' : `, event ${sequence}`}: ${kind}`);
  }
  console.log(report.ok ? 'The log is whole.' : 'The log does not hold.');
  return report.ok ? 0 : 1;
};
