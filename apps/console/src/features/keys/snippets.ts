/** A first request in the languages people use, ready to run: with this very key, gateway and model. */
import type { CodeVariant } from '@tollgate/ui';

export interface SnippetInput {
  /** Public base of the gateway, without `/v1`. */
  readonly gatewayUrl: string;
  readonly secret: string;
  readonly model: string;
  /** What is asked. */
  readonly prompt: string;
}

/** Text in a POSIX shell, whatever it holds. */
function quoteShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function keySnippets({ gatewayUrl, secret, model, prompt }: SnippetInput): readonly CodeVariant[] {
  const baseUrl = `${gatewayUrl.replace(/\/+$/, '')}/v1`;
  const text = JSON.stringify;
  const body = `{
    "model": ${text(model)},
    "messages": [{ "role": "user", "content": ${text(prompt)} }]
  }`;
  return [
    {
      id: 'curl',
      label: 'curl',
      code: `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer ${secret}" \\
  -H "Content-Type: application/json" \\
  -d ${quoteShell(body)}`,
    },
    {
      id: 'typescript',
      label: 'TypeScript',
      code: `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: ${text(baseUrl)},
  apiKey: ${text(secret)},
});

const completion = await client.chat.completions.create({
  model: ${text(model)},
  messages: [{ role: 'user', content: ${text(prompt)} }],
});
console.log(completion.choices[0].message.content);`,
    },
    {
      id: 'python',
      label: 'Python',
      code: `from openai import OpenAI

client = OpenAI(
    base_url=${text(baseUrl)},
    api_key=${text(secret)},
)

completion = client.chat.completions.create(
    model=${text(model)},
    messages=[{"role": "user", "content": ${text(prompt)}}],
)
print(completion.choices[0].message.content)`,
    },
    {
      id: 'go',
      label: 'Go',
      code: `package main

import (
	"context"
	"fmt"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func main() {
	client := openai.NewClient(
		option.WithBaseURL(${text(`${baseUrl}/`)}),
		option.WithAPIKey(${text(secret)}),
	)
	completion, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
		Model:    ${text(model)},
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(${text(prompt)})},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(completion.Choices[0].Message.Content)
}`,
    },
    { id: 'env', label: '.env', code: `OPENAI_BASE_URL=${baseUrl}\nOPENAI_API_KEY=${secret}` },
  ];
}
