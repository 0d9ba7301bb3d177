/** Which credentials can serve the model that was asked for, in the order in which they are tried. */
import { GatewayError } from '@tollgate/errors';
import { type Candidate, preferProviders, resolveModel } from '../candidates.ts';
import { type Exchange, known } from '../exchange.ts';
import { nearNames, usableModels } from '../usable-models.ts';

export function resolve(exchange: Exchange): void {
  const chat = known(exchange.chat, 'the request');
  const extensions = known(exchange.extensions, 'the extensions');
  const candidates: Candidate[] = [];
  for (const name of [chat.model, ...extensions.fallbackModels]) {
    const { candidates: found } = candidatesOf(exchange, name);
    candidates.push(...preferProviders(found, extensions.providers));
  }
  if (candidates.length === 0) throw modelNotFound(exchange, chat.model);
  exchange.candidates = candidates;
}

export function candidatesOf(exchange: Exchange, name: string): ReturnType<typeof resolveModel> {
  return resolveModel(
    name,
    known(exchange.key, 'the key'),
    known(exchange.organization, 'the organization'),
    known(exchange.platform, 'the catalogue'),
  );
}

/** Names only what this key may use; the same answer for what does not exist and what is not allowed. */
export function modelNotFound(exchange: Exchange, name: string): GatewayError {
  const near = nearNames(
    name,
    usableModels(
      known(exchange.key, 'the key'),
      known(exchange.organization, 'the organization'),
      known(exchange.platform, 'the catalogue'),
    ),
  );
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`;
  return new GatewayError(
    'model_not_found',
    `Cannot find the model "${name}": it does not exist, or this key may not use it.${hint}`,
    { param: 'model' },
  );
}
