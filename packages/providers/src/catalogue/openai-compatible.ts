import { defineProvider, OPENAI_PATHS, TAGS_AND_USER } from './define.ts';

/** Any server that speaks OpenAI's chat; which other endpoints it has is only known by asking it. */
export const openaiCompatible = defineProvider({
  id: 'openai-compatible',
  displayName: 'OpenAI-compatible',
  baseUrl: '',
  docsUrl: '',
  paths: OPENAI_PATHS,
  formats: ['openai-chat'],
  unknownMembers: TAGS_AND_USER,
  outputCapMember: 'max_tokens',
  quirks: { chat: { developerRole: false, mediaAnywhere: true } },
});
