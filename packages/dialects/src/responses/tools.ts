/** Tools and the choice among them. Functions stand flat here, which chat nests. */
import { isJsonObject, listIn, objectIn, present, someTextIn, textIn } from '../json/json-value.ts';
import type { TranslationNotes } from '../neutral/notes.ts';
import type { NeutralTool, ToolChoice } from '../neutral/request.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { invalidRequest } from '../openai/invalid-request.ts';

const FORMAT = 'openai-responses';

export function readTools(tools: readonly JsonValue[]): readonly NeutralTool[] {
  return tools.map((tool, index) => readTool(tool, `tools[${index}]`));
}

function readTool(tool: JsonValue, param: string): NeutralTool {
  if (!isJsonObject(tool) || typeof tool.type !== 'string') {
    throw invalidRequest(`"${param}" must be an object with a type`, param);
  }
  if (tool.type === 'function') {
    return present({
      kind: 'function' as const,
      name: nameIn(tool, param),
      description: textIn(tool.description),
      parameters: isJsonObject(tool.parameters) ? tool.parameters : undefined,
      strict: typeof tool.strict === 'boolean' ? tool.strict : undefined,
    });
  }
  if (tool.type === 'custom') {
    return present({
      kind: 'custom' as const,
      name: nameIn(tool, param),
      description: textIn(tool.description),
      format: isJsonObject(tool.format) ? tool.format : undefined,
    });
  }
  return { kind: 'server', name: tool.type, native: { format: FORMAT, value: tool } };
}

/** @param notes Undefined: an answer repeats the caller's own tools. */
export function writeTools(
  tools: readonly NeutralTool[],
  notes: TranslationNotes | undefined,
): readonly JsonObject[] {
  return tools.flatMap((tool, index) => {
    const written = writeTool(tool, `tools[${index}]`, notes);
    return written === undefined ? [] : [written];
  });
}

function writeTool(
  tool: NeutralTool,
  param: string,
  notes: TranslationNotes | undefined,
): JsonObject | undefined {
  switch (tool.kind) {
    case 'function': {
      if (tool.cacheMark !== undefined) notes?.cannot(`${param}.cache_control`, 'hint');
      const { name, description, parameters = { type: 'object', properties: {} }, strict = false } = tool;
      // Absent would be strict here, which no other format means by saying nothing.
      return present({ type: 'function', name, description, parameters, strict });
    }
    case 'custom':
      return present({ type: 'custom', name: tool.name, description: tool.description, format: tool.format });
    case 'server': {
      const value = writeServerTool(tool);
      if (value === undefined) notes?.cannot(param, 'meaning', `does not run "${tool.name}"`);
      return value;
    }
  }
}

function writeServerTool({ native }: Extract<NeutralTool, { kind: 'server' }>): JsonObject | undefined {
  const value = objectIn(native.value);
  if (native.format === FORMAT) return value;
  const search = native.format === 'openai-chat' ? value.web_search_options : undefined;
  if (!isJsonObject(search)) return undefined;
  const location = objectIn(search.user_location);
  return present({
    type: 'web_search',
    search_context_size: search.search_context_size,
    user_location: isJsonObject(location.approximate)
      ? { type: 'approximate', ...location.approximate }
      : undefined,
  });
}

export function readToolChoice(value: JsonValue): ToolChoice {
  if (value === 'auto' || value === 'none' || value === 'required') return { kind: value };
  const choice = objectIn(value);
  if (choice.type === 'function' || choice.type === 'custom') {
    return { kind: 'tool', name: nameIn(choice, 'tool_choice') };
  }
  if (choice.type === 'allowed_tools') {
    const names = listIn(choice.tools).flatMap((tool) => toolName(objectIn(tool)) ?? []);
    return { kind: 'allowed', mode: choice.mode === 'required' ? 'required' : 'auto', names };
  }
  const type = someTextIn(choice.type);
  if (type === undefined) {
    throw invalidRequest('"tool_choice" must be none, auto, required or name a tool', 'tool_choice');
  }
  return { kind: 'tool', name: type };
}

export function writeToolChoice(choice: ToolChoice, tools: readonly NeutralTool[]): JsonValue {
  switch (choice.kind) {
    case 'tool':
      return writeNamed(choice.name, tools);
    case 'allowed':
      return {
        type: 'allowed_tools',
        mode: choice.mode,
        tools: choice.names.map((name) => writeNamed(name, tools)),
      };
    default:
      return choice.kind;
  }
}

function writeNamed(name: string, tools: readonly NeutralTool[]): JsonObject {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool?.kind === 'server') return { type: name };
  return { type: tool?.kind === 'custom' ? 'custom' : 'function', name };
}

/** Of a tool that the provider runs, its type is its name. */
function toolName(tool: JsonObject): string | undefined {
  return someTextIn(tool.name) ?? someTextIn(tool.type);
}

function nameIn(object: JsonObject, param: string): string {
  const name = someTextIn(object.name);
  if (name === undefined) throw invalidRequest(`"${param}.name" is required`, `${param}.name`);
  return name;
}
