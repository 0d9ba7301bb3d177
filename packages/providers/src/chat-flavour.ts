/** How a provider speaks OpenAI's chat format, from its data. */
import {
  type ChatFlavour,
  type Codec,
  createOpenAiChatCodec,
  type JsonObject,
  OPENAI_FLAVOUR,
} from '@tollgate/dialects';
import type { Provider } from './provider.ts';

export function chatFlavourOf(provider: Provider): ChatFlavour {
  return {
    ...OPENAI_FLAVOUR,
    ...provider.quirks.chat,
    target: provider.displayName,
    maxTokensMember: provider.outputCapMember ?? 'max_completion_tokens',
    unknownMembers: provider.unknownMembers,
  };
}

const codecs = new WeakMap<Provider, Codec>();

/** The chat codec as the provider speaks it; made once. */
export function chatCodecFor(provider: Provider): Codec {
  let codec = codecs.get(provider);
  if (codec === undefined) {
    codec = renaming(createOpenAiChatCodec(chatFlavourOf(provider)), provider.quirks.renamedMembers);
    codecs.set(provider, codec);
  }
  return codec;
}

function renaming(codec: Codec, names: Readonly<Record<string, string>> | undefined): Codec {
  if (names === undefined) return codec;
  return {
    ...codec,
    writeRequest(request, notes): JsonObject {
      const body = codec.writeRequest(request, notes);
      return Object.fromEntries(Object.entries(body).map(([name, value]) => [names[name] ?? name, value]));
    },
  };
}
