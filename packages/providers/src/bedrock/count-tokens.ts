/** `count_tokens` of the Messages API where Claude is served by somebody else. */
import { type MessagesRequest, patchMessagesRequest } from '@tollgate/dialects';
import { type ClaudeHost, hostedMessagesPatch } from './invoke.ts';

/** Names an inference profile's region before the model; only the model itself counts. */
const PROFILE = /^(?:us|us-gov|eu|apac|jp|au|ca|sa|global)\./;

export interface HostedCount {
  /** To stand in the address; on Vertex the model stands in the body. */
  readonly model: string;
  readonly body: Buffer;
}

/**
 * Bedrock counts what invoke would be sent, wrapped and in base64, and only by the model's own name: it refuses
 * inference profiles (recorded answers say so). Vertex has one address for all models.
 *
 * @param model The provider's name for it.
 */
export function hostedCountTokens(host: ClaudeHost, request: MessagesRequest, model: string): HostedCount {
  if (host === 'google-vertex') return { model, body: patchMessagesRequest(request, { model }) };
  const { remove = [], ...patch } = hostedMessagesPatch(host);
  const body = patchMessagesRequest(request, {
    ...patch,
    remove: [...remove],
    // An invoke must have one; nothing is generated.
    maxOutputTokens: request.maxOutputTokens ?? 1,
  });
  return {
    model: model.replace(PROFILE, ''),
    body: Buffer.from(JSON.stringify({ input: { invokeModel: { body: body.toString('base64') } } })),
  };
}
