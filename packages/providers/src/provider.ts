/**
 * What Tollgate knows of a provider before any credential is chosen: data, not code.
 *
 * A folder per wire format holds the translations; a provider says which one it speaks.
 */

export type WireFormat = 'openai-compatible';

/** How the credential travels. */
export type ProviderAuthentication =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'none' };

export interface Provider {
  readonly id: string;
  readonly displayName: string;
  readonly wireFormat: WireFormat;
  /** Empty: the credential must name its own. Without a slash at the end. */
  readonly baseUrl: string;
  readonly authentication: ProviderAuthentication;
  /** OpenAI-dialect body members that this provider refuses; removed before it sees them. */
  readonly unknownMembers: readonly string[];
  /** The member by which it limits output; `max_completion_tokens` unless told. */
  readonly outputCapMember?: 'max_tokens' | 'max_completion_tokens';
}
