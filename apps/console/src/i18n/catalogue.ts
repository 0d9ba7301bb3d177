/** All texts of all languages. English is the original; the others must have its shape. */
import { de } from './de/index.ts';
import { en } from './en/index.ts';
import type { Locale } from './locale.ts';
import type { Translation } from './translation.ts';

export type Area = keyof typeof en;
export type Messages<A extends Area> = Translation<(typeof en)[A]>;

export const CATALOGUE: Readonly<Record<Locale, { readonly [A in Area]: Messages<A> }>> = { en, de };
