/** Code of the documentation, with this installation's own gateway in it. Keys come from the environment. */
import type { CodeVariant } from '@tollgate/ui';

/** @param gateway Public base of the gateway, without a path. */
type Sample = (gateway: string, consoleUrl: string) => readonly CodeVariant[];

const one = (id: string, label: string, code: string): CodeVariant => ({ id, label, code });

const MODEL = 'sim-small';

const firstCall: Sample = (gateway) => [
  one(
    'curl',
    'curl',
    `curl '${gateway}/v1/chat/completions' \\
  -H "Authorization: Bearer $TOLLGATE_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${MODEL}", "messages": [{"role": "user", "content": "Say hello."}]}'`,
  ),
  one(
    'typescript',
    'TypeScript',
    `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: '${gateway}/v1',
  apiKey: process.env.TOLLGATE_API_KEY,
});
const completion = await client.chat.completions.create({
  model: '${MODEL}',
  messages: [{ role: 'user', content: 'Say hello.' }],
});
console.log(completion.choices[0].message.content);`,
  ),
  one(
    'python',
    'Python',
    `import os

from openai import OpenAI

client = OpenAI(base_url="${gateway}/v1", api_key=os.environ["TOLLGATE_API_KEY"])
completion = client.chat.completions.create(
    model="${MODEL}",
    messages=[{"role": "user", "content": "Say hello."}],
)
print(completion.choices[0].message.content)`,
  ),
];

const openai: Sample = (gateway) => [
  one(
    'typescript',
    'TypeScript',
    `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${gateway}/v1', apiKey: process.env.TOLLGATE_API_KEY });`,
  ),
  one(
    'python',
    'Python',
    `client = OpenAI(base_url="${gateway}/v1", api_key=os.environ["TOLLGATE_API_KEY"])`,
  ),
  one(
    'go',
    'Go',
    `client := openai.NewClient(
	option.WithBaseURL("${gateway}/v1/"),
	option.WithAPIKey(os.Getenv("TOLLGATE_API_KEY")),
)`,
  ),
  one('env', '.env', `OPENAI_BASE_URL=${gateway}/v1\nOPENAI_API_KEY=tgk_…`),
];

const anthropic: Sample = (gateway) => [
  one(
    'typescript',
    'TypeScript',
    `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: '${gateway}', apiKey: process.env.TOLLGATE_API_KEY });`,
  ),
  one(
    'python',
    'Python',
    `client = anthropic.Anthropic(base_url="${gateway}", api_key=os.environ["TOLLGATE_API_KEY"])`,
  ),
  one(
    'go',
    'Go',
    `client := anthropic.NewClient(
	option.WithBaseURL("${gateway}/"),
	option.WithAPIKey(os.Getenv("TOLLGATE_API_KEY")),
)`,
  ),
  one('env', '.env', `ANTHROPIC_BASE_URL=${gateway}\nANTHROPIC_API_KEY=tgk_…`),
];

const gemini: Sample = (gateway) => [
  one(
    'typescript',
    'TypeScript',
    `import { GoogleGenAI } from '@google/genai';

const client = new GoogleGenAI({
  apiKey: process.env.TOLLGATE_API_KEY,
  httpOptions: { baseUrl: '${gateway}' },
});`,
  ),
  one(
    'python',
    'Python',
    `client = genai.Client(
    api_key=os.environ["TOLLGATE_API_KEY"],
    http_options={"base_url": "${gateway}"},
)`,
  ),
  one(
    'go',
    'Go',
    `client, err := genai.NewClient(ctx, &genai.ClientConfig{
	APIKey:      os.Getenv("TOLLGATE_API_KEY"),
	Backend:     genai.BackendGeminiAPI,
	HTTPOptions: genai.HTTPOptions{BaseURL: "${gateway}/"},
})`,
  ),
];

const createKey: Sample = (_, consoleUrl) => [
  one(
    'curl',
    'curl',
    `curl '${consoleUrl}/api/v1/keys' \\
  -H "Authorization: Bearer $TOLLGATE_ADMIN_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"name": "search", "models": ["gpt-5*"], "endpoints": ["chat.completions"],
       "budget": {"limitUsd": "50", "period": "month"},
       "rateLimits": [{"metric": "requests", "limit": 600, "windowSeconds": 60}]}'`,
  ),
];

const budgetRefusal: Sample = () => [
  one(
    'json',
    '402',
    `{
  "error": {
    "message": "Cannot serve the request: …",
    "type": "insufficient_quota",
    "code": "budget_exceeded",
    "tollgate": {
      "code": "budget_exceeded",
      "rule_id": "bud_…",
      "scope": { "type": "team", "id": "team_…", "name": "Search by month" },
      "limit": "50.00",
      "used": "50.00",
      "requested": "0.0123",
      "resets_at": "2026-12-01T00:00:00.000Z",
      "source": "tollgate",
      "request_id": "req_…"
    }
  }
}`,
  ),
];

