/**
 * The shape that a translation must have: every text of the English area, functions with the same
 * arguments. A missing or misspelt text does not compile.
 */
export type Translation<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : T[K] extends string
      ? string
      : Translation<T[K]>;
};
