/**
 * Runs in the browser before anything else of a page. Zod looks once whether it may make functions from text; the content
 * security policy forbids that, and the browser reports every try, so it is told not to.
 * Back and forward are listened to before Next's router does.
 */
import './features/common/history-hold.ts';
import { config } from 'zod/v4/core';

config({ jitless: true });
