/** What bills and other gateways' spend have in common: files that are uploaded, and the days that they count. */
import { z } from '@hono/zod-openapi';
import { text } from '../framework/field.ts';

export const day = z.string().openapi({ description: 'A calendar day', example: '2026-11-01' });
export const fileName = text(200).default('upload');
export const UPLOAD_THROTTLE = { limit: 60, windowSeconds: 3_600 };
