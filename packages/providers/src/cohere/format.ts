export const FORMAT = 'cohere-chat' as const;
