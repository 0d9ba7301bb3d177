/** Which credit and debit notes wait for somebody to issue them: one answer for the list, the month close and alerts. */
import { sql } from './sql.ts';

/** Of `credit_notes n` and its `invoices i`. A draft waits, but for a credit on a void invoice, which is never issued. */
export const NOTE_WAITS = sql`(n.state = 'draft' AND NOT (n.kind = 'credit' AND i.state = 'void'))`;
