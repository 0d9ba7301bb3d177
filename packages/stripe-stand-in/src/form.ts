/** Stripe's request bodies: `application/x-www-form-urlencoded` with brackets, as nested objects and arrays of text. */

export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Arrays are written with indices (`lines[0][amount]`) or empty brackets (`expand[]`). */
export function parseForm(text: string): Form {
  const root: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const [first = '', ...rest] = name.split('[').map((part) => part.replace(/\]$/, ''));
    if ([first, ...rest].some((part) => FORBIDDEN.has(part))) continue;
    assign(root, [first, ...rest], value);
  }
  return toArrays(root) as Form;
}

function assign(target: Form, path: readonly string[], value: string): void {
  const [name = '', ...rest] = path;
  const key = name === '' ? String(Object.keys(target).length) : name;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const next = target[key];
  const child: Form = typeof next === 'object' && !Array.isArray(next) ? next : {};
  target[key] = child;
  assign(child, rest, value);
}

function toArrays(value: FormValue): FormValue {
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, child]) => [name, toArrays(child)] as const);
  const isArray = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isArray ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

export function textOf(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(form: Form, name: string): number | undefined {
  const text = textOf(form, name);
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text);
}

export function formOf(form: Form, name: string): Form | undefined {
  const value = form[name];
  return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
}

export function listOf(form: Form, name: string): FormValue[] {
  const value = form[name];
  return Array.isArray(value) ? value : [];
}

/** Plain text values only. */
export function metadataOf(form: Form): Record<string, string> {
  const entries = Object.entries(formOf(form, 'metadata') ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
