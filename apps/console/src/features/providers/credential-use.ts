/** What leans on a credential, of what the pages know. Pure. */
import type { ProviderCredential, Route } from '@tollgate/api';

/** Routes that name it as a target or a fall-back; those that are switched off as well: they would not work again. */
export function routesNaming<R extends Pick<Route, 'rules' | 'fallbacks'>>(
  routes: readonly R[],
  credentialId: string,
): readonly R[] {
  return routes.filter(({ rules, fallbacks }) =>
    [...rules.flatMap(({ targets }) => targets), ...fallbacks].some(
      (target) => target.credentialId === credentialId,
    ),
  );
}

/** Whether its row holds what was typed: a part of its name, provider, address or models, or its id. */
export function fitsSearch(
  credential: Pick<ProviderCredential, 'id' | 'name' | 'provider' | 'baseUrl' | 'models'>,
  providerName: string,
  typed: string,
): boolean {
  const { id, name, provider, baseUrl, models } = credential;
  const words = [id, name, provider, providerName, baseUrl, ...models].join(' ').toLowerCase();
  return words.includes(typed.trim().toLowerCase());
}
