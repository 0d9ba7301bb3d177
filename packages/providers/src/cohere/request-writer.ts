/** The neutral request as one of Cohere's chat, version 2. */
import type {
  DocumentPart,
  JsonObject,
  JsonValue,
  NeutralMessage,
  NeutralRequest,
  NeutralTool,
  Part,
  ToolCallPart,
  ToolResultPart,
  TranslationNotes,
} from '@tollgate/dialects';
import { FORMAT } from './format.ts';

/** @throws {GatewayError} `unsupported_parameter` through the notes. */
export function writeCohereBody(request: NeutralRequest, notes: TranslationNotes): JsonObject {
  reportUnknown(request, notes);
  const own = request.nativeMembers?.format === FORMAT ? request.nativeMembers.members : {};
  for (const name of request.nativeMembers?.format === FORMAT
    ? []
    : Object.keys(request.nativeMembers?.members ?? {})) {
    notes.cannot(name, 'hint');
  }
  const documents: JsonObject[] = [];
  const messages = request.messages.flatMap((message, index) =>
    writeMessage(message, `messages[${index}]`, documents, notes),
  );
  const numbers: Readonly<Record<string, number | undefined>> = {
    max_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    p: request.topP,
    k: request.topK,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
  };
  return {
    ...own,
    model: request.model,
    stream: request.stream,
    messages,
    ...(documents.length === 0 ? {} : { documents: [...listOf(own.documents), ...documents] }),
    ...writeTools(request, notes),
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
    ...(request.stop === undefined || request.stop.length === 0 ? {} : { stop_sequences: request.stop }),
    ...(request.logprobs === undefined ? {} : { logprobs: true }),
    ...writeOutputFormat(request, notes),
    ...writeThinking(request, notes),
  };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function writeMessage(
  message: NeutralMessage,
  path: string,
  documents: JsonObject[],
  notes: TranslationNotes,
): readonly JsonObject[] {
  if (message.name !== undefined) notes.cannot(`${path}.name`, 'hint');
  switch (message.role) {
    case 'tool':
      return message.content.flatMap((part, index) =>
        part.kind === 'toolResult' ? [writeResult(part, `${path}.content[${index}]`, notes)] : [],
      );
    case 'assistant':
      return writeAssistant(message, path, notes);
    case 'system':
    case 'developer':
    case 'user': {
      const role = message.role === 'developer' ? 'system' : message.role;
      const content = message.content.flatMap((part, index) =>
        writePart(part, `${path}.content[${index}]`, documents, notes),
      );
      return content.length === 0 ? [] : [{ role, content: asText(content) ?? content }];
    }
  }
}

/** One text needs no list. */
function asText(content: readonly JsonObject[]): string | undefined {
  const [first] = content;
  return content.length === 1 && first?.type === 'text' ? (first.text as string) : undefined;
}

/** What is said before a call is its plan. */
function writeAssistant(
  message: NeutralMessage,
  path: string,
  notes: TranslationNotes,
): readonly JsonObject[] {
  const content: JsonObject[] = [];
  const calls: JsonObject[] = [];
  const texts: string[] = [];
  message.content.forEach((part, index) => {
    const at = `${path}.content[${index}]`;
    switch (part.kind) {
      case 'text':
      case 'refusal':
        if (part.text === '') return;
        texts.push(part.text);
        content.push({ type: 'text', text: part.text });
        if (part.kind === 'text' && part.signature !== undefined) notes.cannot(`${at}.signature`, 'hint');
        return;
      case 'reasoning':
        if (part.redacted !== undefined || part.signature !== undefined) {
          notes.cannot(at, 'hint', 'takes back only reasoning of its own');
        } else if (part.text !== '') content.push({ type: 'thinking', thinking: part.text });
        return;
      case 'toolCall':
        if (part.signature !== undefined) notes.cannot(`${at}.signature`, 'hint', 'has no signatures');
        calls.push(writeCall(part));
        return;
      default:
        notes.cannot(at, 'meaning', `takes no ${part.kind} from the assistant`);
    }
  });
  if (calls.length === 0) {
    return content.length === 0 ? [] : [{ role: 'assistant', content: asText(content) ?? content }];
  }
  const thinking = content.filter(({ type }) => type === 'thinking');
  return [
    {
      role: 'assistant',
      ...(thinking.length === 0 ? {} : { content: thinking }),
      tool_calls: calls,
      ...(texts.length === 0 ? {} : { tool_plan: texts.join('\n') }),
    },
  ];
}

function writeCall(part: ToolCallPart): JsonObject {
  const text = part.custom === true ? JSON.stringify({ input: part.arguments }) : part.arguments;
  return {
    id: part.id,
    type: 'function',
    function: { name: part.name, arguments: text === '' ? '{}' : text },
  };
}

function writeResult(part: ToolResultPart, path: string, notes: TranslationNotes): JsonObject {
  const content = part.content.flatMap((inner, index): readonly JsonObject[] => {
    if (inner.kind === 'text' || inner.kind === 'refusal') return [{ type: 'text', text: inner.text }];
    if (inner.kind === 'document' && inner.source.kind === 'text') {
      return [{ type: 'document', document: writeDocument(inner, inner.source.text) }];
    }
    notes.cannot(`${path}.content[${index}]`, 'meaning', `takes no ${inner.kind} in a tool's result`);
    return [];
  });
  // Nothing of the API says that a call failed; the model is to read it.
  const failed = part.isError === true ? [{ type: 'text', text: 'The call failed:' }] : [];
  const all = [...failed, ...content];
  return { role: 'tool', tool_call_id: part.callId, content: asText(all) ?? (all.length === 0 ? '' : all) };
}

function writePart(
  part: Part,
  path: string,
  documents: JsonObject[],
  notes: TranslationNotes,
): readonly JsonObject[] {
  if ('cacheMark' in part && part.cacheMark !== undefined) {
    notes.cannot(`${path}.cache_control`, 'hint', 'chooses by itself what it caches');
  }
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'image': {
      const { source, detail } = part;
      if (source.kind === 'file') {
        notes.cannot(path, 'meaning', 'has no stored files');
        return [];
      }
      const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
      const told = detail === 'auto' || detail === 'low' || detail === 'high' ? { detail } : {};
      if (detail === 'original') notes.cannot(`${path}.detail`, 'hint');
      return [{ type: 'image_url', image_url: { url, ...told } }];
    }
    case 'document':
      if (part.source.kind === 'text') {
        documents.push(writeDocument(part, part.source.text));
        return [];
      }
      notes.cannot(path, 'meaning', 'takes documents as text only');
      return [];
    case 'native':
      if (part.native.format === FORMAT) return [part.native.value as JsonObject];
      notes.cannot(path, 'meaning', `does not know "${part.name}"`);
      return [];
    default:
      notes.cannot(path, 'meaning', `takes no ${part.kind}`);
      return [];
  }
}

