/**
 * How screens that the server draws reach the API of the same process. Set by server code, found by client components
 * that run on the server: the two are bundled apart and share nothing else. Absent in a browser.
 */
/** Asks as whoever is looking at the page, in that organization. @param path Behind `/api/v1`. */
export type FirstViewReader = (path: string, organizationId: string) => Promise<Response>;

const READER = Symbol.for('tollgate.first-view-reader');

export function setFirstViewReader(reader: FirstViewReader): void {
  (globalThis as { [READER]?: FirstViewReader })[READER] = reader;
}

export function findFirstViewReader(): FirstViewReader | undefined {
  return (globalThis as { [READER]?: FirstViewReader })[READER];
}
