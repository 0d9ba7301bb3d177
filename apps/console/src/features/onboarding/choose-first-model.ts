/** The model that a first request names: small, cheap, made for text, among those that the provider listed. */
const SMALL = /mini|small|lite|flash|haiku|nano|instant|8b/i;
const NO_CHAT = /embed|image|audio|tts|whisper|moderation|rerank|realtime|dall|sora|transcribe|search|guard/i;

/** @returns `provider/model`, which no route can shadow; undefined when the provider listed nothing usable. */
export function chooseFirstModel(provider: string, models: readonly string[]): string | undefined {
  const usable = models.filter((model) => !NO_CHAT.test(model));
  const model = usable.find((name) => SMALL.test(name)) ?? usable[0];
  return model === undefined ? undefined : `${provider}/${model}`;
}
