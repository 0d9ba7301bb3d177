/** Whose bills and whose spend can be imported. */
export const BILL_PROVIDERS = ['openai', 'anthropic', 'aws'] as const;
export type BillProvider = (typeof BILL_PROVIDERS)[number];
export const GATEWAY_SOURCES = ['litellm', 'openrouter', 'helicone', 'portkey'] as const;
export type GatewaySource = (typeof GATEWAY_SOURCES)[number];
