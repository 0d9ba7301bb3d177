/** Generators for the tests of this package's formats and of those that providers add. Needs fast-check. */
export {
  type ArbitraryOptions,
  arbitraryAnswer,
  arbitraryRequest,
  withoutUndefined,
} from './arbitrary-request.ts';
export { essenceOf, eventsOf } from './stream-of.ts';
