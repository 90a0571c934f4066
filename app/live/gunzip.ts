/**
 * Unpacks gzipped JSON.
 * @throws when the bytes are not gzip or not JSON
 */
export async function gunzipJson<T>(gzip: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<T> {
  const stream = new Blob([gzip]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(stream).json()) as T;
}
