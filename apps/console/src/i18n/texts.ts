/** What texts there are, as types: English is the original; the others must have its shape. */
import type { en } from './en/index.ts';
import type { Translation } from './translation.ts';

export type Area = keyof typeof en;
export type Messages<A extends Area> = Translation<(typeof en)[A]>;
export type Texts = { readonly [A in Area]: Messages<A> };
