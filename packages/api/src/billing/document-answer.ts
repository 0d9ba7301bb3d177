/** A stored or rendered document as a download. */
import type { InvoiceDocument } from '@tollgate/billing';

export function documentAnswer({ content, contentType, fileName, sha256 }: InvoiceDocument): Response {
  return new Response(content, {
    headers: {
      'content-type': contentType,
      'content-disposition': `attachment; filename="${fileName}"`,
      'content-length': String(content.byteLength),
      etag: `"${sha256}"`,
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
