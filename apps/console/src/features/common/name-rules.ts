/** What forms ask of names before they are sent, in the reader's language: alone, zod says it in English. */
import { z } from 'zod';
import type { Messages } from '../../i18n/texts.ts';

const MAX_NAME_LENGTH = 100;

type FieldTexts = Messages<'problems'>['fields'];

/** @param fields `useMessages('problems').fields` */
export const optionalName = (fields: FieldTexts) =>
  z
    .string()
    .trim()
    .max(MAX_NAME_LENGTH, fields.too_long(String(MAX_NAME_LENGTH)));

export const requiredName = (fields: FieldTexts) => optionalName(fields).min(1, fields.required());
