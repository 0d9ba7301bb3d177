/** An amount of money as clients send it. */
import { z } from '@hono/zod-openapi';

export const usdAmount = z
  .string()
  .max(32)
  .regex(/^\d{1,15}(\.\d{1,12})?$/, 'must be an amount in USD, a decimal string such as "25.00"');
