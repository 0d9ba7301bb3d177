'use client';
import { useProviderName } from './provider-api.ts';

/** A component and no hook where only some rows or columns need it: names are asked for where one is drawn. */
export function ProviderName({ id }: { readonly id: string }) {
  return useProviderName()(id);
}
