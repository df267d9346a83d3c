// Draws snapshots. Elements are kept from one snapshot to the next, so that bars move and the
// focus stays where it is.

import { duration, money, number, share, text, time } from './i18n.js';

const SETTLED = ['DELIVERED', 'SENT', 'UNDELIVERED', 'REJECTED', 'FAILED', 'UNKNOWN', 'EXPIRED', 'SUPPRESSED', 'CANCELLED'];
const STATES = [...SETTLED, 'SENDING', 'PENDING'];
const LANES = ['URGENT', 'NORMAL', 'BULK'];
const WORK = ['ready', 'delayed', 'leased', 'parked'];

/** An element with a class and children. */
function el(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

function setText(element, value) {
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/** Makes the children of `parent` show `items` in their order, one element an item. */
function keep(parent, items, key, create, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, index) => {
    const element = known.get(key(item)) ?? create(item);
    known.delete(key(item));
    element.dataset.key = key(item);
    if (parent.children[index] !== element) {
      parent.insertBefore(element, parent.children[index] ?? null);
    }
    update(element, item);
  });
  known.forEach((gone) => gone.remove());
}

export function drawQueue(stats) {
  const depths = LANES.map((lane) => depth(stats.lanes[lane]));
  const deepest = Math.max(1, ...depths);
  keep(document.getElementById('lanes'), LANES, (lane) => lane, newLane, (row, lane) => {
    const counts = stats.lanes[lane];
    row.dataset.depth = depth(counts);
    setText(row.querySelector('.name'), text(`lane.${lane}`));
    setText(row.querySelector('.depth'), text('queue.tasks', depth(counts)));
    row.querySelector('.bar > span').style.width = `${(100 * depth(counts)) / deepest}%`;
    const parts = [...WORK, 'dead'].filter((part) => counts[part] > 0)
      .map((part) => `${text(`queue.${part}`)} ${number(counts[part])}`);
    setText(row.querySelector('.parts'), parts.join(' · ') || '—');
  });
}

function depth(counts) {
  return WORK.reduce((sum, part) => sum + counts[part], 0);
}

function newLane(lane) {
  return el('div', `lane ${lane.toLowerCase()}`,
    el('span', 'name'), el('span', 'depth'), el('span', 'bar', el('span', '')), el('span', 'parts'));
}

/** What the batch in the form would come to; null when nobody can say. */
export function drawEstimate(estimate) {
  const line = document.getElementById('estimate');
  line.hidden = estimate === null;
  if (estimate === null) {
    return;
  }
  const parts = [
    text('estimate.recipients', estimate.recipients),
    text('estimate.segments', estimate.segments),
    ...(estimate.cost ? [money(estimate.cost.amount, estimate.cost.currency)] : []),
    ...(estimate.seconds !== null ? [text('estimate.time', 0, { time: duration(estimate.seconds) })] : []),
    ...['duplicates', 'invalid', 'suppressed'].filter((kind) => estimate[kind] > 0)
      .map((kind) => text(`estimate.${kind}`, estimate[kind])),
  ];
  setText(line, parts.join(' · '));
}

export function drawGateways(gateways, act) {
  keep(document.getElementById('gateways'), gateways, (gateway) => gateway.name,
    (gateway) => newGateway(gateway.name, act), updateGateway);
}

function newGateway(name, act) {
  const buttons = ['pause', 'resume'].map((step) => {
    const button = el('button', step);
    button.type = 'button';
    button.addEventListener('click', async () => {
      button.disabled = true;
      await act(name, step);
      button.disabled = false;
    });
    return button;
  });
  return el('li', 'gateway',
    el('div', 'line', el('strong', 'name'), el('span', 'badge status'), el('span', 'figures'),
      el('span', 'buttons', ...buttons)),
    el('p', 'why'));
}

function updateGateway(row, gateway) {
  const { pause } = gateway;
  const status = pause ? 'paused' : gateway.workers === 0 ? 'idle' : gateway.demotedBy > 0 ? 'demoted'
    : gateway.pace < 1 ? 'slowed' : 'live';
  row.dataset.status = status;
  setText(row.querySelector('.name'), gateway.name);
  setText(row.querySelector('.status'), text(`gateway.${status}`));
  const rate = gateway.perSecond === null ? text('gateway.unlimited')
    : text('gateway.rate', 0, { rate: number(gateway.perSecond) });
  setText(row.querySelector('.figures'), [
    text('gateway.workers', gateway.workers),
    gateway.pace < 1 ? `${rate} × ${share(gateway.pace)}` : rate,
    text('gateway.errors', 0, { share: share(gateway.errorRate) }),
  ].join(' · '));
  const why = row.querySelector('.why');
  why.hidden = pause === null;
  setText(why, pause === null ? '' : [
    text('gateway.why', 0, { reason: pause.reason, time: time(pause.since) }),
    ...(pause.remainingSeconds === null ? []
      : [text('gateway.remaining', 0, { time: duration(pause.remainingSeconds) })]),
  ].join(' · '));
  for (const step of ['pause', 'resume']) {
    const button = row.querySelector(`.${step}`);
    setText(button, text(`batch.${step}`));
    button.hidden = (step === 'pause') === (pause !== null);
  }
}

