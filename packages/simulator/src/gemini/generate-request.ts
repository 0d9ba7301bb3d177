/** Reads a generateContent request as strictly as Gemini does, signatures of earlier thoughts included. */
import type { ChatRequest, ToolChoice, ToolDefinition } from '../chat-request.ts';
import { asArray, asNumber, asObjects, asText, type Body, isObject } from '../wire/json.ts';
import { refuse } from './gemini-error.ts';
import { camelCase, knownRequest } from './known-names.ts';
import { checkSignatures } from './thought-signatures.ts';

const CANDIDATES_MAX = 8;

export interface GenerateRequest extends ChatRequest {
  readonly includeThoughts: boolean;
  readonly modalities: readonly string[];
}

export function marksOf(body: unknown): string[] {
  if (!isObject(body)) return [];
  const system = body.systemInstruction ?? body.system_instruction;
  const said = [system, ...asObjects(body.contents).filter(({ role }) => role !== 'model')];
  return said.filter(isObject).map((content) => {
    const parts = isObject(content.parts) ? [content.parts] : asObjects(content.parts);
    return asText(parts.find(({ text }) => typeof text === 'string')?.text) ?? '';
  });
}

/** @throws {WireRefusal} */
export function parseGenerate(
  value: unknown,
  model: string,
  stream: boolean,
  isLenient: boolean,
): GenerateRequest {
  const body = knownRequest(value, isLenient);
  const contents = asObjects(body.contents);
  checkContents(contents);
  checkSignatures(contents);
  const config = isObject(body.generationConfig) ? body.generationConfig : {};
  const thinking = isObject(config.thinkingConfig) ? config.thinkingConfig : null;
  const tools = readTools(body.tools);
  const schema = config.responseJsonSchema ?? config._responseJsonSchema ?? lowerTypes(config.responseSchema);
  const isJson = config.responseMimeType === 'application/json';
  return {
    model,
    messages: [...systemOf(body.systemInstruction), ...contents.map(asChatMessage)],
    stream,
    includeUsage: true,
    includeObfuscation: false,
    choiceCount: readCandidates(config.candidateCount),
    maxTokens: readMax(config.maxOutputTokens),
    stop: asArray(config.stopSequences).filter((item): item is string => typeof item === 'string'),
    tools,
    toolChoice: readToolChoice(body.toolConfig, tools),
    parallelToolCalls: null,
    responseFormat: isJson ? (schema === undefined ? 'json_object' : 'json_schema') : 'text',
    responseSchema: schema,
    logprobs: config.responseLogprobs === true,
    serviceTier: 'standard',
    metadata: isObject(body.labels) ? body.labels : null,
    user: null,
    reasons: thinking !== null && thinking.thinkingBudget !== 0,
    includeThoughts: thinking?.includeThoughts === true,
    modalities: asArray(config.responseModalities).map((item) => String(item).toUpperCase()),
  };
}

function checkContents(contents: readonly Body[]): void {
  if (contents.length === 0)
    refuse('* GenerateContentRequest.contents: contents is not specified\n', 'contents');
  for (const [i, content] of contents.entries()) {
    const { role } = content;
    if (role !== undefined && role !== 'user' && role !== 'model' && role !== 'function')
      refuse('Please use a valid role: user, model.');
    const parts = asObjects(content.parts);
    if (parts.length === 0)
      refuse(`* GenerateContentRequest.contents[${i}].parts: contents.parts must not be empty.\n`);
    for (const [j, part] of parts.entries()) checkPart(part, `contents[${i}].parts[${j}]`);
  }
  checkTurns(contents);
}

function checkPart(part: Body, path: string): void {
  const data = Object.keys(part).filter(
    (name) => !/^(thought|thoughtSignature|.*Metadata|mediaResolution)$/.test(name),
  );
  if (data.length === 0 && part.thoughtSignature === undefined)
    refuse(
      `* GenerateContentRequest.${path}.data: required oneof field 'data' must have one initialized field\n`,
    );
  if (isObject(part.functionCall) && typeof part.functionCall.name !== 'string')
    refuse(`* GenerateContentRequest.${path}.function_call.name: Name cannot be empty.\n`);
  if (isObject(part.functionResponse) && typeof part.functionResponse.name !== 'string')
    refuse(`* GenerateContentRequest.${path}.function_response.name: Name cannot be empty.\n`);
}

