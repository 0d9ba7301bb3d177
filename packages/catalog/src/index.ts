/** Models, prices and rating, without a database; that is in `@tollgate/catalog/store`. */
export {
  type CacheWrites,
  componentsFromJson,
  componentsToJson,
  isPriceComponent,
  PRICE_LAYERS,
  type PriceComponent,
  type PriceComponents,
  type PriceJson,
  type PriceLayer,
  type PriceTier,
  type PriceVersion,
  priceBodySchema,
  priceFromJson,
  priceToJson,
  priceVersionSchema,
  type ServiceTier,
  TOKEN_COMPONENTS,
  type TokenComponent,
} from './price.ts';
export {
  type CatalogModel,
  loadPriceBook,
  type ModelAbilities,
  PRICE_BOOK_DIRECTORY,
  type PriceBook,
} from './price-book.ts';
export { PriceIndex, type PriceQuery, selectPrice } from './price-index.ts';
export {
  type CredentialOwner,
  findTier,
  type Markup,
  NO_MARKUP,
  type RatedComponent,
  type RatedUsage,
  type RateInput,
  rateUsage,
  tokenUnitPrice,
} from './rate.ts';
export {
  type RatedComponentJson,
  ratedComponentFromJson,
  ratedComponentSchema,
  ratedComponentToJson,
} from './rated-json.ts';
export {
  type CountByName,
  emptyUsage,
  MAX_COUNT,
  type TokenUsage,
  tokenUsageSchema,
  totalInputTokens,
  totalOutputTokens,
} from './usage.ts';
