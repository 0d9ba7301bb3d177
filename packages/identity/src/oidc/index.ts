/** Asking issuers that organizations named. Apart from the rest: nothing else of this package asks anybody. */
export {
  type IssuerInspection,
  inspectIssuer,
  type MetadataProblem,
  type MetadataProblemCode,
} from './metadata.ts';
export {
  type AuthorizationRequest,
  createOidcClient,
  type OidcClient,
  type OidcProvider,
  type ProvedClaims,
} from './oidc-client.ts';