const rateHeaders: Sample = () => [
  one(
    'http',
    'HTTP',
    `x-ratelimit-limit-requests: 600
x-ratelimit-remaining-requests: 597
x-ratelimit-reset-requests: 320ms
x-ratelimit-limit-tokens: 200000
x-ratelimit-remaining-tokens: 184310
x-ratelimit-reset-tokens: 6m0s`,
  ),
];

const streaming: Sample = (gateway) => [
  one(
    'curl',
    'curl',
    `curl -N '${gateway}/v1/chat/completions' \\
  -H "Authorization: Bearer $TOLLGATE_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "${MODEL}", "stream": true,
       "messages": [{"role": "user", "content": "Count to ten."}]}'`,
  ),
  one(
    'typescript',
    'TypeScript',
    `const controller = new AbortController();
const stream = await client.chat.completions.create(
  { model: '${MODEL}', stream: true, messages: [{ role: 'user', content: 'Count to ten.' }] },
  { signal: controller.signal },
);
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}`,
  ),
];

const requestCost: Sample = (gateway) => [
  one(
    'curl',
    'curl',
    `curl '${gateway}/v1/tollgate/requests/req_…' \\
  -H "Authorization: Bearer $TOLLGATE_API_KEY"`,
  ),
];

const models: Sample = (gateway) => [
  one('curl', 'curl', `curl '${gateway}/v1/models' -H "Authorization: Bearer $TOLLGATE_API_KEY"`),
];

const usage: Sample = (_, consoleUrl) => [
  one(
    'curl',
    'curl',
    `curl '${consoleUrl}/api/v1/usage?from=2026-11-01T00:00:00Z&interval=day&groupBy=team,model' \\
  -H "Authorization: Bearer $TOLLGATE_ADMIN_TOKEN"`,
  ),
];

const rotate: Sample = (_, consoleUrl) => [
  one(
    'curl',
    'curl',
    `curl '${consoleUrl}/api/v1/keys/key_…/rotate' \\
  -H "Authorization: Bearer $TOLLGATE_ADMIN_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"overlapSeconds": 86400}'`,
  ),
];

const webhookCheck: Sample = () => [
  one(
    'typescript',
    'TypeScript',
    `import { createHmac, timingSafeEqual } from 'node:crypto';

/** @param body The raw text of the request, before anything parses it. */
function isFromTollgate(secret: string, header: string, body: string): boolean {
  const parts = header.split(',').map((part) => part.trim().split('='));
  const at = Number(parts.find(([name]) => name === 't')?.[1]);
  if (Math.abs(Date.now() / 1000 - at) > 300) return false;
  const expected = createHmac('sha256', secret).update(\`\${at}.\${body}\`).digest();
  return parts.some(([name, value]) => {
    const given = Buffer.from(value ?? '', 'hex');
    return name === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}`,
  ),
  one(
    'python',
    'Python',
    `import hashlib, hmac, time

def is_from_tollgate(secret: str, header: str, body: bytes) -> bool:
    parts = [part.strip().split("=", 1) for part in header.split(",")]
    at = next((value for name, value in parts if name == "t"), "0")
    if abs(time.time() - int(at)) > 300:
        return False
    expected = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return any(name == "v1" and hmac.compare_digest(value, expected) for name, value in parts)`,
  ),
];

const attribution: Sample = (gateway) => [
  one(
    'curl',
    'curl',
    `curl '${gateway}/v1/chat/completions' \\
  -H "Authorization: Bearer $TOLLGATE_API_KEY" \\
  -H "Content-Type: application/json" \\
  -H "x-tollgate-tags: feature=search,env=production" \\
  -H "x-tollgate-session: conversation-17" \\
  -d '{"model": "${MODEL}", "user": "customer-42",
       "messages": [{"role": "user", "content": "Say hello."}]}'`,
  ),
];

const preference: Sample = () => [
  one(
    'json',
    'JSON',
    `{
  "model": "gpt-5.2",
  "models": ["claude-opus-4-8"],
  "provider": { "order": ["azure", "openai"], "ignore": ["openrouter"] },
  "messages": [{ "role": "user", "content": "Say hello." }]
}`,
  ),
];

const adminApi: Sample = (_, consoleUrl) => [
  one(
    'curl',
    'curl',
    `curl '${consoleUrl}/api/v1/keys?limit=10' \\
  -H "Authorization: Bearer $TOLLGATE_ADMIN_TOKEN"`,
  ),
];

export const SAMPLES = {
  firstCall,
  openai,
  anthropic,
  gemini,
  createKey,
  budgetRefusal,
  rateHeaders,
  streaming,
  requestCost,
  models,
  usage,
  rotate,
  webhookCheck,
  attribution,
  preference,
  adminApi,
} as const satisfies Record<string, Sample>;

export type SampleName = keyof typeof SAMPLES;
