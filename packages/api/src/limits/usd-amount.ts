/** An amount of money as clients send it. */
import { z } from '@hono/zod-openapi';
import { refusal } from '../framework/field-errors.ts';

const AMOUNT = /^\d{1,15}(\.\d{1,12})?$/;

export const usdAmount = z
  .string()
  .max(32)
  .refine(
    (value) => AMOUNT.test(value),
    refusal('must be an amount in USD, a decimal string such as "25.00"', 'amount'),
  );
