/**
 * A call of the other endpoints as code: curl, and TypeScript and Python by the SDK that has it, or by plain HTTP. Never
 * with a key: code reads it from the environment.
 */
import type { CodeVariant } from '@tollgate/ui';
import { KEY, pythonArguments, quoteShell } from './code-samples.ts';
import { filePartOf, type RawBody, type RawEndpoint } from './raw-endpoints.ts';

interface Way {
  readonly path: string;
  /** The function of the SDK's client; undefined: no SDK that people have. */
  readonly call?: string;
  readonly sdk?: 'openai' | 'anthropic';
}

const openai = (path: string, call: string): Way => ({ path: `/v1/${path}`, call, sdk: 'openai' });
const WAYS: Readonly<Record<RawEndpoint, Way>> = {
  'chat.completions': openai('chat/completions', 'chat.completions.create'),
  responses: openai('responses', 'responses.create'),
  completions: openai('completions', 'completions.create'),
  messages: { path: '/v1/messages', call: 'messages.create', sdk: 'anthropic' },
  generate_content: { path: '/v1beta/models/{model}:generateContent' },
  embeddings: openai('embeddings', 'embeddings.create'),
  moderations: openai('moderations', 'moderations.create'),
  'images.generations': openai('images/generations', 'images.generate'),
  'images.edits': openai('images/edits', 'images.edit'),
  'audio.speech': openai('audio/speech', 'audio.speech.create'),
  'audio.transcriptions': openai('audio/transcriptions', 'audio.transcriptions.create'),
  rerank: { path: '/v1/rerank' },
};

export interface RawSampleInput {
  /** Public base of the gateway, without `/v1`. */
  readonly gatewayUrl: string;
  /** With the model, without a file. */
  readonly body: RawBody;
}

/** @returns curl, TypeScript and Python, in this order. */
export function rawSamples(
  endpoint: RawEndpoint,
  { gatewayUrl, body: asked }: RawSampleInput,
): readonly CodeVariant[] {
  const base = gatewayUrl.replace(/\/+$/, '');
  const { path, call, sdk } = WAYS[endpoint];
  const { model, ...rest } = asked;
  const isInPath = path.includes('{model}');
  const body = isInPath ? rest : asked;
  const url = base + path.replace('{model}', () => encodeURIComponent(String(model)));
  const file = filePartOf(endpoint);
  const input: SdkInput = {
    base,
    call: call ?? '',
    body: file === undefined ? body : { ...body, [file.field]: FILE },
    file: file?.example,
    isAudio: endpoint === 'audio.speech',
  };
  const code =
    sdk === undefined
      ? [httpTypeScript(url, body), httpPython(url, body)]
      : sdk === 'openai'
        ? [openaiTypeScript(input), openaiPython(input)]
        : [anthropicTypeScript(input), anthropicPython(input)];
  return [
    { id: 'curl', label: 'curl', code: curl(endpoint, url, body) },
    { id: 'typescript', label: 'TypeScript', code: code[0] ?? '' },
    { id: 'python', label: 'Python', code: code[1] ?? '' },
  ];
}

interface SdkInput {
  readonly base: string;
  readonly call: string;
  readonly body: RawBody;
  /** Its name, where one is sent. */
  readonly file: string | undefined;
  /** Answers a file instead of an object. */
  readonly isAudio: boolean;
}

/** Stands in a body for what only code can say. No text that JSON writes can be it. */
const FILE = '\u0000file';
const FILE_TEXT = JSON.stringify(FILE);

const json = (value: unknown): string => JSON.stringify(value, null, 2);

function curl(endpoint: RawEndpoint, url: string, body: RawBody): string {
  const file = filePartOf(endpoint);
  const output = endpoint === 'audio.speech' ? ' --output speech.mp3' : '';
  const lines = [`curl '${url}'${output} \\`, `  -H "Authorization: Bearer $${KEY}" \\`];
  if (file === undefined) {
    return [...lines, '  -H "Content-Type: application/json" \\', `  -d ${quoteShell(json(body))}`].join(
      '\n',
    );
  }
  const fields = Object.entries(body).map(([name, value]) => `${name}=${textOf(value)}`);
  const parts = fields.map((field) => `  --form-string ${quoteShell(field)} \\`);
  return [...lines, ...parts, `  -F '${file.field}=@${file.example}'`].join('\n');
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function openaiTypeScript({ base, call, body, file, isAudio }: SdkInput): string {
  const imports = [
    ...(file === undefined ? [] : ["import { createReadStream } from 'node:fs';"]),
    ...(isAudio ? ["import { writeFile } from 'node:fs/promises';"] : []),
    "import OpenAI from 'openai';",
  ];
  const written = json(body).replace(FILE_TEXT, () => `createReadStream('${file}')`);
  return `${imports.join('\n')}

const client = new OpenAI({
  baseURL: '${base}/v1',
  apiKey: process.env.${KEY},
});

const answer = await client.${call}(${written});
${isAudio ? "await writeFile('speech.mp3', Buffer.from(await answer.arrayBuffer()));" : 'console.log(answer);'}`;
}

function openaiPython({ base, call, body, file, isAudio }: SdkInput): string {
  const written = pythonArguments(body).replace(FILE_TEXT, () => `open("${file}", "rb")`);
  return `import os

from openai import OpenAI

client = OpenAI(base_url="${base}/v1", api_key=os.environ["${KEY}"])

answer = client.${call}(
${written}
)
${isAudio ? 'answer.write_to_file("speech.mp3")' : 'print(answer)'}`;
}

function anthropicTypeScript({ base, call, body }: SdkInput): string {
  return `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({
  baseURL: '${base}',
  apiKey: process.env.${KEY},
});

const answer = await client.${call}(${json(body)});
console.log(answer);`;
}

function anthropicPython({ base, call, body }: SdkInput): string {
  return `import os

import anthropic

client = anthropic.Anthropic(base_url="${base}", api_key=os.environ["${KEY}"])

answer = client.${call}(
${pythonArguments(body)}
)
print(answer)`;
}

function httpTypeScript(url: string, body: RawBody): string {
  return `const response = await fetch('${url}', {
  method: 'POST',
  headers: {
    Authorization: \`Bearer \${process.env.${KEY}}\`,
    'Content-Type': 'application/json',
  },
  body: JSON.stringify(${json(body)}),
});
console.log(await response.json());`;
}

function httpPython(url: string, body: RawBody): string {
  return `import os

import requests

response = requests.post(
    "${url}",
    headers={"Authorization": f"Bearer {os.environ['${KEY}']}"},
${pythonArguments({ json: body })}
)
print(response.json())`;
}
