/** Whose bills and whose spend can be imported. */
export const BILL_PROVIDERS = ['openai', 'anthropic', 'aws'] as const;
export const GATEWAY_SOURCES = ['litellm', 'openrouter', 'helicone', 'portkey'] as const;
