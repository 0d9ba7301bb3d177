/**
 * What a key's scope allows, by one rule for gateways that refuse and for people who ask beforehand. Pure.
 *
 * Not here: which credential serves a model, and what a budget or a rate limit leaves.
 */

/** Null: not restricted. */
export interface ModelScope {
  readonly models: ReadonlySet<string> | null;
  readonly providers: ReadonlySet<string> | null;
}

/**
 * A model may be listed bare, with its provider, or with a `*` at the end.
 *
 * @param names What the model is called: by the catalogue, and as the provider is asked for it.
 */
export function scopeAllows(scope: ModelScope, providerId: string, names: readonly string[]): boolean {
  if (scope.providers !== null && !scope.providers.has(providerId)) return false;
  if (scope.models === null) return true;
  for (const name of names) {
    if (scope.models.has(name) || scope.models.has(`${providerId}/${name}`)) return true;
  }
  for (const listed of scope.models) {
    if (!listed.endsWith('*')) continue;
    const prefix = listed.slice(0, -1);
    if (names.some((name) => name.startsWith(prefix) || `${providerId}/${name}`.startsWith(prefix)))
      return true;
  }
  return false;
}

/** Lists as they are stored: an empty one does not restrict. */
export function toModelScope(models: readonly string[], providers: readonly string[]): ModelScope {
  return {
    models: models.length === 0 ? null : new Set(models),
    providers: providers.length === 0 ? null : new Set(providers),
  };
}
