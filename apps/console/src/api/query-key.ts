/**
 * Query keys follow the path: `/keys/key_1?x=1` is `['api', 'keys', 'key_1', '?x=1']`, so invalidating
 * `/keys` reaches every list and every key.
 */
export function apiQueryKey(path: string): readonly string[] {
  const [pathname = '', query] = path.split('?', 2);
  const segments = pathname.split('/').filter((segment) => segment !== '');
  return query ? ['api', ...segments, `?${query}`] : ['api', ...segments];
}

/** Of what is read once for as long as a page is open: what changes make old is below `apiQueryKey`, and this is not. */
export function onceQueryKey(path: string): readonly string[] {
  return ['once', ...apiQueryKey(path).slice(1)];
}

/** `/keys` of `/keys/key_1`: where the thing is a row. What is the only one of its kind, `/billing`, is its own. */
export function collectionOf(path: string): string {
  const [pathname = ''] = path.split('?', 1);
  const end = pathname.lastIndexOf('/');
  return end > 0 ? pathname.slice(0, end) : pathname;
}

export type QueryValue = string | number | boolean | null | undefined | readonly string[];

/** `withQuery('/usage', {from, groupBy: ['team', 'model']})`; empty values are left out, lists joined by comma. */
export function withQuery(path: string, values: Readonly<Record<string, QueryValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== undefined && text !== null && text !== '') query.set(name, String(text));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
