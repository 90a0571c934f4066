import { describe, expect, it } from 'vitest';
import { checkConsistency, checkInclusion } from '#app/domain/audit/tlog/check-proof.ts';
import { fromBase64, fromHex, toHex } from '#app/domain/audit/tlog/encoding.ts';
import { rootOf } from '#app/domain/audit/tlog/frontier.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { proveConsistency, proveInclusion } from '#app/domain/audit/tlog/prove.ts';
import { sha256 } from '#app/domain/audit/tlog/sha256.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';
import { recordTree } from '#test/support/record-tree.ts';

const hexes = (hashes: Uint8Array[]) => hashes.map(toHex);

// The eight entries that Certificate Transparency's implementations test with, and their hashes.
const CT_ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => fromHex(hex, 'an entry'));
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const CT_NODES = {
  l0: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  l1: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  l4: 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  l6: 'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
  n01: 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  n23: '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  n45: '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
  n67: 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  n03: 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  n47: '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
};
const { l0, l1, l4, l6, n01, n23, n45, n67, n03, n47 } = CT_NODES;

describe.each([
  ['the platform’s SHA-256', nodeSha256],
  ['our own SHA-256', sha256],
])('Certificate Transparency’s vectors with %s', (_, hash) => {
  const leaves = CT_ENTRIES.map((entry) => hashLeaf(hash, entry));

  it.each([...CT_ROOTS.entries()])('root of %i entries', (size, root) => {
    expect(toHex(rootOf(hash, leaves.slice(0, size)))).toBe(root);
  });

  it.each([
    [0, 1, []],
    [0, 8, [l1, n23, n47]],
    [5, 8, [l4, n67, n03]],
    [2, 3, [n01]],
    [1, 5, [l0, n23, l4]],
  ])('inclusion of %i in %i', async (index, size, proof) => {
    const { read } = recordTree(CT_ENTRIES.slice(0, size));
    expect(hexes(await proveInclusion(hash, read, index, size))).toEqual(proof);
    const tree = { size, root: fromHex(CT_ROOTS[size]!, 'root') };
    const hashes = proof.map((hex) => fromHex(hex, 'hash'));
    expect(() => checkInclusion(hash, leaves[index]!, index, hashes, tree)).not.toThrow();
  });

  it.each([
    [1, 1, []],
    [1, 8, [l1, n23, n47]],
    [2, 8, [n23, n47]],
    [6, 8, [n45, n67, n03]],
    [2, 5, [n23, l4]],
    [6, 7, [n45, l6, n03]],
  ])('consistency of %i with %i', async (older, newer, proof) => {
    const { read } = recordTree(CT_ENTRIES.slice(0, newer));
    expect(hexes(await proveConsistency(hash, read, older, newer))).toEqual(proof);
    const head = (size: number) => ({ size, root: fromHex(CT_ROOTS[size]!, 'root') });
    const hashes = proof.map((hex) => fromHex(hex, 'hash'));
    expect(() => checkConsistency(hash, head(older), head(newer), hashes)).not.toThrow();
  });
});

describe('a real log', () => {
  // Google's Argon 2020 answered this to get-sth-consistency?first=3654490.
  const older = {
    size: 3_654_490,
    root: fromBase64('AuIZ5V6sDUj1vn3Y1K85oOaQ7y+FJJKtyRTl1edIKBQ=', ''),
  };
  const newer = {
    size: 961_984_013,
    root: fromBase64('dwlueapdd7LaOEnX2W2Wp9v2XE+KzejHRQGHwEx0oaM=', ''),
  };
  const proof =
    `80Sfbj6UQEdVSZCSIgh9NMPj3vCBzcc1A48B2crJSWg= FZcrgAHUk6nNPviJZq8kEK6jCG1d18pJOFE45ZDc1TQ=
    Q67reWXmPBo1UfmwBap4Xi9PMPfFdUSSw3WGlRZdG7k= eJ7CyhR4PxzBxDIsWgrVYW1eFUb9ndgf46tFmiqVrxA=
    QrDwp062Grm5WY8KdrhFsBuuNjGzRox2Jb8PmVL5OYw= XM4YMjMEdLH/XJam/ZWyaP14k3cmsOtnPsOWQ54lW1s=
    SGiBh+jOTGccXU48ZzgQ88lRcBmtB4wz4oSDndv2QTg= WAS6txqNLYKGL1GdBdpqmV42TTfn6cJsuDsqLXuTCNI=
    QFmRS0rirUA7ZN3lxFjDncV+E1OCrn3NUB4RCp+5fzc= Hdbp7It2XBNZmNDBpCN/KPd7vfVqxgzwOosqVIaEA9E=
    mxvHL0ZiblBdD7j7pIa1jlfB0gSqfJ6oX0UGo7L0VsU= q5hjyvoW6TL/PThgcitpDcSTrnKX2p1+aqscqH2euRA=
    jTOWDqt3IHj2NVFeezyBz2ofpru+ztEywqKUAfFclKI= GIRn0w3HqJdvU9j1WVD//eR6lk2AaTVjyzjsJNP8U88=
    x52GJvxG81fnQBrgOTbll1A5tz95/LXK0Ag1NhB0r1I= 6/0OqrcTgc3o5dD5PymmoC96lB9yLPFuTHVvLy8fSGk=
    Gf+iKLfcXO5l4JEFmsZvSdG5q1uEeWPfYLrds6pmjz0= DGuaco+McyM3AfRSF6qX7RwSetwe2ieYJmxw5e9rVx0=
    2tQJ9V32hnYp+fdpP6TcjmgJmLeNVOMKM0Ml1kk4cNU= 3PapK+IkyJr8I9yAErAmzuZezzLMzsg+PfeRCgNW8NQ=
    s6xiYeejb+wtqHA+URJZ2I/SCPyIW8coP6aB00FJbMY= z9lSpmdTcr5M5ZzKlc4EPh3SrSypKFdk6JUF/UccaZU=
    GXIElfmnRuWfbA4z7ubV/UwlpSRUbUeec7oL5HDDnh0= pR0SH/NYP6s9+8azWwaeUXA4Ze/3WCIgMfh5YW6wvcE=
    f3GuAKYVrF8RBg3s15jvA/YvV9oAliWtzP/imwPhQVA= WHn8zDxlVgkV+lSlmzaOdfSBrTHoRr5nT3d76q0KKWE=
    f2uV2ZxVgULzLPKuZcowRY3ZY7fRlX59iDBjV1R8kNQ= NzQVjJsvQwbi7WStMr9oFkh9VbHfK7LB6o7WwAqwNTs=
    C0LttBeYHZHgL+032JIcJC3CTBIyza/hsbmJUgJfmDI= nixU5CWTFVDlF4BGdcU6kA7WSYurEpe9jRWc+F/7sOc=`
      .split(/\s+/)
      .map((text) => fromBase64(text, 'a hash'));

  it('is consistent over a billion entries', () => {
    expect(() => checkConsistency(nodeSha256, older, newer, proof)).not.toThrow();
  });

  it('is not with any hash changed or two swapped', () => {
    for (let i = 0; i < proof.length; i++) {
      const changed = proof.with(i, proof[i]!.with(7, proof[i]![7]! ^ 1));
      const swapped = proof.with(i, proof.at(i - 1)!).with(i - 1, proof[i]!);
      for (const bad of [changed, swapped]) {
        expect(() => checkConsistency(nodeSha256, older, newer, bad)).toThrow(
          expect.objectContaining({ kind: 'tampered' }),
        );
      }
    }
  });
});
