/** What became of a request on its way to the provider, as its frame tells it. */
import type { RequestFrame } from '@tollgate/metering';
import type { Exchange } from './exchange.ts';
import { storable } from './storable.ts';

type Translation = Required<Pick<RequestFrame, 'providerFormat' | 'translated' | 'unsupported'>>;

/** The first ones say enough: a client can write any number of parameters. */
const MAX_NAMES = 64;
const MAX_NAME_LENGTH = 200;
const NOTHING: readonly string[] = [];
const NOT_SENT: Translation = { providerFormat: '', translated: false, unsupported: NOTHING };

/** Of the last attempt: the one that answered, where there is an answer. */
export function translationOf({ plan }: Pick<Exchange, 'plan'>): Translation {
  if (plan === undefined) return NOT_SENT;
  const { endpoint, translated, unsupported } = plan;
  return {
    providerFormat: endpoint,
    translated,
    unsupported: unsupported.length === 0 ? NOTHING : unsupported.slice(0, MAX_NAMES).map(storableName),
  };
}

function storableName(name: string): string {
  return storable(name, MAX_NAME_LENGTH);
}
