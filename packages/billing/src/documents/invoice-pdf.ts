/** An invoice as PDF. The same frozen invoice gives the same bytes. */
import pdfmake from 'pdfmake';
import type { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { FONT_FILES } from './fonts.ts';
import { layOutInvoice } from './invoice-layout.ts';

const FONT_PATHS = new Set(Object.values(FONT_FILES).flatMap((files) => [files.normal, files.bold]));

// Nothing in a document may make this process read another file or open a connection.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => FONT_PATHS.has(path));

export function renderInvoicePdf(invoice: FrozenInvoice): Promise<Buffer> {
  // A copy, because the library replaces paths by what it read.
  pdfmake.setFonts(
    Object.fromEntries(Object.entries(FONT_FILES).map(([family, files]) => [family, { ...files }])),
  );
  return pdfmake.createPdf(layOutInvoice(invoice)).getBuffer();
}
