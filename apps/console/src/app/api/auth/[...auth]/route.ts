/** Mounts sign-in with a provider; everything is in server/oauth. */
import { getRuntime } from '../../../../server/runtime.ts';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

function answer(request: Request): Promise<Response> {
  return getRuntime().oauth(request);
}

export { answer as GET, answer as POST };
