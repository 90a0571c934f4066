/**
 * SHA-256 of bytes, at once: 32 new bytes, which the caller may keep. It must not hold on to its
 * argument, which may be overwritten after the call.
 * On a server: `(bytes) => crypto.hash('sha256', bytes, 'buffer')`.
 */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const BLOCK = 64;

// FIPS 180-4, section 4.2.2.
const ROUND = Uint32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);

// FIPS 180-4, section 5.3.3.
const INITIAL = Uint32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);

const schedule = new Uint32Array(64);
const state = new Uint32Array(8);
const tail = new Uint8Array(2 * BLOCK);

const word = (words: Uint32Array, i: number) => words[i] as number;
const rotate = (x: number, by: number) => (x >>> by) | (x << (32 - by));

function compress(bytes: Uint8Array, from: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, BLOCK);
  for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(4 * i);
  for (let i = 16; i < 64; i++) {
    const x = word(schedule, i - 15);
    const y = word(schedule, i - 2);
    const sigma0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const sigma1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    schedule[i] = word(schedule, i - 16) + sigma0 + word(schedule, i - 7) + sigma1;
  }

  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let f = word(state, 5);
  let g = word(state, 6);
  let h = word(state, 7);
  for (let i = 0; i < 64; i++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + sum1 + choice + word(ROUND, i) + word(schedule, i)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + sum0 + majority) | 0;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
  state[5] = word(state, 5) + f;
  state[6] = word(state, 6) + g;
  state[7] = word(state, 7) + h;
}

/** SHA-256 (FIPS 180-4) in plain JavaScript, where the platform has none that answers at once. */
export function sha256(bytes: Uint8Array): Uint8Array {
  state.set(INITIAL);
  const whole = bytes.length - (bytes.length % BLOCK);
  for (let from = 0; from < whole; from += BLOCK) compress(bytes, from);

  const rest = bytes.length - whole;
  tail.fill(0);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const blocks = rest < BLOCK - 8 ? 1 : 2;
  const end = new DataView(tail.buffer, blocks * BLOCK - 8);
  end.setUint32(0, Math.floor(bytes.length / 0x2000_0000));
  end.setUint32(4, bytes.length << 3);
  for (let block = 0; block < blocks; block++) compress(tail, block * BLOCK);

  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  for (let i = 0; i < 8; i++) out.setUint32(4 * i, word(state, i));
  return digest;
}
