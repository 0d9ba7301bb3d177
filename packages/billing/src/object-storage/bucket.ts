/** Where a bucket is, and what its objects may be called: pure. */

export interface Bucket {
  /** Of an S3-compatible storage; empty: Amazon S3 of the region. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** The bucket stands in the path, not in the host's name. */
  readonly pathStyle: boolean;
}

export interface BucketKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** DNS labels, so that a bucket in the host's name stays below the endpoint's host. */
export const BUCKET_NAME = /^[a-z0-9][a-z0-9-]*[a-z0-9](\.[a-z0-9][a-z0-9-]*[a-z0-9])*$/;
export const REGION_NAME = /^[a-z0-9-]{1,64}$/;
/** Names that need no escaping anywhere, without empty, `.` and `..` parts. */
export const OBJECT_PREFIX = /^$|^(?!(.*\/)?\.{1,2}\/)([A-Za-z0-9._=-]+\/)+$/;

/** @returns Origin and path of an object; without a key, of the bucket. */
export function addressOf(
  { endpoint, region, bucket, pathStyle }: Bucket,
  key: string,
): { readonly origin: string; readonly path: string } {
  const url = new URL(endpoint === '' ? `https://s3.${region}.amazonaws.com` : endpoint);
  const base = url.pathname.replace(/\/+$/, '');
  const object = key.split('/').map(escapePart).join('/');
  if (pathStyle) return { origin: url.origin, path: `${base}/${bucket}/${object}` };
  return { origin: `${url.protocol}//${bucket}.${url.host}`, path: `${base}/${object}` };
}

/** As signatures have it: everything but unreserved characters (RFC 3986, 2.3). */
function escapePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
