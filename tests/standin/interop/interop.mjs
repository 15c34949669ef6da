// Holds the stand-in against two clients that were not written for it.
import { Bot, InlineKeyboard, InputFile, GrammyError } from "grammy";
import TelegramBot from "node-telegram-bot-api";

const url = process.argv[2];
const token = "123:ABC";
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
let failed = 0;
let number = 0;

function check(name, holds) {
  number += 1;
  if (!holds) failed += 1;
  console.log(`${holds ? "ok" : "not ok"} ${number} ${name}`);
}

async function control(path, body, method = "POST") {
  const answer = await fetch(`${url}/control/${path}`, { method, body: body && JSON.stringify(body) });
  return answer.json();
}

async function until(condition, ms = 5000) {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

const refusal = (promise) => promise.then(() => null, (error) => error);

async function grammy() {
  const seen = { texts: [], presses: [] };
  const bot = new Bot(token, { client: { apiRoot: url } });
  const keyboard = new InlineKeyboard().text("Show", "show").row().text("Hide", "hide");
  bot.command("start", async (ctx) => {
    seen.texts.push(ctx.message.text);
    await ctx.reply("<b>Fleet</b> &amp; more", { parse_mode: "HTML", reply_markup: keyboard });
  });
  bot.on("callback_query:data", async (ctx) => {
    seen.presses.push(ctx.callbackQuery.data);
    await ctx.answerCallbackQuery("done");
    await ctx.editMessageText("Shown", { reply_markup: keyboard });
  });
  bot.catch((error) => console.log(`# ${error}`));
  const running = bot.start({ allowed_updates: ["message", "callback_query"], timeout: 3 });
  await control("send", { user_id: 7, username: "seven", text: "/start" });
  check("grammy receives a command by long poll", await until(() => seen.texts.length === 1));
  const chat = () => control("chat?user_id=7", undefined, "GET");
  check("grammy's message is in the chat as plain text", await until(async () => (await chat()).messages.at(-1).text === "Fleet & more"));
  check("grammy's keyboard has two buttons", (await chat()).messages.at(-1).buttons.length === 2);
  await control("press", { user_id: 7, label: "show" });
  check("grammy receives the press", await until(() => seen.presses[0] === "show"));
  check("grammy's edit replaces the text", await until(async () => (await chat()).messages.at(-1).text === "Shown"));
  await bot.stop();
  await running;
  const updates = await control("updates", undefined, "GET");
  check("grammy's stop confirms what it handled", updates.every((update) => update.confirmed_ms !== null));
  const last = (await chat()).messages.at(-1);
  const same = await refusal(bot.api.editMessageText(7, last.message_id, "Shown", { reply_markup: keyboard }));
  check("the same edit is refused as not modified", same instanceof GrammyError && same.description.includes("message is not modified"));
  const photo = await bot.api.sendPhoto(7, new InputFile(png, "chart.png"), { caption: "CPU" });
  check("grammy uploads a photo by multipart", photo.photo?.length === 1 && photo.caption === "CPU");
  const media = { type: "photo", media: new InputFile(png, "chart.png"), caption: "RAM" };
  check("grammy replaces the photo", (await bot.api.editMessageMedia(7, photo.message_id, media)).caption === "RAM");
  const captioned = await bot.api.editMessageCaption(7, photo.message_id, { caption: "<b>Disk</b>", parse_mode: "HTML" });
  check("grammy edits the caption and leaves the photo", captioned.caption === "Disk" && captioned.photo[0].file_id !== photo.photo[0].file_id);
  const nothing = await refusal(bot.api.editMessageCaption(7, photo.message_id, { caption: "<b>Disk</b>", parse_mode: "HTML" }));
  check("the same caption is refused as not modified", nothing?.description.includes("message is not modified"));
  const text = await bot.api.sendMessage(7, "a text");
  const wrong = await refusal(bot.api.editMessageCaption(7, text.message_id, { caption: "x" }));
  check("a text has no caption", wrong?.description.includes("there is no caption in the message to edit"));
  const turned = await bot.api.editMessageMedia(7, text.message_id, { type: "photo", media: new InputFile(png, "chart.png"), caption: "now a photo" });
  check("a text becomes a photo", turned.message_id === text.message_id && turned.photo?.length === 1 && turned.text === undefined);
  const back = await refusal(bot.api.editMessageText(7, text.message_id, "a text again"));
  check("a photo never becomes a text", back?.description.includes("there is no text in the message to edit"));
  const again = await bot.api.editMessageMedia(7, text.message_id, { type: "photo", media: turned.photo[0].file_id, caption: "by its id" });
  check("a photo is named by its file_id", again.photo[0].file_id === turned.photo[0].file_id);
  const tooLong = await refusal(bot.api.editMessageCaption(7, text.message_id, { caption: "x".repeat(1025) }));
  check("a caption over 1024 is refused", tooLong?.description.includes("caption is too long"));
  const stored = await fetch(`${url}/control/photo?user_id=7&message_id=${text.message_id}`);
  check("the photo can be looked at", Buffer.from(await stored.arrayBuffer()).equals(png));
  await control("faults", { method: "sendMessage", error_code: 429, retry_after: 3 });
  const flood = await refusal(bot.api.sendMessage(7, "x"));
  check("grammy understands 429 and retry_after", flood?.error_code === 429 && flood.parameters.retry_after === 3);
}

async function nodeTelegramBotApi() {
  const bot = new TelegramBot(token, { baseApiUrl: url, polling: false });
  check("node-telegram-bot-api reads getMe", (await bot.getMe()).is_bot === true);
  await control("send", { user_id: 8, username: "eight", text: "hello" });
  const updates = await bot.getUpdates({ timeout: 1 });
  check("node-telegram-bot-api reads updates", updates.at(-1).message.text === "hello");
  await bot.getUpdates({ offset: updates.at(-1).update_id + 1, timeout: 0 });
  const markup = { inline_keyboard: [[{ text: "Go", callback_data: "go" }]] };
  const sent = await bot.sendMessage(8, "Hi", { reply_markup: markup });
  check("a form-encoded keyboard arrives", sent.reply_markup.inline_keyboard[0][0].callback_data === "go");
  const press = await control("press", { user_id: 8, data: "go" });
  check("its press is answered", (await bot.answerCallbackQuery(press.callback_query_id, { text: "ok" })) === true);
  await bot.getUpdates({ offset: press.update_id + 1, timeout: 0 });
  const edited = await bot.editMessageText("Bye", { chat_id: 8, message_id: sent.message_id });
  check("a form-encoded edit arrives", edited.text === "Bye" && edited.reply_markup === undefined);
  check("a photo arrives", (await bot.sendPhoto(8, png, {}, { filename: "a.png", contentType: "image/png" })).photo.length === 1);
  const shown = await bot.sendPhoto(8, png, { caption: "a" }, { filename: "a.png", contentType: "image/png" });
  const recaptioned = await bot.editMessageCaption("b", { chat_id: 8, message_id: shown.message_id, reply_markup: markup });
  check("node-telegram-bot-api edits a caption", recaptioned.caption === "b" && recaptioned.reply_markup.inline_keyboard.length === 1);
  const uncaptioned = await refusal(bot.editMessageText("c", { chat_id: 8, message_id: shown.message_id }));
  check("its text edit of a photo is refused", String(uncaptioned).includes("there is no text in the message to edit"));
  const long = await refusal(bot.sendMessage(8, "x".repeat(4097)));
  check("a text over 4096 is refused", String(long).includes("message is too long"));
  const data = await refusal(bot.sendMessage(8, "x", { reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "x".repeat(65) }]] } }));
  check("callback data over 64 bytes is refused", String(data).includes("BUTTON_DATA_INVALID"));
  await control("block", { user_id: 8, blocked: true });
  check("a blocked bot is told so", String(await refusal(bot.sendMessage(8, "x"))).includes("bot was blocked by the user"));
  const stranger = new TelegramBot("1:wrong", { baseApiUrl: url, polling: false });
  check("a wrong token is unauthorized", String(await refusal(stranger.getMe())).includes("401 Unauthorized"));
}

async function conflict() {
  const first = new TelegramBot(token, { baseApiUrl: url, polling: false });
  const second = new Bot(token, { client: { apiRoot: url } });
  const older = refusal(first.getUpdates({ timeout: 5, offset: 0 }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const newer = second.api.getUpdates({ timeout: 4 });
  check("the older long poll ends with 409", String(await older).includes("409 Conflict: terminated by other getUpdates request"));
  check("the newer one parks and ends with 200", Array.isArray(await newer));
  await second.api.setWebhook("https://example.com/hook");
  const hooked = await refusal(second.api.getUpdates());
  check("a webhook excludes getUpdates", hooked?.error_code === 409 && hooked.description.includes("webhook is active"));
  await second.api.deleteWebhook();
  check("without it getUpdates works again", Array.isArray(await second.api.getUpdates()));
}

await grammy();
await nodeTelegramBotApi();
await conflict();
console.log(`${number - failed} passed, ${failed} failed, 0 skipped`);
process.exit(failed === 0 ? 0 : 1);
