/** Tools and the choice among them. */
import { isJsonObject, listIn, objectIn, present, someTextIn, textIn } from '../../json/json-value.ts';
import type { TranslationNotes } from '../../neutral/notes.ts';
import type { NeutralTool, ToolChoice } from '../../neutral/request.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
import { invalidRequest } from '../invalid-request.ts';
import { readCacheMark, writeCacheMark } from './cache-mark.ts';

const FORMAT = 'openai-chat';
/** The member that makes OpenAI's search models search; a server tool like any other. */
const SEARCH_MEMBER = 'web_search_options';

export function readTools(tools: readonly JsonValue[]): readonly NeutralTool[] {
  return tools.map((tool, index) => readTool(tool, `tools[${index}]`));
}

function readTool(tool: JsonValue, param: string): NeutralTool {
  if (!isJsonObject(tool) || typeof tool.type !== 'string') {
    throw invalidRequest(`"${param}" must be an object with a type`, param);
  }
  if (tool.type === 'function') return readFunction(tool.function, `${param}.function`, tool);
  if (tool.type === 'custom') {
    const custom = objectIn(tool.custom);
    return present({
      kind: 'custom' as const,
      name: nameIn(custom, `${param}.custom`),
      description: textIn(custom.description),
      format: isJsonObject(custom.format) ? readCustomFormat(custom.format) : undefined,
    });
  }
  return { kind: 'server', name: tool.type, native: { format: FORMAT, value: tool } };
}

function readFunction(value: JsonValue | undefined, param: string, tool: JsonObject): NeutralTool {
  const declared = objectIn(value);
  return present({
    kind: 'function' as const,
    name: nameIn(declared, param),
    description: textIn(declared.description),
    parameters: isJsonObject(declared.parameters) ? declared.parameters : undefined,
    strict: typeof declared.strict === 'boolean' ? declared.strict : undefined,
    cacheMark: readCacheMark(tool),
  });
}

/** The deprecated `functions`. */
export function readLegacyFunctions(functions: readonly JsonValue[]): readonly NeutralTool[] {
  return functions.map((declared, index) => ({
    ...readFunction(declared, `functions[${index}]`, {}),
    legacy: true,
  })) as readonly NeutralTool[];
}

/** `web_search_options`. */
export function readSearchMember(options: JsonObject): NeutralTool {
  return {
    kind: 'server',
    name: 'web_search',
    native: { format: FORMAT, value: { [SEARCH_MEMBER]: options } },
  };
}

/** Chat nests a grammar's members, the neutral (and Responses') form does not. */
function readCustomFormat(format: JsonObject): JsonObject {
  return format.type === 'grammar' && isJsonObject(format.grammar)
    ? { type: 'grammar', ...format.grammar }
    : format;
}

function writeCustomFormat(format: JsonObject): JsonObject {
  if (format.type !== 'grammar') return format;
  const { type, ...grammar } = format;
  return { type, grammar };
}

/** @returns The `tools` member and what stands beside it. */
export function writeTools(
  tools: readonly NeutralTool[],
  withCacheMarks: boolean,
  notes: TranslationNotes,
): JsonObject {
  const written: JsonObject[] = [];
  const beside: Record<string, JsonValue> = {};
  tools.forEach((tool, index) => {
    if (tool.kind === 'server') {
      const value = tool.native.format === FORMAT ? objectIn(tool.native.value) : undefined;
      if (value === undefined) notes.cannot(`tools[${index}]`, 'meaning', `does not run "${tool.name}"`);
      else if (value[SEARCH_MEMBER] === undefined) written.push(value);
      else beside[SEARCH_MEMBER] = value[SEARCH_MEMBER];
      return;
    }
    written.push(
      tool.kind === 'custom' ? writeCustom(tool) : writeFunction(tool, withCacheMarks, index, notes),
    );
  });
  return written.length === 0 ? beside : { tools: written, ...beside };
}

function writeCustom({ name, description, format }: Extract<NeutralTool, { kind: 'custom' }>): JsonObject {
  return {
    type: 'custom',
    custom: present({
      name,
      description,
      format: format === undefined ? undefined : writeCustomFormat(format),
    }),
  };
}

function writeFunction(
  { name, description, parameters, strict, cacheMark }: Extract<NeutralTool, { kind: 'function' }>,
  withCacheMarks: boolean,
  index: number,
  notes: TranslationNotes,
): JsonObject {
  if (cacheMark !== undefined && !withCacheMarks) notes.cannot(`tools[${index}].cache_control`, 'hint');
  return {
    type: 'function',
    function: present({ name, description, parameters, strict }),
    ...(withCacheMarks ? writeCacheMark(cacheMark) : {}),
  };
}

export function readToolChoice(value: JsonValue): ToolChoice | undefined {
  if (value === 'auto' || value === 'none' || value === 'required') return { kind: value };
  // Mistral's word for it.
  if (value === 'any') return { kind: 'required' };
  const choice = objectIn(value);
  const named = objectIn(choice[String(choice.type)]);
  if (choice.type === 'function' || choice.type === 'custom') {
    return { kind: 'tool', name: nameIn(named, `tool_choice.${choice.type}`) };
  }
  if (choice.type === 'allowed_tools') {
    const names = listIn(named.tools).flatMap((tool) => {
      const entry = objectIn(tool);
      return textIn(objectIn(entry[String(entry.type)]).name) ?? [];
    });
    return { kind: 'allowed', mode: named.mode === 'required' ? 'required' : 'auto', names };
  }
  throw invalidRequest('"tool_choice" must be none, auto, required or name a tool', 'tool_choice');
}

export function writeToolChoice(choice: ToolChoice, tools: readonly NeutralTool[]): JsonValue {
  switch (choice.kind) {
    case 'tool':
      return writeNamed(choice.name, tools);
    case 'allowed': {
      const allowed = choice.names.map((name) => writeNamed(name, tools));
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: allowed } };
    }
    default:
      return choice.kind;
  }
}

function writeNamed(name: string, tools: readonly NeutralTool[]): JsonObject {
  const type = tools.some((tool) => tool.kind === 'custom' && tool.name === name) ? 'custom' : 'function';
  return { type, [type]: { name } };
}

function nameIn(object: JsonObject, param: string): string {
  const name = someTextIn(object.name);
  if (name === undefined) throw invalidRequest(`"${param}.name" is required`, `${param}.name`);
  return name;
}
