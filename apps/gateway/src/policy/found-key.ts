/** What looking a key up can answer, and what is told when keys may not be used any more. */
import type { KeyEntry, OrganizationPolicy, PlatformPolicy } from './policy.ts';

export type FoundKey =
  | {
      readonly kind: 'found';
      readonly key: KeyEntry;
      readonly organization: OrganizationPolicy;
      readonly platform: PlatformPolicy;
    }
  /** There is no such key. */
  | { readonly kind: 'unknown' }
  /** Cannot tell now: the control plane is away, too slow, or the look-up was shed. */
  | { readonly kind: 'unavailable'; readonly reason: 'look-up-failed' | 'shed' | 'stale' };

export interface Revoked {
  readonly organizationId: string;
  /** Hashes of the secrets; undefined: all of the organization. */
  readonly hashes?: ReadonlySet<string>;
}
