/** Every provider, in the order in which people should see them. A new one is its file and its line here. */
import type { Provider } from '../provider.ts';
import { amazonBedrock } from './amazon-bedrock.ts';
import { anthropic } from './anthropic.ts';
import { azure, azureAi } from './azure.ts';
import { cerebras } from './cerebras.ts';
import { cohere } from './cohere.ts';
import { deepseek } from './deepseek.ts';
import { fireworks } from './fireworks.ts';
import { litellm, portkey, tollgate } from './gateways.ts';
import { google } from './google.ts';
import { googleVertex } from './google-vertex.ts';
import { groq } from './groq.ts';
import { llamacpp } from './llamacpp.ts';
import { mistral } from './mistral.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { openrouter } from './openrouter.ts';
import { perplexity } from './perplexity.ts';
import { simulator } from './simulator.ts';
import { togetherai } from './togetherai.ts';
import { vllm } from './vllm.ts';
import { xai } from './xai.ts';

export const PROVIDERS: readonly Provider[] = [
  openai,
  anthropic,
  google,
  googleVertex,
  amazonBedrock,
  azure,
  azureAi,
  mistral,
  cohere,
  groq,
  deepseek,
  xai,
  perplexity,
  togetherai,
  fireworks,
  cerebras,
  openrouter,
  ollama,
  vllm,
  llamacpp,
  openaiCompatible,
  tollgate,
  litellm,
  portkey,
  simulator,
];
