/**
 * What a form shows after somebody else has changed the same thing: what was typed stays, every other field gets its
 * newer value. Pure.
 */

export interface MergedForm<T> {
  readonly values: T;
  /** Typed here, and not as it is now: their own values stay. */
  readonly typed: readonly (keyof T & string)[];
  /** Of those, what somebody else has changed as well: saving replaces it. */
  readonly contested: readonly (keyof T & string)[];
}

export interface MergeOptions<T> {
  /** What was sent last and taken: equal fields count as untouched, and as nobody else's change. */
  readonly sent?: T | undefined;
  /** Whether two values of a field mean the same; else texts, numbers and lists of them are compared. */
  readonly isSame?: (left: unknown, right: unknown) => boolean;
  /** Of fields that never show what is stored: what tells that somebody else has changed it, before and now. */
  readonly signs?: readonly [before: Signs<T>, newer: Signs<T>] | undefined;
}

/** A hint of a secret, a date that is written in another way than it is chosen. */
export type Signs<T> = { readonly [name in keyof T]?: unknown };

/**
 * @param before What the form was filled with.
 * @param now What it holds.
 * @param newer What it would be filled with today.
 */
export function mergeNewer<T extends object>(
  before: T,
  now: T,
  newer: T,
  { sent, isSame = isSameText, signs: [signsBefore, signsNewer] = [{}, {}] }: MergeOptions<T> = {},
): MergedForm<T> {
  const isAsSent = (form: T, name: keyof T) => sent !== undefined && isSame(form[name], sent[name]);
  const names = Object.keys(newer) as (keyof T & string)[];
  const typed = names.filter(
    (name) => !isSame(now[name], before[name]) && !isSame(now[name], newer[name]) && !isAsSent(now, name),
  );
  const isUnseen = (name: keyof T) => !isSame(signsNewer[name], signsBefore[name]);
  const contested = typed.filter(
    (name) => isUnseen(name) || (!isSame(newer[name], before[name]) && !isAsSent(newer, name)),
  );
  return {
    values: { ...newer, ...Object.fromEntries(typed.map((name) => [name, now[name]])) },
    typed,
    contested,
  };
}

/**
 * @param earlier What was contested until now; undefined: nobody had changed anything.
 * @returns That of it which is still typed and still different, and what the merge adds.
 */
export function contestedAfter<T>(
  earlier: MergedForm<T>['contested'] | undefined,
  { typed, contested }: Pick<MergedForm<T>, 'typed' | 'contested'>,
): MergedForm<T>['contested'] | undefined {
  // What a refused change has said stays, until it is answered.
  if (earlier === undefined) return contested.length === 0 ? undefined : contested;
  return typed.filter((name) => earlier.includes(name) || contested.includes(name));
}

/** Values of forms are texts, and lists of them. */
const isSameText = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