export function drawBatches(batches, act) {
  const list = document.getElementById('batches');
  keep(list, batches, (batch) => batch.batchId, (batch) => newBatch(batch, act), updateBatch);
}

function newBatch(batch, act) {
  const bar = el('div', 'progress', ...STATES.map((state) => el('span', state.toLowerCase())));
  bar.setAttribute('role', 'progressbar');
  bar.setAttribute('aria-valuemin', '0');
  bar.setAttribute('aria-valuemax', '100');
  const buttons = ['pause', 'resume', 'cancel'].map((step) => {
    const button = el('button', step);
    button.type = 'button';
    button.addEventListener('click', () => act(batch.batchId, step));
    return button;
  });
  return el('li', 'batch',
    el('div', 'line', el('code', 'id'), el('span', 'badge lane-name'), el('span', 'badge status'),
      el('time', 'when'), el('span', 'buttons', ...buttons)),
    bar,
    el('div', 'line', el('strong', 'percent'), el('span', 'done'), el('span', 'states')));
}

function updateBatch(row, batch) {
  const done = SETTLED.reduce((sum, state) => sum + (batch.states[state] ?? 0), 0);
  // 100 % is said when it is true, not when it is near.
  const percent = batch.completed ? 100 : Math.min(99, Math.floor((100 * done) / Math.max(1, batch.total)));
  const status = statusOf(batch);
  row.dataset.status = status;
  setText(row.querySelector('.id'), shortId(batch.batchId));
  row.querySelector('.id').title = batch.batchId;
  setText(row.querySelector('.lane-name'), text(`lane.${batch.lane}`));
  setText(row.querySelector('.status'), text(`batch.${status}`));
  setText(row.querySelector('.when'), when(batch));
  drawProgress(row.querySelector('.progress'), batch, percent);
  setText(row.querySelector('.percent'), `${percent} %`);
  setText(row.querySelector('.done'), text('batch.progress', 0, { done: number(done), total: number(batch.total) }));
  drawStates(row.querySelector('.states'), batch.states);
  for (const step of ['pause', 'resume', 'cancel']) {
    const button = row.querySelector(`.${step}`);
    setText(button, text(`batch.${step}`));
    button.hidden = batch.completed || batch.cancelled || (step === 'pause' ? batch.paused : step === 'resume' && !batch.paused);
  }
}

function statusOf(batch) {
  if (batch.cancelled) {
    return 'cancelled';
  }
  if (batch.completed) {
    return 'completed';
  }
  return batch.paused ? 'paused' : batch.expanding ? 'expanding' : 'sending';
}

function when(batch) {
  const seconds = (new Date(batch.completedAt) - new Date(batch.createdAt)) / 1000;
  const took = batch.completed ? ` · ${text('batch.took', 0, { time: duration(seconds) })}` : '';
  return time(batch.createdAt) + took;
}

function drawProgress(bar, batch, percent) {
  bar.setAttribute('aria-valuenow', percent);
  bar.setAttribute('aria-label', text('batch.progress.label', 0, { id: shortId(batch.batchId) }));
  STATES.forEach((state, index) => {
    const part = (batch.states[state] ?? 0) / Math.max(1, batch.total);
    bar.children[index].style.width = `${100 * part}%`;
  });
}

function drawStates(list, states) {
  keep(list, STATES.filter((state) => states[state] > 0), (state) => state,
    (state) => el('span', `state ${state.toLowerCase()}`),
    (chip, state) => setText(chip, `${text(`state.${state}`)} ${number(states[state])}`));
}

function shortId(id) {
  return id.length > 12 ? `…\u2060${id.slice(-8)}` : id;
}

export function drawDeadLetters(letters, total, replay) {
  setText(document.getElementById('dead-count'), total > 0 ? number(total) : '');
  keep(document.getElementById('dead'), letters, (letter) => letter.id,
    (letter) => {
      const button = el('button', 'replay');
      button.type = 'button';
      button.addEventListener('click', () => replay(letter.id, button));
      return el('li', 'letter', el('div', '', el('strong', 'reason'), el('p', 'of')), button);
    },
    (row, letter) => {
      setText(row.querySelector('.reason'), letter.reason);
      const of = text('dead.of', letter.recipients, { id: shortId(letter.batchId) });
      setText(row.querySelector('.of'), `${time(letter.at)} · ${text(`lane.${letter.lane}`)} · ${of}`);
      setText(row.querySelector('.replay'), text('dead.replay'));
    });
}
