/** What goes along with mails: the PDF of an invoice, made when the mail goes out. */
import { getInvoiceDocument } from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import type { MailAttachment, MailData, MailTemplate } from '@tollgate/mail';

export async function loadMailAttachments<T extends MailTemplate>(
  database: Database,
  template: T,
  data: MailData[T],
): Promise<readonly MailAttachment[]> {
  if (template !== 'invoice') return [];
  const { organizationId, invoiceId } = data as MailData['invoice'];
  return [await getInvoiceDocument(database, { organizationId, invoiceId, kind: 'pdf' })];
}
