/** From what is asked to the cube that knows it. Pure. */
import {
  BASE_DIMENSIONS,
  type BaseDimension,
  type DimensionFilter,
  type Grouping,
  type UsageFilter,
} from './usage-dimensions.ts';

/** Which part of a question cannot be answered, and why. */
export class UsageQuestionError extends Error {
  override readonly name = 'UsageQuestionError';
  readonly field: string;

  constructor(field: string, rule: string) {
    super(rule);
    this.field = field;
  }
}

/** As people ask: ids and names as they are, `tag` as `NAME=VALUE`. */
export interface AskedFilters extends DimensionFilter {
  readonly tag?: string;
}

export interface UsageQuestion {
  readonly grouping: Grouping;
  readonly filters: Omit<UsageFilter, 'from' | 'to' | 'timeZone' | 'interval' | 'limit' | 'livemode'>;
}

const TAG_GROUP = /^tag:([A-Za-z0-9_.-]{1,64})$/;
const TAG_FILTER = /^([A-Za-z0-9_.-]{1,64})=(.*)$/s;

/** @throws {UsageQuestionError} A dimension that does not exist, or several that no cube has together. */
export function readUsageQuestion(groupBy: readonly string[], asked: AskedFilters): UsageQuestion {
  const names = [...new Set(groupBy.map((name) => name.trim()))].filter((name) => name !== '');
  const base = names.filter(isBase);
  const [special, ...more] = names.filter((name) => !isBase(name));
  const { endUser, tag, ...filters } = asked;
  const groupedTag = special === undefined ? undefined : TAG_GROUP.exec(special)?.[1];
  if (special !== undefined && special !== 'endUser' && groupedTag === undefined) {
    throw new UsageQuestionError('groupBy', `knows ${BASE_DIMENSIONS.join(', ')}, endUser and tag:NAME`);
  }
  const [, filteredTag, tagValue] = (tag !== undefined && TAG_FILTER.exec(tag)) || [];
  if (tag !== undefined && filteredTag === undefined)
    throw new UsageQuestionError('tag', 'must be NAME=VALUE');
  const isEndUser = special === 'endUser' || endUser !== undefined;
  const tagName = groupedTag ?? filteredTag;
  if (!isEndUser && tagName === undefined) return { grouping: { cube: 'base', dimensions: base }, filters };
  if (more.length > 0 || base.some((name) => name !== 'model')) {
    throw new UsageQuestionError('groupBy', 'endUser and tag:NAME stand alone or with model');
  }
  if (isEndUser && tagName !== undefined) {
    throw new UsageQuestionError(
      tag === undefined ? 'endUser' : 'tag',
      'end users and tags are counted apart',
    );
  }
  if (groupedTag !== undefined && filteredTag !== undefined && groupedTag !== filteredTag) {
    throw new UsageQuestionError('tag', 'must be the tag that is grouped by');
  }
  for (const [name, value] of Object.entries(filters)) {
    if (name !== 'model' && value !== undefined) {
      throw new UsageQuestionError(name, 'cannot filter end users or tags');
    }
  }
  const model = base.map(() => 'model' as const);
  const { model: modelFilter } = filters;
  const shared = modelFilter === undefined ? {} : { model: modelFilter };
  if (tagName !== undefined) {
    const own = groupedTag === undefined ? [] : (['tag'] as const);
    const grouping: Grouping = { cube: 'tag', tagName, dimensions: [...own, ...model] };
    return { grouping, filters: { ...shared, ...(tagValue === undefined ? {} : { tagValue }) } };
  }
  const own = special === 'endUser' ? (['endUser'] as const) : [];
  const grouping: Grouping = { cube: 'endUser', dimensions: [...own, ...model] };
  return { grouping, filters: { ...shared, ...(endUser === undefined ? {} : { endUser }) } };
}

function isBase(name: string): name is BaseDimension {
  return (BASE_DIMENSIONS as readonly string[]).includes(name);
}
