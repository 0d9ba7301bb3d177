/** The `@google/genai` package. */
import {
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai';
import type { MatrixClient, Question, Reply, Turn } from './conversation.ts';

export const googleGenai: MatrixClient = {
  name: '@google/genai',
  lacks: {},
  async ask(question) {
    const client = new GoogleGenAI({
      apiKey: question.apiKey,
      vertexai: false,
      httpOptions: { baseUrl: question.origin },
    });
    const params = {
      model: question.model,
      contents: merged(question.turns.filter(({ role }) => role !== 'system').map(content)),
      config: config(question),
    };
    if (!question.stream) return reply([await client.models.generateContent(params)]);
    const chunks: GenerateContentResponse[] = [];
    for await (const chunk of await client.models.generateContentStream(params)) chunks.push(chunk);
    return reply(chunks);
  },
};

function config(question: Question) {
  const system = question.turns.find((turn) => turn.role === 'system');
  return {
    ...(system === undefined ? {} : { systemInstruction: system.text }),
    ...(question.maxTokens === undefined ? {} : { maxOutputTokens: question.maxTokens }),
    ...(question.isReasoning === true
      ? { thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } }
      : {}),
    ...(question.mustCall === true
      ? { toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } } }
      : {}),
    ...(question.tools === undefined
      ? {}
      : {
          tools: [
            {
              functionDeclarations: question.tools.map(({ name, description, schema }) => ({
                name,
                description,
                parametersJsonSchema: schema,
              })),
            },
          ],
        }),
    ...(question.schema === undefined
      ? {}
      : { responseMimeType: 'application/json', responseJsonSchema: question.schema }),
  };
}

/** Results of one turn's calls stand in one content, as Google's guide of function calling has it. */
function merged(contents: readonly Content[]): Content[] {
  const result: Content[] = [];
  for (const next of contents) {
    const last = result.at(-1);
    if (last !== undefined && last.role === next.role)
      result[result.length - 1] = { ...last, parts: [...(last.parts ?? []), ...(next.parts ?? [])] };
    else result.push(next);
  }
  return result;
}

function content(turn: Turn): Content {
  switch (turn.role) {
    case 'assistant':
      return turn.native as Content;
    case 'tool':
      return {
        role: 'user',
        parts: [{ functionResponse: { id: turn.callId, name: turn.name, response: { result: turn.text } } }],
      };
    case 'system':
    case 'user': {
      const parts: Part[] = [{ text: turn.text }];
      if (turn.role === 'user' && turn.image !== undefined)
        parts.push({ inlineData: { mimeType: 'image/png', data: turn.image } });
      return { role: 'user', parts };
    }
  }
}

function reply(chunks: readonly GenerateContentResponse[]): Reply {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
  const said = (thought: boolean) =>
    parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('');
  const usage = chunks.findLast(({ usageMetadata }) => usageMetadata !== undefined)?.usageMetadata;
  const finish = chunks.findLast(({ candidates }) => candidates?.[0]?.finishReason !== undefined);
  return {
    text: said(false),
    reasoning: said(true),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall === undefined
        ? []
        : [{ id: functionCall.id ?? '', name: functionCall.name ?? '', input: functionCall.args ?? {} }],
    ),
    finish: finish?.candidates?.[0]?.finishReason ?? '',
    inputTokens: usage?.promptTokenCount ?? -1,
    outputTokens: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
    native: { role: 'model', parts },
  };
}
