/** The providers that are known by name, and what follows from their data. A credential may bring its own base URL. */
import type { WireFormat } from '@tollgate/dialects';
import { PROVIDERS } from './catalogue/index.ts';
import type { Provider } from './provider.ts';

const BY_NAME: ReadonlyMap<string, Provider> = new Map([
  ...PROVIDERS.flatMap((provider) => provider.aliases.map((alias) => [alias, provider] as const)),
  ...PROVIDERS.map((provider) => [provider.id, provider] as const),
]);

/** @param name Its id, or an alias; go on with `provider.id`. @returns Undefined for one that is not known (yet). */
export function findProvider(name: string): Provider | undefined {
  return BY_NAME.get(name);
}

/** All of them, in the order in which people should see them. */
export function allProviders(): readonly Provider[] {
  return PROVIDERS;
}

/** The generating formats in which a model is served there, the best first. */
export function formatsOf(provider: Provider, model: string): readonly WireFormat[] {
  return provider.modelFormats.find(({ pattern }) => pattern.test(model))?.formats ?? provider.formats;
}
