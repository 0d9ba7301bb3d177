/** Whether a request meets a condition, and whether a condition can be met at all. Pure. */
import { type Condition, type Operator, PLAIN_FIELDS, ROUTE_BOUNDS } from './route.ts';

/** What a rule may ask about. Empty text: it has none. */
export interface RoutedRequest {
  readonly requestId: string;
  readonly keyId: string;
  /** Team ids from the root, joined by "/": a condition about a team holds for the teams below it. */
  readonly teamPath: string;
  readonly serviceAccountId: string;
  readonly endUser: string;
  readonly session: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly stream: boolean;
  /** Estimated from the size of what is sent. */
  readonly inputTokens: number;
}

const TAG = 'tag:';
const NUMBER = /^\d{1,9}$/;

export function meetsAll(conditions: readonly Condition[], request: RoutedRequest): boolean {
  return conditions.every((condition) => meets(condition, request));
}

/** What is absent is not any of the values. */
function meets({ field, operator, values }: Condition, request: RoutedRequest): boolean {
  if (operator === 'atLeast') return request.inputTokens >= Number(values[0]);
  if (operator === 'atMost') return request.inputTokens <= Number(values[0]);
  return isAnyOf(field, values, request) === (operator === 'is');
}

function isAnyOf(field: Condition['field'], values: readonly string[], request: RoutedRequest): boolean {
  if (field === 'team') return request.teamPath.split('/').some((id) => id !== '' && values.includes(id));
  const text = textOf(field, request);
  return text !== '' && values.includes(text);
}

function textOf(field: Exclude<Condition['field'], 'team'>, request: RoutedRequest): string {
  switch (field) {
    case 'key':
      return request.keyId;
    case 'serviceAccount':
      return request.serviceAccountId;
    case 'endUser':
      return request.endUser;
    case 'endpoint':
      return request.endpoint;
    case 'stream':
      return String(request.stream);
    case 'inputTokens':
      return String(request.inputTokens);
    default: {
      const name = field.slice(TAG.length);
      return Object.hasOwn(request.tags, name) ? request.tags[name]! : '';
    }
  }
}

/** How a field may be compared. */
export function operatorsOf(field: string): readonly Operator[] {
  return field === 'inputTokens' ? ['atLeast', 'atMost'] : ['is', 'isNot'];
}

export interface ConditionFault {
  readonly part: 'field' | 'operator' | 'values';
  readonly message: string;
}

/** @returns Undefined: it can be met. What it names may still not exist. */
export function findConditionFault({ field, operator, values }: Condition): ConditionFault | undefined {
  if (!isField(field))
    return { part: 'field', message: `must be tag:NAME or one of ${PLAIN_FIELDS.join(', ')}` };
  const operators = operatorsOf(field);
  if (!operators.includes(operator))
    return { part: 'operator', message: `must be ${operators.join(' or ')} here` };
  if (field === 'inputTokens') {
    const fits =
      values.length === 1 && NUMBER.test(values[0]!) && Number(values[0]) <= ROUTE_BOUNDS.inputTokens;
    return fits ? undefined : { part: 'values', message: 'must be one whole number' };
  }
  if (values.length === 0 || values.includes('')) return { part: 'values', message: 'must not be empty' };
  if (field === 'stream' && !values.every((value) => value === 'true' || value === 'false')) {
    return { part: 'values', message: 'must be true or false' };
  }
  return undefined;
}

function isField(field: string): boolean {
  if (!field.startsWith(TAG)) return (PLAIN_FIELDS as readonly string[]).includes(field);
  const length = field.length - TAG.length;
  return length > 0 && length <= ROUTE_BOUNDS.tagNameLength;
}
