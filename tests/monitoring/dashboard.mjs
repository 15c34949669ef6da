// Asks a real Prometheus everything that the dashboard asks: each question must be understood, and have an answer.
//   node dashboard.mjs PROMETHEUS DASHBOARD
import { readFileSync } from 'node:fs';

const [prometheus, file] = process.argv.slice(2);
// With one node there is no other one to be called, and nothing that has been handled over a time.
const empty = /constella_member_rtt_seconds/;
const variables = { $__rate_interval: '5s', $__range: '1m', $instance: '.*' };

const expressions = [];
JSON.parse(readFileSync(file), (key, value) => {
  if (key === 'expr') expressions.push(value);
  return value;
});

const wrong = [];
for (const shown of expressions) {
  const query = Object.entries(variables).reduce((text, [name, value]) => text.replaceAll(name, value), shown);
  const answer = await (await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`)).json();
  if (answer.status !== 'success') wrong.push(`${shown}: ${answer.error}`);
  else if (answer.data.result.length === 0 && !empty.test(shown) && !/> 0$/.test(shown)) wrong.push(`${shown}: no answer`);
}
if (expressions.length < 25) wrong.push(`only ${expressions.length} questions`);
for (const each of wrong) console.log(each);
console.log(`${expressions.length} questions`);
process.exitCode = wrong.length ? 1 : 0;
