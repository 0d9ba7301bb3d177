/** Tells server components which page was asked for; the proxy sets it, over whatever a client sent. */
export const PATH_HEADER = 'x-tollgate-path';
