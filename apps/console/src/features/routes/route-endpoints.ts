/**
 * Endpoints whose requests can come to a route. What a provider keeps under an id (files, batches, videos) goes by that id, never by a
 * route: a condition of it would never hold, and a test of it would say nothing.
 */
import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';

const KEPT_BY_PROVIDERS: readonly string[] = ['files', 'batches', 'videos'];

export const ROUTE_ENDPOINTS: readonly string[] = ENDPOINT_SCOPES.filter(
  (name) => !KEPT_BY_PROVIDERS.includes(name),
);