function writeDocument(part: DocumentPart, text: string): JsonObject {
  const title = part.title ?? part.fileName;
  return {
    data: {
      text,
      ...(title === undefined ? {} : { title }),
      ...(part.context === undefined ? {} : { context: part.context }),
    },
  };
}

/** A choice among some of the tools is the same as offering only those. */
function writeTools(request: NeutralRequest, notes: TranslationNotes): JsonObject {
  const { toolChoice: choice } = request;
  const offered = (tool: NeutralTool): boolean =>
    choice?.kind === 'tool'
      ? tool.name === choice.name
      : choice?.kind === 'allowed'
        ? choice.names.includes(tool.name)
        : true;
  const tools = request.tools.flatMap((tool, index) =>
    offered(tool) ? writeTool(tool, `tools[${index}]`, notes) : [],
  );
  if (tools.length === 0) return {};
  const strict = request.tools.some((tool) => tool.kind === 'function' && tool.strict === true);
  const isForced =
    choice?.kind === 'required' ||
    choice?.kind === 'tool' ||
    (choice?.kind === 'allowed' && choice.mode === 'required');
  return {
    tools,
    ...(strict ? { strict_tools: true } : {}),
    ...(isForced ? { tool_choice: 'REQUIRED' } : choice?.kind === 'none' ? { tool_choice: 'NONE' } : {}),
  };
}

