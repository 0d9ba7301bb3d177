/** What telling anybody needs to know of the installation. */
import type { KeyRing } from '@tollgate/config';

export interface NotifySettings {
  readonly ring: KeyRing;
  readonly consoleUrl: string;
  readonly allowedPrivateOrigins: readonly string[];
}
