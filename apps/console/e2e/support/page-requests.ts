/** What the browser asks of the server for one view of a page [S7]: documents and the admin API; files apart. */
import type { Page, Request } from '@playwright/test';

export interface RequestCount {
  /** `GET /api/v1/keys?limit=50`, in the order in which they were asked. */
  readonly asked: readonly string[];
  stop(): void;
}

/** Counts from now on. What Next fetches ahead for pages that nobody has opened yet is no part of this view. */
export function countRequests(page: Page): RequestCount {
  const asked: string[] = [];
  const listen = (request: Request): void => {
    const url = new URL(request.url());
    if (!url.protocol.startsWith('http')) return;
    const isDocument = request.resourceType() === 'document';
    const isData = ['fetch', 'xhr', 'eventsource'].includes(request.resourceType());
    if (!isDocument && !isData) return;
    if (url.pathname.startsWith('/_next/static/')) return;
    if (request.headers()['next-router-prefetch'] !== undefined) return;
    asked.push(`${request.method()} ${url.pathname}${url.search}`);
  };
  page.on('request', listen);
  return { asked, stop: () => page.off('request', listen) };
}