/** Function responses come right after their calls, as many as there were. */
function checkTurns(contents: readonly Body[]): void {
  for (const [i, content] of contents.entries()) {
    const responses = asObjects(content.parts).filter((part) => isObject(part.functionResponse)).length;
    const before = asObjects(contents[i - 1]?.parts).filter((part) => isObject(part.functionCall)).length;
    if (responses > 0 && before === 0)
      refuse('Please ensure that function response turn comes immediately after a function call turn.');
    if (content.role !== 'model' && before > 0 && responses !== before)
      refuse(
        'Please ensure that the number of function response parts is equal to the number of function call parts of ' +
          'the function call turn.',
      );
  }
}

function readCandidates(value: unknown): number {
  const count = value === undefined || value === null ? 1 : asNumber(value);
  if (count !== null && Number.isInteger(count) && count >= 1 && count <= CANDIDATES_MAX) return count;
  return refuse(
    '* GenerateContentRequest.generation_config.candidate_count: candidate_count must be in the range [1, 8].\n',
  );
}

function readMax(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const number = asNumber(value);
  if (number === null || number < 1)
    refuse(
      'Unable to submit request because it has a maxOutputTokens value that is out of the supported range.',
    );
  return number;
}

function readTools(value: unknown): readonly ToolDefinition[] {
  return asObjects(value).flatMap((tool) =>
    asObjects(tool.functionDeclarations ?? tool.function_declarations).map((declared) => {
      if (typeof declared.name !== 'string' || !/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(declared.name))
        refuse(
          '* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function name. Must start with ' +
            'a letter or an underscore.\n',
        );
      const { parameters, parametersJsonSchema, parameters_json_schema } = declared;
      return {
        name: declared.name,
        parameters: parametersJsonSchema ?? parameters_json_schema ?? lowerTypes(parameters),
      };
    }),
  );
}

/** Gemini's own schemas name their types in capitals. */
function lowerTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(lowerTypes);
  if (!isObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]): [string, unknown] => {
      const camel = camelCase(name);
      return [camel, camel === 'type' && typeof value === 'string' ? value.toLowerCase() : lowerTypes(value)];
    }),
  );
}

function readToolChoice(value: unknown, tools: readonly ToolDefinition[]): ToolChoice {
  if (!isObject(value)) return { kind: 'auto' };
  const given = value.functionCallingConfig ?? value.function_calling_config;
  const config = isObject(given) ? given : {};
  const allowed = asArray(config.allowedFunctionNames ?? config.allowed_function_names).map(String);
  const mode = String(config.mode ?? 'AUTO').toUpperCase();
  if (allowed.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED')
    refuse('Function calling config is set without function_calling_config.mode ANY.');
  for (const name of allowed)
    if (!tools.some((tool) => tool.name === name))
      refuse(`allowed_function_names contains a function that is not declared: ${name.slice(0, 100)}`);
  if (mode === 'NONE') return { kind: 'none' };
  if (mode !== 'ANY') return { kind: 'auto' };
  const [only] = allowed;
  return allowed.length === 1 && only !== undefined ? { kind: 'named', name: only } : { kind: 'required' };
}

function systemOf(system: unknown): Body[] {
  if (!isObject(system)) return [];
  return [{ ...asChatMessage(system), role: 'system' }];
}

function asChatMessage(content: Body): Body {
  const parts = asObjects(content.parts);
  const isResult = parts.length > 0 && parts.every((part) => isObject(part.functionResponse));
  const role = isResult ? 'tool' : content.role === 'model' ? 'assistant' : 'user';
  return { role, content: parts.map(asPart) };
}

function asPart(part: Body): Body {
  if (typeof part.text === 'string') return { type: 'text', text: part.text };
  const { functionCall: call, functionResponse: response } = part;
  if (isObject(call)) return { type: 'text', text: `${call.name}${JSON.stringify(call.args ?? {})}` };
  if (isObject(response)) return { type: 'text', text: JSON.stringify(response.response ?? {}) };
  return { type: 'media' };
}
