/** Runs once per process, before the first request. */
export async function register(): Promise<void> {
  const { watchPeerAddresses } = await import('./server/peer-address.ts');
  watchPeerAddresses();
}
