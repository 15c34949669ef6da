// Holds Constella's signatures against an independent RFC 9421 library, over vectors.json: "ours" was written by Constella and is
// verified here by the library; "theirs" is written by the library and is verified by Constella's own tests. HMAC has no randomness,
// so both sides are repeated on every run and must come out as they stand in the file.
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { httpbis, createSigner } from 'http-message-signatures';

const file = new URL('vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8'));
const origin = 'http://203.0.113.10:4747';
const far = 10 * 365 * 24 * 3600; // the vectors' time is fixed; freshness is not what is tried here
let failed = 0;
let passed = 0;

function check(name, ok) {
  console.log(`${ok ? 'ok' : 'not ok'} - ${name}`);
  ok ? passed++ : failed++;
}

const key = (from, to) =>
  Buffer.from(hkdfSync('sha256', Buffer.from(vectors.secret, 'base64url'), '', `constella/v1/sign/${from}/${to}`, 32));

const digest = (body) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

const verifier = (secret) => ({
  tolerance: far,
  requiredParams: ['created', 'keyid', 'alg'],
  keyLookup: async ({ keyid }) => keyid === vectors.keyid && {
    algs: ['hmac-sha256'],
    verify: async (data, signature) => timingSafeEqual(createHmac('sha256', secret).update(data).digest(), signature),
  },
});

async function holds(message, secret, request) {
  try {
    return (await httpbis.verifyMessage(verifier(secret), message, request)) === true;
  } catch {
    return false;
  }
}

const request = (v, headers) => ({ method: v.method, url: origin + v.target, headers });

async function signRequest(v) {
  const headers = { 'Constella-To': v.to, 'Constella-From': v.from };
  const fields = ['constella-to', '@query', '@path', 'constella-from', '@method'];
  if (v.run) {
    headers['Constella-Run'] = v.run;
    fields.unshift('constella-run');
  }
  if (v.body) {
    headers['Content-Digest'] = digest(v.body);
    fields.push('content-digest');
  }
  const created = new Date(v.created * 1000);
  const signed = await httpbis.signMessage({
    key: createSigner(key(v.from, v.to), 'hmac-sha256', vectors.keyid),
    name: 'library',
    fields,
    params: ['nonce', 'keyid', 'alg', 'expires', 'created'],
    paramValues: { created, expires: new Date(created.getTime() + 20_000), nonce: v.nonce },
  }, request(v, headers));
  return signed.headers;
}

async function signAnswer(v) {
  const signed = await httpbis.signMessage({
    key: createSigner(key(v.to, v.from), 'hmac-sha256', vectors.keyid),
    name: 'library',
    fields: ['signature;req;key="library"', '@method;req', 'constella-run', 'constella-from', 'content-digest', '@status'],
    params: ['alg', 'keyid', 'created'],
    paramValues: { created: new Date(v.answer.created * 1000) },
  }, {
    status: v.answer.status,
    headers: { 'Content-Digest': digest(v.answer.body), 'Constella-From': v.to, 'Constella-Run': v.answer.run },
  }, request(v, v.theirs));
  return signed.headers;
}

const update = process.argv.includes('--update');
for (const v of vectors.calls) {
  const theirs = await signRequest(v);
  if (update) v.theirs = theirs;
  check(`${v.name}: the library signs it as recorded`, isDeepStrictEqual(theirs, v.theirs));
  const answered = await signAnswer(v);
  if (update) v.answer.theirs = answered;
  check(`${v.name}: the library signs its answer as recorded`, isDeepStrictEqual(answered, v.answer.theirs));
  if (!v.ours) continue;

  check(`${v.name}: the library accepts our request`, await holds(request(v, v.ours), key(v.from, v.to)));
  check(`${v.name}: its digest is the body's`, !v.body || v.ours['Content-Digest'] === digest(v.body));
  check(`${v.name}: the library refuses it for another path`,
    !(await holds({ ...request(v, v.ours), url: `${origin}/other` }, key(v.from, v.to))));
  if (v.from !== v.to) check(`${v.name}: the library refuses it under the key of the other direction`, !(await holds(request(v, v.ours), key(v.to, v.from))));
  const answer = { status: v.answer.status, headers: v.answer.ours };
  check(`${v.name}: the library accepts our answer`, await holds(answer, key(v.to, v.from), request(v, v.ours)));
  check(`${v.name}: the library refuses our answer with another status`,
    !(await holds({ ...answer, status: 418 }, key(v.to, v.from), request(v, v.ours))));
  check(`${v.name}: the library refuses our answer to another request`,
    !(await holds(answer, key(v.to, v.from), request(v, { ...v.ours, Signature: v.theirs.Signature.replace('library', 'sig1') }))));
}

if (update) writeFileSync(file, `${JSON.stringify(vectors, null, 2)}\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
