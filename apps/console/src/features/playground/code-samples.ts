/**
 * The call of a column as code: three SDKs in four languages. Never with a key: code reads it from the environment,
 * and the playground's own cannot be had anyway.
 */
import type { CodeVariant } from '@tollgate/ui';
import type { ChatBody } from './conversation.ts';
import { toAnthropicBody, toGeminiCall } from './provider-bodies.ts';

export const SDKS = ['openai', 'anthropic', 'gemini'] as const;
export type Sdk = (typeof SDKS)[number];

export interface SampleInput {
  /** Public base of the gateway, without `/v1`. */
  readonly gatewayUrl: string;
  readonly body: ChatBody;
}

export const KEY = 'TOLLGATE_API_KEY';
const IMAGE_SHOWN = 32;

/** @returns curl, TypeScript, Python and Go, in this order. */
export function codeSamples(sdk: Sdk, { gatewayUrl, body }: SampleInput): readonly CodeVariant[] {
  const base = gatewayUrl.replace(/\/+$/, '');
  const shown = shortenImages(body) as ChatBody;
  const code = SAMPLES[sdk](base, shown);
  return [
    { id: 'curl', label: 'curl', code: code.curl },
    { id: 'typescript', label: 'TypeScript', code: code.typescript },
    { id: 'python', label: 'Python', code: code.python },
    { id: 'go', label: 'Go', code: code.go },
  ];
}

interface Code {
  readonly curl: string;
  readonly typescript: string;
  readonly python: string;
  readonly go: string;
}

const SAMPLES: Readonly<Record<Sdk, (base: string, body: ChatBody) => Code>> = {
  openai: openaiCode,
  anthropic: anthropicCode,
  gemini: geminiCode,
};

function openaiCode(base: string, body: ChatBody): Code {
  const { stream: isStream, ...rest } = body;
  const streams = isStream === true;
  const { stream_options: _, ...plain } = rest;
  return {
    curl: curl(`${base}/v1/chat/completions`, `Authorization: Bearer $${KEY}`, body, streams),
    typescript: `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: '${base}/v1',
  apiKey: process.env.${KEY},
});

${
  streams
    ? `const stream = await client.chat.completions.create(${json(body)});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}`
    : `const completion = await client.chat.completions.create(${json(plain)});
console.log(completion.choices[0].message);`
}`,
    python: `import os

from openai import OpenAI

client = OpenAI(base_url="${base}/v1", api_key=os.environ["${KEY}"])

${
  streams
    ? `stream = client.chat.completions.create(
${pythonArguments(body)}
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`
    : `completion = client.chat.completions.create(
${pythonArguments(plain)}
)
print(completion.choices[0].message)`
}`,
    go: goPost({
      module: 'github.com/openai/openai-go/v3',
      name: 'openai',
      base: `${base}/v1/`,
      path: 'chat/completions',
      answer: 'openai.ChatCompletion',
      print: 'completion.Choices[0].Message.Content',
      body: plain,
    }),
  };
}

