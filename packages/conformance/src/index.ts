/** Recorded provider traffic as exchanges, for whoever replays it. */
export type { ContentFormat, Exchange, Framing } from './fixtures/exchange.ts';
export { type Fixtures, loadFixtures } from './fixtures/load-fixtures.ts';
