// An owner with time: presses every button there is, in both languages, and looks at what comes.
// node walk.mjs CONTROL PORT NODE OTHER DEAD DEAD [FOLDER]: the stand-in's control API, a port for a file to download, the node whose screens are
// walked through, one for it to measure with, the nodes to forget, and where each screen is kept.
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const [control, port, node, other, ...rest] = process.argv.slice(2);
const dead = rest.slice(0, 2);
const folder = rest[2];
const languages = ["en", "ru"];
// What a press does beyond showing another screen: the dialogs below press them.
const acts = ["y", "u", "g", "i", "m", "o"];
const reachable = ["l", "n", "s", "c", "v", "e", "j", "t", "k", "w", "a", "r"];
let failed = 0;

function check(what, holds) {
  console.log(`${holds ? "ok" : "not ok"} ${what}`);
  if (!holds) failed++;
}

const get = async (path) => (await fetch(`${control}/${path}`)).json();
const post = async (path, body) => (await fetch(`${control}/${path}`, { method: "POST", body: JSON.stringify(body) })).json();
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const messages = async () => (await get("chat?user_id=42")).messages;
const kindOf = (data) => data.split(":")[0];

// Not an alert: those have buttons that mute.
const living = async () => (await messages()).findLast((m) => m.from_bot && m.buttons.length > 0 && !m.buttons.some((b) => kindOf(b.data) === "m"));

async function until(holds, seconds = 15) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    const found = await holds();
    if (found) return found;
  }
  return null;
}

const same = (one, other) => one.message_id === other.message_id && one.edits === other.edits;

// The screen that a press leads to: the update is done with, and the message was drawn since.
async function press(screen, data) {
  const { update_id } = await post("press", { message_id: screen.message_id, data });
  const handled = await until(async () => (await get("updates")).find((update) => update.update_id === update_id && update.answered.length > 0));
  if (!handled) return null;
  const drawn = await until(async () => {
    const now = await living();
    return now && !same(now, screen) && (shows(now, data) || now.text !== screen.text) ? now : null;
  }, 15);
  return drawn ?? living();
}

// Screens that can be refreshed have a button that leads to themselves.
const shows = (screen, data) => screen.buttons.some((button) => button.data === data);

const png = async (screen) => Buffer.from(await (await fetch(`${control}/photo?user_id=42&message_id=${screen.message_id}`)).arrayBuffer());

async function keep(name, screen) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/${name.replaceAll(/[^\w.-]/g, "_")}`;
  writeFileSync(`${file}.txt`, `${screen.text}\n${screen.buttons.map((button) => `[${button.label}]`).join(" ")}\n`);
  if (screen.photo_bytes) writeFileSync(`${file}.png`, await png(screen));
}

// What is wrong with a screen as a person of that language sees it.
function wrong(screen, language, data) {
  const shown = [screen.text, ...screen.buttons.map((button) => button.label)].join("\n");
  if (!screen.text) return "there is no text";
  if (/\{\d/.test(shown)) return "a placeholder is left";
  if (language === "en" && /[а-яё]/i.test(shown)) return "it has Russian words";
  if (language === "ru" && !/[а-яё]/i.test(screen.text)) return "it has no Russian words";
  if (kindOf(data) !== "c") return null;
  if (screen.photo_width !== 1080 || screen.photo_height !== 720) return `its chart is ${screen.photo_width}×${screen.photo_height}`;
  return screen.photo_bytes < 15_000 ? "its chart is empty" : null;
}

// The way over known screens to one with a button that was not pressed yet.
function next(at, known, pressed) {
  const seen = new Set([at]);
  for (const queue = [[at, []]]; queue.length > 0; ) {
    const [screen, way] = queue.shift();
    for (const data of known.get(screen) ?? []) {
      if (!pressed.has(data)) return [...way, data];
      if (!seen.has(data)) {
        seen.add(data);
        queue.push([data, [...way, data]]);
      }
    }
  }
  return null;
}

const isAboutOthers = (data) => !["l", "v", "j", "h"].includes(kindOf(data)) && data.split(":")[1] !== node;

async function crawl(language, start) {
  const known = new Map();
  const pressed = new Set();
  const problems = [];
  let [at, screen, photos] = ["l", start, 0];
  const note = () => known.set(at, screen.buttons.map((b) => b.data).filter((data) => !acts.includes(kindOf(data)) && !isAboutOthers(data)));
  for (note(); ; ) {
    const way = next(at, known, pressed);
    if (!way) break;
    for (const data of way) {
      const shown = shows(screen, data) ? await press(screen, data) : null;
      if (!shown) {
        problems.push(`${at} → ${data}: nothing came`);
        pressed.add(data);
        continue;
      }
      [at, screen] = [data, shown];
      if (!pressed.has(data)) {
        const why = wrong(screen, language, data);
        if (why) problems.push(`${data}: ${why}: ${screen.text}`);
        if (kindOf(data) === "c") photos++;
        await keep(`${language}-${data.replaceAll(node, "NODE")}`, screen);
      }
      pressed.add(data);
      note();
    }
  }
  const kinds = new Set([...pressed].map(kindOf));
  for (const problem of problems) console.log(`# ${problem}`);
  check(`${language}: ${pressed.size} screens, ${photos} of them charts, each as it should be`, problems.length === 0 && photos >= 40);
  check(`${language}: every kind of screen was seen (${[...kinds].join("")})`, reachable.every((kind) => kinds.has(kind)));
}