function anthropicCode(base: string, chat: ChatBody): Code {
  const body = toAnthropicBody(chat);
  const streams = chat.stream === true;
  return {
    curl: curl(
      `${base}/v1/messages`,
      `x-api-key: $${KEY}`,
      streams ? { ...body, stream: true } : body,
      streams,
      'anthropic-version: 2023-06-01',
    ),
    typescript: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({
  baseURL: '${base}',
  apiKey: process.env.${KEY},
});

${
  streams
    ? `const stream = client.messages.stream(${json(body)});
stream.on('text', (text) => process.stdout.write(text));
await stream.finalMessage();`
    : `const message = await client.messages.create(${json(body)});
console.log(message.content);`
}`,
    python: `import os

import anthropic

client = anthropic.Anthropic(base_url="${base}", api_key=os.environ["${KEY}"])

${
  streams
    ? `with client.messages.stream(
${pythonArguments(body)}
) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)`
    : `message = client.messages.create(
${pythonArguments(body)}
)
print(message.content)`
}`,
    go: goPost({
      module: 'github.com/anthropics/anthropic-sdk-go',
      name: 'anthropic',
      base: `${base}/`,
      path: 'v1/messages',
      answer: 'anthropic.Message',
      print: 'completion.Content[0].Text',
      body,
    }),
  };
}

function geminiCode(base: string, chat: ChatBody): Code {
  const { model, contents, config } = toGeminiCall(chat);
  const streams = chat.stream === true;
  const action = streams ? 'streamGenerateContent?alt=sse' : 'generateContent';
  const call = { model, contents, ...(Object.keys(config).length > 0 && { config }) };
  return {
    curl: curl(
      `${base}/v1beta/models/${model}:${action}`,
      `x-goog-api-key: $${KEY}`,
      toGeminiRest(contents, config),
      streams,
    ),
    typescript: `import { GoogleGenAI } from '@google/genai';

const client = new GoogleGenAI({
  apiKey: process.env.${KEY},
  httpOptions: { baseUrl: '${base}' },
});

${
  streams
    ? `const stream = await client.models.generateContentStream(${json(call)});
for await (const chunk of stream) {
  process.stdout.write(chunk.text ?? '');
}`
    : `const answer = await client.models.generateContent(${json(call)});
console.log(answer.text);`
}`,
    python: `import os

from google import genai

client = genai.Client(
    api_key=os.environ["${KEY}"],
    http_options={"base_url": "${base}"},
)

${
  streams
    ? `for chunk in client.models.generate_content_stream(
${pythonArguments(call)}
):
    print(chunk.text or "", end="", flush=True)`
    : `answer = client.models.generate_content(
${pythonArguments(call)}
)
print(answer.text)`
}`,
    go: geminiGo(base, model, contents, config),
  };
}

/** Over the wire the settings lie elsewhere than in the SDKs. */
function toGeminiRest(contents: unknown, config: Readonly<Record<string, unknown>>): unknown {
  const { systemInstruction, tools, ...generationConfig } = config;
  return {
    contents,
    ...(systemInstruction !== undefined && { systemInstruction: { parts: [{ text: systemInstruction }] } }),
    ...(tools !== undefined && { tools }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  };
}

function curl(url: string, keyHeader: string, body: unknown, streams: boolean, ...headers: string[]): string {
  const lines = [keyHeader, ...headers.map((header) => header), 'Content-Type: application/json'];
  // The key's variable must be read by the shell; nothing else may be.
  const shown = lines.map((line) => `  -H "${line}" \\`);
  return [`curl ${streams ? '-N ' : ''}'${url}' \\`, ...shown, `  -d ${quoteShell(json(body))}`].join('\n');
}

interface GoPost {
  readonly module: string;
  readonly name: string;
  readonly base: string;
  readonly path: string;
  readonly answer: string;
  readonly print: string;
  readonly body: unknown;
}

/** The body as JSON: the same one as in the other languages, whatever it holds. */
function goPost({ module, name, base, path, answer, print, body }: GoPost): string {
  return `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"${module}"
	"${module}/option"
)

func main() {
	client := ${name}.NewClient(
		option.WithBaseURL("${base}"),
		option.WithAPIKey(os.Getenv("${KEY}")),
	)
	body := json.RawMessage(${quoteGo(json(body))})
	var completion ${answer}
	if err := client.Post(context.Background(), "${path}", body, &completion); err != nil {
		panic(err)
	}
	fmt.Println(${print})
}`;
}

function geminiGo(base: string, model: string, contents: unknown, config: unknown): string {
  return `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"google.golang.org/genai"
)

func main() {
	ctx := context.Background()
	client, err := genai.NewClient(ctx, &genai.ClientConfig{
		APIKey:      os.Getenv("${KEY}"),
		Backend:     genai.BackendGeminiAPI,
		HTTPOptions: genai.HTTPOptions{BaseURL: "${base}/"},
	})
	if err != nil {
		panic(err)
	}
	var contents []*genai.Content
	if err := json.Unmarshal([]byte(${quoteGo(json(contents))}), &contents); err != nil {
		panic(err)
	}
	config := &genai.GenerateContentConfig{}
	if err := json.Unmarshal([]byte(${quoteGo(json(toGoConfig(config)))}), config); err != nil {
		panic(err)
	}
	answer, err := client.Models.GenerateContent(ctx, ${JSON.stringify(model)}, contents, config)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Text())
}`;
}

/** In Go a system prompt is a content like every other. */
function toGoConfig(config: unknown): unknown {
  const { systemInstruction, ...rest } = config as Readonly<Record<string, unknown>>;
  if (systemInstruction === undefined) return rest;
  return { systemInstruction: { parts: [{ text: systemInstruction }] }, ...rest };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** Text in a POSIX shell, whatever it holds. */
export function quoteShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Raw where it can be: a raw string of Go holds no backquote. */
function quoteGo(text: string): string {
  return text.includes('`') ? JSON.stringify(text) : `\`${text}\``;
}

export function pythonArguments(value: Readonly<Record<string, unknown>>): string {
  return Object.entries(value)
    .map(([name, item]) => `    ${name}=${toPython(item, 1)},`)
    .join('\n');
}

/** A value as a literal of Python. */
function toPython(value: unknown, depth: number): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item) => toPython(item, depth + 1))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${toPython(item, depth + 1)}`);
  if (items.length === 0) return open + close;
  const indent = '    '.repeat(depth + 1);
  return `${open}\n${items.map((item) => `${indent}${item},`).join('\n')}\n${'    '.repeat(depth)}${close}`;
}

/** Images would bury the rest. */
function shortenImages(value: unknown): unknown {
  if (typeof value === 'string') {
    const isImage = value.startsWith('data:image/') && value.length > 2 * IMAGE_SHOWN;
    return isImage ? `${value.slice(0, IMAGE_SHOWN)}…` : value;
  }
  if (Array.isArray(value)) return value.map(shortenImages);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shortenImages(item)]));
}
