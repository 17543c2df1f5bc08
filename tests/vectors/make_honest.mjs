// Records what honest replicas send: random work on boards with real Yjs, as the server would receive it.
// node tests/vectors/make_honest.mjs [first seed] [boards] [steps] > tests/vectors/honest.json
// Each line of the array: { name, updates: [hex, in order of arrival], elements: {id: plain values}, title }.
// Clients work online and offline, with and without garbage collection, undo and redo, send twice, and come back with
// one big update against the server's state vector. Text is cut at character boundaries, as our client does.

import * as Y from '../../web/node_modules/yjs/dist/yjs.mjs';

const [firstSeed = 1, boards = 14, steps = 40] = process.argv.slice(2).map(Number);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const COLOURS = ['barley', 'apricot', 'rosehip', 'damson', 'cornflower', 'mere', 'sage', 'oat'];
const WORDS = ['hello', '🍎', 'é', '👩‍🌾 x', 'story', '…', '日本', '🌾🌾', ' '];
const KINDS = ['note', 'note', 'text', 'shape', 'frame', 'conn', 'ink', 'image', 'stamp', 'card'];

function mulberry32(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function record(seed) {
  const random = mulberry32(seed * 7919 + 13);
  const below = (n) => Math.floor(random() * n);
  const pick = (list) => list[below(list.length)];
  const chance = (p) => random() < p;
  const newId = () => Array.from({ length: 12 }, () => ALPHABET[below(64)]).join('');
  const sent = [];
  const hub = new Y.Doc();
  hub.getMap('els');
  hub.getMap('meta');

  const deliver = (update) => {
    sent.push(Buffer.from(update).toString('hex'));
    Y.applyUpdate(hub, update, 'peer');
  };
  const pull = (client) =>
    Y.applyUpdate(client.doc, Y.encodeStateAsUpdate(hub, Y.encodeStateVector(client.doc)), 'hub');

  const clients = Array.from({ length: 1 + below(4) }, (_, i) => {
    const doc = new Y.Doc({ gc: chance(0.8) });
    doc.clientID = chance(0.5) ? 1000 + i * 37 + below(30) : Math.floor(random() * 2 ** (chance(0.3) ? 52 : 31)) + 5000 + i;
    const els = doc.getMap('els');
    const undo = new Y.UndoManager([els], { captureTimeout: chance(0.5) ? 0 : 1e9, trackedOrigins: new Set([null]) });
    const client = { doc, els, meta: doc.getMap('meta'), undo, online: true };
    doc.on('update', (update, origin) => {
      if (origin !== 'hub' && client.online) deliver(update);
    });
    return client;
  });

  function payloadOf(kind) {
    if (kind === 'ink') return new Uint8Array(Array.from({ length: 1 + below(40) }, () => below(256)));
    if (kind === 'conn') return { a: { id: newId() }, b: { x: below(100), y: -below(100) - 1 }, route: 'curve', label: pick(WORDS) };
    if (kind === 'image') return { hash: 'ab'.repeat(32), w: 10, h: 20, alt: pick(WORDS) };
    if (kind === 'stamp') return { stamp: 'heart' };
    if (kind === 'shape') return { shape: 'ellipse' };
    if (kind !== 'card') return undefined;
    const fields = new Y.Map();
    fields.set('ht', 'action');
    fields.set('what', new Y.Text('w🍎'));
    fields.set('who', new Y.Text());
    return fields;
  }

  function create(client) {
    const kind = pick(KINDS);
    const entries = [['t', kind], ['g', [below(2e6) - 1e6, below(900), 1 + below(500), 1 + below(300)]]];
    if (!['ink', 'image', 'conn', 'stamp'].includes(kind)) entries.push(['txt', new Y.Text(chance(0.5) ? pick(WORDS) : '')]);
    if (chance(0.6)) entries.push(['z', `a${below(1e6).toString(36)}`]);
    if (chance(0.5)) entries.push(['c', pick(COLOURS)]);
    if (chance(0.2)) entries.push(['p', null]);
    if (chance(0.3)) entries.push(['s', { no: below(9), prompt: pick(WORDS), w: 0.5 + below(4), b: true }]);
    const payload = payloadOf(kind);
    if (payload !== undefined) entries.push(['d', payload]);
    entries.sort(() => random() - 0.5);
    const element = new Y.Map();
    for (const [key, value] of entries) element.set(key, value);
    client.els.set(newId(), element);
  }

  function type(text) {
    const characters = [...text.toString()];
    const offset = (n) => characters.slice(0, n).join('').length;
    const from = below(characters.length + 1);
    const to = Math.min(characters.length, from + 1 + below(4));
    if (chance(0.6) || to <= from) text.insert(offset(from), pick(WORDS));
    else text.delete(offset(from), offset(to) - offset(from));
  }

  function act(client) {
    const ids = [...client.els.keys()];
    const roll = random();
    if (ids.length < 2 || roll < 0.15) return client.doc.transact(() => create(client), null);
    if (roll < 0.18) return client.meta.set('title', pick(WORDS));
    const id = pick(ids);
    const element = client.els.get(id);
    const gesture = (change) => client.doc.transact(() => { for (let n = 1 + below(3); n > 0; n--) change(); }, null);
    if (roll < 0.4) return gesture(() => element.set('g', [below(999), below(999), 184, 104]));
    if (roll < 0.62) {
      const fields = element.get('d');
      const text = fields instanceof Y.Map && chance(0.5) ? fields.get(pick(['what', 'who'])) : element.get('txt');
      if (text instanceof Y.Text) gesture(() => type(text));
      return undefined;
    }
    if (roll < 0.68) return client.doc.transact(() => element.set('del', 1), null);
    if (roll < 0.72) return element.set('c', pick(COLOURS));
    if (roll < 0.75) return element.has('c') ? element.delete('c') : element.set('c', 'oat');
    if (roll < 0.77) return element.set('lk', below(2));
    if (roll < 0.79) return client.doc.transact(() => client.els.delete(id), 'not to be undone');
    if (roll < 0.9) return client.undo.undo();
    if (roll < 0.97) return client.undo.redo();
    return client.undo.stopCapturing();
  }

  for (let step = 0; step < steps; step++) {
    const client = pick(clients);
    if (chance(0.1)) {
      if (!client.online) {
        pull(client);
        deliver(Y.encodeStateAsUpdate(client.doc, Y.encodeStateVector(hub)));
      }
      client.online = !client.online;
    }
    if (client.online && chance(0.5)) pull(client);
    if (sent.length && chance(0.03)) sent.push(pick(sent));
    for (let n = client.online ? 1 : 1 + below(5); n > 0; n--) act(client);
  }
  for (const client of clients.filter((one) => !one.online)) {
    pull(client);
    deliver(Y.encodeStateAsUpdate(client.doc, chance(0.5) ? Y.encodeStateVector(hub) : undefined));
  }
  const plain = (value) => {
    if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
    if (value instanceof Y.Text) return value.toString();
    if (value instanceof Y.Map) return Object.fromEntries([...value.entries()].map(([key, item]) => [key, plain(item)]));
    return value;
  };
  return { name: `board ${seed}`, updates: sent, elements: plain(hub.getMap('els')), title: hub.getMap('meta').get('title') ?? '' };
}

const lines = Array.from({ length: boards }, (_, i) => JSON.stringify(record(firstSeed + i)));
process.stdout.write(`[\n${lines.join(',\n')}\n]\n`);