function writeTool(tool: NeutralTool, path: string, notes: TranslationNotes): readonly JsonObject[] {
  switch (tool.kind) {
    case 'server':
      notes.cannot(path, 'meaning', `does not know "${tool.name}"`);
      return [];
    case 'custom':
      notes.cannot(path, 'meaning', 'has only tools whose input is JSON');
      return [];
    case 'function': {
      if (tool.cacheMark !== undefined) notes.cannot(`${path}.cache_control`, 'hint');
      const described = tool.description === undefined ? {} : { description: tool.description };
      const parameters = tool.parameters ?? { type: 'object', properties: {} };
      return [{ type: 'function', function: { name: tool.name, ...described, parameters } }];
    }
  }
}

function writeOutputFormat({ outputFormat }: NeutralRequest, notes: TranslationNotes): JsonObject {
  switch (outputFormat?.kind) {
    case undefined:
      return {};
    case 'text':
      return { response_format: { type: 'text' } };
    case 'json':
      return { response_format: { type: 'json_object' } };
    case 'schema':
      if (outputFormat.description !== undefined) notes.cannot('response_format.description', 'hint');
      return { response_format: { type: 'json_object', json_schema: outputFormat.schema } };
  }
}

/** Only models that reason take the member; they do it unasked. */
const REASONS = /reasoning|command-a-plus/;

function writeThinking({ reasoning, model }: NeutralRequest, notes: TranslationNotes): JsonObject {
  if (reasoning === undefined) return {};
  const { effort, budgetTokens } = reasoning;
  const isOff = effort === 'none' || budgetTokens === 0;
  if (!REASONS.test(model)) {
    if (!isOff) notes.cannot('reasoning', 'hint', 'is a model that does not reason');
    return {};
  }
  if (isOff) return { thinking: { type: 'disabled' } };
  if (effort !== undefined) notes.cannot('reasoning.effort', 'hint', 'knows budgets only');
  const budget = typeof budgetTokens === 'number' ? { token_budget: budgetTokens } : {};
  return { thinking: { type: 'enabled', ...budget } };
}

function reportUnknown(request: NeutralRequest, notes: TranslationNotes): void {
  const modalities = request.outputModalities?.filter((modality) => modality !== 'text') ?? [];
  if (modalities.length > 0 || request.audioOutput !== undefined) {
    notes.cannot('modalities', 'meaning', 'answers with text only');
  }
  if ((request.choices ?? 1) > 1) notes.cannot('n', 'meaning', 'gives one answer');
  if (Object.keys(request.logitBias ?? {}).length > 0) notes.cannot('logit_bias', 'meaning');
  if ((request.logprobs?.top ?? 0) > 0) notes.cannot('top_logprobs', 'hint', 'tells only the chosen tokens');
  if (request.parallelToolCalls === false && request.tools.length > 0) {
    notes.cannot('parallel_tool_calls', 'hint', 'decides itself how many calls it makes');
  }
  if (request.verbosity !== undefined) notes.cannot('verbosity', 'hint');
  if (request.promptCacheKey !== undefined) notes.cannot('prompt_cache_key', 'hint');
  if (request.serviceTier !== undefined && request.serviceTier !== 'auto')
    notes.cannot('service_tier', 'hint');
  if (request.store === true) notes.cannot('store', 'hint');
  if (request.metadata !== undefined) notes.cannot('metadata', 'hint', 'keeps no tags');
  if (request.endUser !== undefined) notes.cannot('user', 'hint', 'is not told of end users');
  if (request.safetyIdentifier !== undefined) notes.cannot('safety_identifier', 'hint');
}
