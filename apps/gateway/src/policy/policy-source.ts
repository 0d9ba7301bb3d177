/**
 * The one interface through which a gateway reads policy: Postgres here, HTTPS for a gateway in a customer's
 * network. Rejections mean "cannot tell now", never "there is none".
 */
import type { KeyEntry, OrganizationPolicy, PlatformPolicy, PolicyChange } from './policy.ts';

export interface PolicySource {
  /** The secret with one of these hashes; undefined: there is none. */
  findKey(hashes: readonly string[]): Promise<KeyEntry | undefined>;
  /** All secrets of a key as they are now; empty: the key is gone. */
  loadKey(keyId: string): Promise<readonly KeyEntry[]>;
  /** Undefined: no such organization. */
  findOrganization(organizationId: string): Promise<OrganizationPolicy | undefined>;
  loadPlatform(): Promise<PlatformPolicy>;
  /** A cursor behind which nothing can appear any more. */
  currentCursor(): Promise<string>;
  changesSince(cursor: string): Promise<ChangesPage>;
}

export interface ChangesPage {
  readonly changes: readonly PolicyChange[];
  readonly cursor: string;
  /** With the last page. */
  readonly ahead?: ChangesAhead;
}

/** What is committed already, but cannot be left behind yet, because something older may still be: it comes again. */
export interface ChangesAhead {
  readonly changes: readonly (PolicyChange & { readonly eventId: string })[];
  /** False: there is more than was read. */
  readonly isWhole: boolean;
}
