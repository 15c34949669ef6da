// The independent library as a member of the network: it calls a running node over HTTP, with nothing of ours between, and verifies
// what the node answers. `node node.mjs URL STATE_FOLDER`: the library signs as the node itself, whose own machine may do that.
import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { httpbis, createSigner } from 'http-message-signatures';

const [origin, folder] = process.argv.slice(2);
const state = JSON.parse(readFileSync(`${folder}/network_state.json`, 'utf8'));
const self = state.node_id;
const keyid = `g${state.secret_generation}`;
const key = Buffer.from(hkdfSync('sha256', Buffer.from(state.network_secret, 'base64url'), '', `constella/v1/sign/${self}/${self}`, 32));
let failed = 0;
let passed = 0;

function check(name, ok, why = '') {
  console.log(`${ok ? 'ok' : 'not ok'} - a running node: ${name}${ok ? '' : ` ${why}`}`);
  ok ? passed++ : failed++;
}

const digest = (body) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

// fetch hides header fields that come twice and rewrites targets; this sends what it is given.
const http = (call) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(origin);
  const sent = send({ hostname, port, method: call.method, path: call.target, headers: call.headers }, (answer) => {
    const parts = [];
    answer.on('data', (part) => parts.push(part));
    answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
  });
  sent.on('error', reject);
  sent.end(call.body);
});

async function signed(method, target, { body, run, created = new Date() } = {}) {
  const headers = { 'Constella-From': self, 'Constella-To': self };
  const fields = ['@method', '@path', '@query', 'constella-from', 'constella-to'];
  if (run) {
    headers['Constella-Run'] = run;
    fields.push('constella-run');
  }
  if (body) {
    headers['Content-Digest'] = digest(body);
    headers['Content-Type'] = 'application/json';
    fields.push('content-digest');
  }
  const message = await httpbis.signMessage({
    key: createSigner(key, 'hmac-sha256', keyid),
    name: 'library',
    fields,
    params: ['created', 'expires', 'nonce', 'keyid', 'alg'],
    paramValues: { created, expires: new Date(created.getTime() + 20_000), nonce: randomBytes(16).toString('base64url') },
  }, { method, url: origin + target, headers });
  return { method, target, body, headers: message.headers };
}

async function answerHolds(answer, call) {
  try {
    const held = await httpbis.verifyMessage({
      requiredParams: ['created', 'keyid', 'alg'],
      keyLookup: async (parameters) => parameters.keyid === keyid && {
        algs: ['hmac-sha256'],
        verify: async (data, signature) => timingSafeEqual(createHmac('sha256', key).update(data).digest(), signature),
      },
    }, answer, { method: call.method, url: origin + call.target, headers: call.headers });
    return held === true && answer.headers['content-digest'] === digest(answer.body);
  } catch (error) {
    return console.log(`# ${error.message}`) ?? false;
  }
}

async function expect(name, call, status) {
  const answer = await http(call);
  check(`${name}: ${status}`, answer.status === status, `${answer.status} ${answer.body}`);
  return answer;
}

const health = JSON.parse((await http({ method: 'GET', target: '/health', headers: {} })).body);
const run = health.run;

const peers = await signed('GET', '/peers');
const answer = await expect('it accepts GET /peers', peers, 200);
check('the library verifies its answer', await answerHolds(answer, peers));
check('which is about this node', answer.body.includes(self) && answer.headers['constella-run'] === run);
check('the library refuses the answer with another status', !(await answerHolds({ ...answer, status: 418 }, peers)));
check('the library refuses the answer to another request', !(await answerHolds(answer, await signed('GET', '/peers'))));

const replayed = await expect('it refuses the same request again', peers, 409);
check('the library verifies the refusal', await answerHolds(replayed, peers));

const query = await signed('GET', `/stats?target=${self}&x=%20%C3%BC`, { run });
check('the library verifies the answer to a query', await answerHolds(await expect('it accepts a query', query, 200), query));

const invite = await signed('POST', '/invites', { run, body: JSON.stringify({ ttl_seconds: 600 }) });
const minted = await http(invite);
check('it accepts a body', minted.status >= 200 && minted.status < 300, `${minted.status} ${minted.body}`);
check('the library verifies the answer to a body', await answerHolds(minted, invite));

const old = await signed('GET', '/peers', { created: new Date(Date.now() - 300_000) });
check('the library verifies the time that a late caller is told', await answerHolds(await expect('it refuses a clock that is off', old, 401), old));

const other = await signed('GET', '/peers', { run: '00000000000000ff' });
check('the library verifies what a caller of another run is told', await answerHolds(await expect('it refuses another run', other, 409), other));

for (const [name, change] of [
  ['another path', (call) => ({ ...call, target: '/stats' })],
  ['another nonce', (call) => ({ ...call, headers: { ...call.headers, 'Signature-Input': call.headers['Signature-Input'].replace('nonce="', 'nonce="A') } })],
  ['no signature', (call) => ({ ...call, headers: { 'Constella-From': self, 'Constella-To': self } })],
]) {
  const refused = await http(change(await signed('GET', '/peers')));
  check(`it refuses ${name}, and says no more`, refused.status === 401 && refused.body.length === 0, `${refused.status} ${refused.body}`);
}

process.exit(failed === 0 && passed > 0 ? 0 : 1);
