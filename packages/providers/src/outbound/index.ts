/** Connections to addresses that tenants name. Node only, so apart from the translations. */
export { type GuardOptions, guardedConnector, PrivateAddressError } from './guarded-connector.ts';
export {
  type GuardedAnswer,
  type GuardedRequest,
  guardedRequest,
  InsecureAddressError,
} from './guarded-request.ts';
export { isPrivateAddress } from './private-address.ts';
export { isPrivateHost } from './private-host.ts';
