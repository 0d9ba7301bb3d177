/** The members that Gemini knows. Protocol buffers as JSON take camel case and snake case; anything else is refused. */
import { asObjects, type Body, isObject } from '../wire/json.ts';
import { refuse } from './gemini-error.ts';

const REQUEST = names(
  'contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent model labels ' +
    'serviceTier store generateContentRequest',
);
const CONFIG = names(
  'stopSequences responseMimeType responseSchema responseJsonSchema _responseJsonSchema responseModalities ' +
    'candidateCount maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs ' +
    'logprobs enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig mediaResolution audioTimestamp ' +
    'routingConfig modelConfig responseFormat',
);
const THINKING = names('includeThoughts thinkingBudget thinkingLevel');
const CONTENT = names('role parts');
const PART = names(
  'text inlineData functionCall functionResponse fileData executableCode codeExecutionResult toolCall ' +
    'toolResponse thought thoughtSignature partMetadata videoMetadata mediaResolution',
);
const CALL = names('id name args partialArgs willContinue');
const RESPONSE = names('id name response parts willContinue scheduling');

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The object with its members in camel case. @throws {WireRefusal} One of them is not known. */
function known(value: Body, allowed: ReadonlySet<string>, path: string, isLenient: boolean): Body {
  const members = Object.entries(value).map(([name, item]): [string, unknown] => {
    const camel = camelCase(name);
    if (allowed.has(camel) || isLenient) return [camel, item];
    const at = path === '' ? '' : ` at '${path}'`;
    return refuse(
      `Invalid JSON payload received. Unknown name "${name.slice(0, 100)}"${at}: Cannot find field.`,
      path,
    );
  });
  return Object.fromEntries(members);
}

/** The request with every known member in camel case, two spellings becoming one. @throws {WireRefusal} */
export function knownRequest(value: unknown, isLenient: boolean): Body {
  if (!isObject(value)) refuse('Invalid value at root: expected a JSON object.');
  const body = known(value, REQUEST, '', isLenient);
  const config = isObject(body.generationConfig)
    ? known(body.generationConfig, CONFIG, 'generation_config', isLenient)
    : {};
  const thinking = isObject(config.thinkingConfig)
    ? known(config.thinkingConfig, THINKING, 'generation_config.thinking_config', isLenient)
    : undefined;
  return {
    ...body,
    contents: asObjects(body.contents).map((item, i) => knownContent(item, `contents[${i}]`, isLenient)),
    generationConfig: thinking === undefined ? config : { ...config, thinkingConfig: thinking },
    ...(isObject(body.systemInstruction)
      ? { systemInstruction: knownContent(body.systemInstruction, 'system_instruction', isLenient) }
      : {}),
  };
}

function knownContent(content: Body, path: string, isLenient: boolean): Body {
  const { role, parts } = known(content, CONTENT, path, isLenient);
  const list = isObject(parts) ? [parts] : asObjects(parts);
  return { role, parts: list.map((part, i) => knownPart(part, `${path}.parts[${i}]`, isLenient)) };
}

function knownPart(value: Body, path: string, isLenient: boolean): Body {
  const part = known(value, PART, path, isLenient);
  const { functionCall: call, functionResponse: response } = part;
  return {
    ...part,
    ...(isObject(call) ? { functionCall: known(call, CALL, `${path}.function_call`, isLenient) } : {}),
    ...(isObject(response)
      ? { functionResponse: known(response, RESPONSE, `${path}.function_response`, isLenient) }
      : {}),
  };
}
