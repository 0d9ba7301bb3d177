/** The catalogue in Postgres: an entry of its own, so that rating does not load a database client. */
export {
  listModels,
  listPrices,
  type ModelFilter,
  type PriceFilter,
  type PriceRow,
  priceFromRow,
  priceToRow,
  type SeedResult,
  seedPriceBook,
} from './price-book-store.ts';
