/** Gemini's codec as one provider has the format: Vertex AI refuses members that the Gemini API takes. */
import { type Codec, geminiGenerateCodec, type JsonObject } from '@tollgate/dialects';
import type { Provider } from '../provider.ts';

const codecs = new WeakMap<Provider, Codec>();

export function geminiCodecFor(provider: Provider): Codec {
  const known = codecs.get(provider);
  if (known !== undefined) return known;
  const codec = provider.unknownMembers.length === 0 ? geminiGenerateCodec : without(provider);
  codecs.set(provider, codec);
  return codec;
}

function without({ unknownMembers }: Provider): Codec {
  return {
    ...geminiGenerateCodec,
    writeRequest(request, notes): JsonObject {
      const body = { ...geminiGenerateCodec.writeRequest(request, notes) };
      for (const name of unknownMembers) {
        if (body[name] === undefined) continue;
        delete (body as Record<string, unknown>)[name];
        notes.cannot(name, 'hint');
      }
      return body;
    },
  };
}