// From a fresh list along kinds of buttons; the second element of a step is what the data must end with.
async function follow(language, ...way) {
  const old = await living();
  await post("send", { user_id: 42, username: "username", language_code: language, text: "/start" });
  let screen = await until(async () => {
    const now = await living();
    return now && now.message_id !== old?.message_id && now.buttons.some((b) => kindOf(b.data) === "n") ? now : null;
  });
  for (const [kind, about] of way) {
    const button = screen?.buttons.find((b) => kindOf(b.data) === kind && b.data.endsWith(about ?? ""));
    if (!button) {
      console.log(`# no button ${kind} ${about ?? ""} in: ${screen?.text} ${screen?.buttons.map((b) => b.data)}`);
      return null;
    }
    screen = await press(screen, button.data);
  }
  return screen;
}

async function dialog(language, what, text, seconds, ...way) {
  await follow(language, ...way);
  let last;
  const end = await until(async () => ((last = await living()), text.test(last.text) ? last : null), seconds);
  if (!end) console.log(`# ${what}: ${last?.text}`);
  else await keep(`${language}-dialog-${what}`, end);
  const why = end ? wrong(end, language, "") : "it did not come";
  check(`${language}: ${what}${why ? `: ${why}` : ""}`, !why);
}

async function say(language, text, answer) {
  const before = (await messages()).at(-1).message_id;
  await post("send", { user_id: 42, username: "username", language_code: language, text });
  const said = await until(async () => (await messages()).findLast((m) => m.from_bot && m.message_id > before && answer.test(m.text)));
  check(`${language}: ${text}`, said && !wrong(said, language, ""));
  if (said) await keep(`${language}-${text}`, said);
}

const noise = Buffer.alloc(65_536);
const server = createServer((_, answer) => {
  answer.on("error", () => {});
  const more = () => { while (!answer.destroyed && answer.write(noise)); };
  answer.on("drain", more);
  more();
}).listen(Number(port), "127.0.0.1");

for (const [index, language] of languages.entries()) {
  const start = await follow(language);
  check(`${language}: /start shows the list`, start !== null && !wrong(start, language, "l"));
  await crawl(language, start);
  await dialog(language, "a reboot that the machine refuses", /ALLOW_REBOOT/, 20, ["n", node], ["r"], ["y"]);
  await dialog(language, "renewed", index === 0 ? /24 Jan 2100/ : /24.*2100/, 15, ["n", node], ["t"], ["k"], ["u"]);
  await dialog(language, "speed between two nodes", /↓.*↑/s, 60, ["n", node], ["w"], ["a", other], ["i"]);
  await dialog(language, "speed to the internet", language === "en" ? /internet.*↓/is : /интернет.*↓/is, 60, ["n", node], ["w"], ["a", ":i"], ["i"]);
  await dialog(language, "forgotten", /forgotten|забыт/i, 40, ["n", dead[index]], ["q"], ["g"]);
  await say(language, "/help", /\/invite/);
  await say(language, "/invite 5m", /join:\/\//);
  await say(language, "/audit", /Commands of late|Последние команды/);
  await say(language, "/stars", /\/help|\/nodes/);
}
server.closeAllConnections();
server.close();
process.exit(failed > 0 ? 1 : 0);
