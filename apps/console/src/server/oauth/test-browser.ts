/** For tests: what a browser does on the way to an issuer and back. */

/** A browser's cookies of one site. */
export class Jar {
  readonly cookies = new Map<string, string>();

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  keep(response: Response): Response {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split(/; */);
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (value === '' || attributes.some((text) => /^max-age=0$/i.test(text))) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }
}

/** As far as the issuer sends the browser back. @returns The address of the callback. */
export async function followIssuer(start: string, consoleUrl: string): Promise<URL> {
  const atIssuer = new Jar();
  let url = start;
  while (!url.startsWith(consoleUrl)) {
    const step = await fetch(url, { headers: { cookie: atIssuer.header }, redirect: 'manual' });
    const location = atIssuer.keep(step).headers.get('location');
    if (location === null) throw new Error(`Cannot go on at ${url}: ${step.status} ${await step.text()}`);
    url = new URL(location, url).href;
  }
  return new URL(url);
}
