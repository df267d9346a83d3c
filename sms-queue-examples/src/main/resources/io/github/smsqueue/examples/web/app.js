// Sends what the form says, and shows what the server tells.

import { currentLanguage, has, number, setLanguage, text, translate } from './i18n.js';
import { segments } from './segments.js';
import { drawBatches, drawDeadLetters, drawEstimate, drawGateways, drawQueue } from './view.js';

const form = document.getElementById('send');
const answer = document.getElementById('answer');
const connection = document.getElementById('connection');
let snapshot = null;
let contentIsDefault = true;

// ---- the form ----

function mobiles() {
  return form.mobiles.value.split(/[,;，；、\s]+/).filter((each) => each !== '');
}

function count() {
  const content = form.content.value;
  document.getElementById('mobiles-count').value = text('send.mobiles.count', mobiles().length);
  const { encoding, parts, left } = segments(content);
  document.getElementById('content-count').value = content === '' ? ''
    : text('send.content.count', parts, { encoding: text(`encoding.${encoding}`), left: number(left) });
  estimate();
}

// ---- what it would come to ----

const ESTIMATE_AFTER_MS = 300;
let estimateTimer = 0;
let estimates = 0;
let estimated = null;

/** Asks for an estimate when nothing was typed for a moment; answers that come too late do not count. */
function estimate() {
  clearTimeout(estimateTimer);
  estimates += 1;
  const asked = estimates;
  if (mobiles().length === 0) {
    showEstimate(null);
    return;
  }
  estimateTimer = setTimeout(async () => {
    const response = await post('/api/estimate', fields(true)).catch(() => null);
    const json = response?.ok ? await response.json() : null;
    if (asked === estimates) {
      showEstimate(json);
    }
  }, ESTIMATE_AFTER_MS);
}

function showEstimate(json) {
  estimated = json;
  drawEstimate(estimated);
}

function fields(withMobiles) {
  return {
    ...(withMobiles && { mobiles: mobiles() }),
    ...(form.template_id.value.trim() !== '' && { template_id: form.template_id.value.trim() }),
    ...(form.content.value !== '' && { content: form.content.value }),
    lane: form.lane.value,
  };
}

async function submit(address, withMobiles) {
  const buttons = form.querySelectorAll('.actions button');
  buttons.forEach((button) => { button.disabled = true; });
  say('', text('answer.sending'));
  try {
    const response = await post(address, fields(withMobiles));
    const json = await response.json();
    markBad(json.field);
    say(json.success ? 'good' : 'bad', json.success ? accepted(json, withMobiles) : refused(json));
  } catch (failure) {
    say('bad', text('answer.network'));
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

let token = null;

/** Posts with the token that proves it is this page; a server that was started again has another. */
async function post(address, body) {
  const response = await postOnce(address, body);
  if (response.status !== 403) {
    return response;
  }
  token = null;
  return postOnce(address, body);
}

async function postOnce(address, body) {
  token ??= (await (await fetch('/api/token')).json()).token;
  return fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
    body: JSON.stringify(body ?? {}),
  });
}

function accepted(json, withMobiles) {
  const parts = [withMobiles ? text('answer.accepted', json.accepted) : text('answer.customers')];
  if (json.duplicates > 0) {
    parts.push(text('answer.duplicates', json.duplicates));
  }
  if (json.rejected.length > 0) {
    parts.push(text('answer.rejected', json.rejected.length));
  }
  return parts.join(' · ');
}

function refused(json) {
  const known = `answer.field.${json.field}`;
  const reason = has(known) ? `${text(known)} (${json.message})` : json.message;
  return text('answer.failed', 0, { reason });
}

function say(kind, message) {
  answer.className = `answer ${kind}`;
  answer.textContent = message;
}

function markBad(field) {
  for (const input of [form.mobiles, form.content, form.template_id]) {
    input.setAttribute('aria-invalid', input.name === field);
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  submit('/send-sms', true);
});
document.getElementById('send-customers').addEventListener('click', () => submit('/send-sms/customers', false));
form.addEventListener('input', count);
form.content.addEventListener('input', () => { contentIsDefault = false; });
for (const chip of form.querySelectorAll('[data-number]')) {
  chip.addEventListener('click', () => {
    form.mobiles.value = [...mobiles(), chip.dataset.number].join('\n');
    count();
  });
}

// ---- what the server tells ----

async function act(batchId, step) {
  await post(`/batches/${encodeURIComponent(batchId)}/${step}`).catch(() => show('lost'));
}

async function replay(id, button) {
  button.disabled = true;
  await post(`/dead-letters/${encodeURIComponent(id)}/replay`).catch(() => show('lost'));
  button.disabled = false;
}

async function actOnGateway(name, step) {
  await post(`/api/gateways/${encodeURIComponent(name)}/${step}`).catch(() => show('lost'));
}

function draw() {
  if (snapshot === null) {
    return;
  }
  const dead = Object.values(snapshot.stats.lanes).reduce((sum, lane) => sum + lane.dead, 0);
  drawQueue(snapshot.stats);
  drawGateways(snapshot.gateways, actOnGateway);
  drawBatches(snapshot.batches, act);
  drawDeadLetters(snapshot.deadLetters, dead, replay);
}

function show(state) {
  connection.dataset.state = state;
  connection.textContent = text(`connection.${state}`);
}

const events = new EventSource('/events');
events.addEventListener('snapshot', (event) => {
  snapshot = JSON.parse(event.data);
  show('live');
  draw();
});
events.addEventListener('unavailable', () => show('unavailable'));
events.addEventListener('error', () => show('lost'));

// ---- the language ----

function speak(language) {
  setLanguage(language);
  translate(document);
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', button.dataset.language === language);
  }
  if (contentIsDefault) {
    form.content.value = text('send.content.default');
  }
  say('', '');
  show(connection.dataset.state ?? 'connecting');
  count();
  drawEstimate(estimated);
  draw();
}

for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => speak(button.dataset.language));
}
speak(currentLanguage());
