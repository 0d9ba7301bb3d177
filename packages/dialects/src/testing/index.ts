/**
 * Generators for the tests of this package's formats and of those that providers add, and the vendors' own
 * specifications as judges. Needs fast-check, ajv and yaml.
 */
export {
  type ArbitraryOptions,
  arbitraryAnswer,
  arbitraryRequest,
  withoutUndefined,
} from './arbitrary-request.ts';
export { loadGeminiSpecification } from './gemini-specification.ts';
export { loadOpenAiSpecification } from './openai-specification.ts';
export { essenceOf, eventsOf } from './stream-of.ts';
