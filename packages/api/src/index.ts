/** The admin API. The public names of this package; everything else is private. */
export { API_BASE_PATH, type Api, createApi } from './create-api.ts';
export type { ApiContext, ApiOptions } from './framework/api-context.ts';
export { ORGANIZATION_HEADER } from './framework/authorize.ts';
export {
  CHANGE_CHANNEL,
  type Change,
  type ChangeFeed,
  type ChangeKind,
  localChangeFeed,
} from './framework/change-feed.ts';
export { CSRF_HEADER } from './framework/csrf.ts';
export type { ProblemBody, ProblemCode } from './framework/problem.ts';
export type * from './types.ts';
