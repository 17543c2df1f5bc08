// People on real Yjs: a large board made by several of them, and the small updates that each gesture on it sends.
// node _people.mjs ELEMENTS UPDATES > {state: base64, streams: {gesture: [base64 …]}}

import * as Y from '../../web/node_modules/yjs/dist/yjs.mjs';

const [elements, count] = process.argv.slice(2).map(Number);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const COLOURS = ['barley', 'apricot', 'rosehip', 'damson', 'cornflower', 'mere', 'sage', 'oat'];
const WORDS = ['harvest', 'orchard', 'mend', 'who', 'carries', 'this', 'forward', 'soil', 'and', 'what', 'grows', 'é', '🍎'];
const PEOPLE = 8;

let seed = 20_240_917;
function below(n) {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
}
const pick = (list) => list[below(list.length)];
const words = (n) => Array.from({ length: n }, () => pick(WORDS)).join(' ');
const newId = () => Array.from({ length: 12 }, () => ALPHABET[below(64)]).join('');

function addNote(els) {
  const values = {
    t: 'note',
    g: [below(40_000) - 20_000, below(40_000) - 20_000, 184, 104],
    p: null,
    z: `a${below(2 ** 30).toString(36)}`,
    c: pick(COLOURS),
    lk: 0,
    s: { size: 14, bold: false },
    txt: new Y.Text(words(6)),
  };
  els.set(newId(), new Y.Map(Object.entries(values)));
}

// Everybody makes a share of the elements, and changes some of those that others made.
let state;
for (let person = 0; person < PEOPLE; person++) {
  const doc = new Y.Doc();
  doc.clientID = 3_000_000_000 + person * 7_777_777;
  if (state) Y.applyUpdate(doc, state);
  const els = doc.getMap('els');
  for (let n = 0; n < elements / PEOPLE; n++) doc.transact(() => addNote(els));
  const ids = [...els.keys()];
  for (let n = 0; n < ids.length / 10; n++) {
    const element = els.get(pick(ids));
    doc.transact(() => element.set('g', [below(20_000), below(20_000), 184, 104]));
    doc.transact(() => element.get('txt').insert(0, 'so: '));
  }
  state = Y.encodeStateAsUpdate(doc);
}

function* each(ids, gesture) {
  for (const id of ids) yield () => gesture(id);
}

const GESTURES = {
  *drag(els, ids) {
    for (const id of ids) {
      const [x, y] = els.get(id).get('g');
      for (let step = 0; step < 60; step++) yield () => els.get(id).set('g', [x + 3 * step, y - 2 * step, 184, 104]);
    }
  },
  *typing(els, ids) {
    for (const id of ids) {
      const text = els.get(id).get('txt');
      for (const letter of words(12)) yield () => text.insert(text.length, letter);
    }
  },
  *erasing(els, ids) {
    for (const id of ids) {
      const text = els.get(id).get('txt');
      for (const letter of [...text.toString()].slice(0, 20)) yield () => text.delete(0, letter.length);
    }
  },
  recolour: (els, ids) => each(ids, (id) => els.get(id).set('c', pick(COLOURS))),
  create: (els, ids) => each(ids, () => addNote(els)),
  // As our own client deletes: a flag, so that undo brings a colleague's words back.
  delete: (els, ids) => each(ids, (id) => els.get(id).set('del', 1)),
  // As any Yjs client can.
  remove: (els, ids) => each(ids, (id) => els.delete(id)),
};

const streams = {};
for (const [name, gesture] of Object.entries(GESTURES)) {
  const doc = new Y.Doc();
  doc.clientID = 2_147_483_647;
  Y.applyUpdate(doc, state);
  const els = doc.getMap('els');
  const ids = [...els.keys()];
  for (let n = ids.length - 1; n > 0; n--) {
    const other = below(n + 1);
    [ids[n], ids[other]] = [ids[other], ids[n]];
  }
  const sent = [];
  doc.on('update', (update) => sent.push(Buffer.from(update).toString('base64')));
  for (const change of gesture(els, ids)) {
    doc.transact(change);
    if (sent.length >= count) break;
  }
  streams[name] = sent;
}
console.log(JSON.stringify({ state: Buffer.from(state).toString('base64'), streams }));
