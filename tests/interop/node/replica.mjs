// Replicas made of software we did not write: Yjs, and the WebsocketProvider of y-websocket. One process holds many.
//
// Commands come in as lines of JSON, `{n, do, replica?, ...}`, and each is answered by one line, `{n, ok}` or `{n, error}`.
// Nothing here polls: whatever is waited for is looked at after the event that can bring it about.

import readline from 'node:readline';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

const LOCAL = Symbol('edits of this replica');
const replicas = new Map();

// The last thing a crash of the polyfill or of a provider should be is silent.
process.on('unhandledRejection', (reason) => fail(reason));
process.on('uncaughtException', (reason) => fail(reason));

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

// --- values ---

// As `plain` of the storm makes them: bytes tagged, everything else as JSON has it.
function plain(value) {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}

function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (value !== null && typeof value === 'object') {
    if (typeof value.$bytes === 'string') return new Uint8Array(Buffer.from(value.$bytes, 'hex'));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
  }
  return value;
}

// Key order is not part of a value.
function canonical(value) {
  return JSON.stringify(value, (_key, item) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

const valuesOf = (doc) => plain(doc.getMap('els').toJSON());
const vectorOf = (doc) => Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(doc)));

// --- editing ---

function makeElement({ kind, values, text }) {
  const element = new Y.Map(Object.entries({ t: kind, ...revive(values) }));
  if (text !== null) element.set('txt', new Y.Text(text));
  if (kind === 'card') {
    const fields = Object.entries(values.d).map(([key, item]) => [key, key === 'ht' ? item : new Y.Text(item)]);
    element.set('d', new Y.Map(fields));
  }
  return element;
}

const textOf = (element, field) => (field === 'txt' ? element.get('txt') : element.get('d').get(field.slice(2)));

// The storm counts characters, Yjs counts UTF-16 units.
const units = (text, characters) => [...text.toString()].slice(0, characters).join('').length;

function carryOut(doc, action) {
  const elements = doc.getMap('els');
  if (action.do === 'create') {
    elements.set(action.id, makeElement(action));
    return;
  }
  const element = elements.get(action.id);
  if (element === undefined) return;
  switch (action.do) {
    case 'remove':
      elements.delete(action.id);
      return;
    case 'set':
      if (action.key === 'd.ht') element.get('d').set('ht', action.value);
      else element.set(action.key, revive(action.value));
      return;
    case 'unset':
      element.delete(action.key);
      return;
    case 'insert': {
      const text = textOf(element, action.field);
      text.insert(units(text, action.at), action.text);
      return;
    }
    case 'erase': {
      const text = textOf(element, action.field);
      const start = units(text, action.at);
      text.delete(start, units(text, action.at + action.count) - start);
      return;
    }
    default:
      throw new Error(`unknown action ${action.do}`);
  }
}

// --- waiting ---

// Resolves with the first value of `look` that is not undefined; looks at once, and again after each of the events.
function waitFor(what, patience, sources, look) {
  return new Promise((resolve, reject) => {
    const finish = (settle, value) => {
      clearTimeout(timer);
      for (const [emitter, event] of sources) emitter.off(event, check);
      settle(value);
    };
    const check = () => {
      const found = look();
      if (found !== undefined) finish(resolve, found);
    };
    const timer = setTimeout(() => finish(reject, new Error(`waited ${patience} ms for ${what}`)), patience);
    for (const [emitter, event] of sources) emitter.on(event, check);
    check();
  });
}

const synced = (replica, patience) =>
  waitFor('sync', patience, [[replica.provider, 'sync']], () => replica.provider.synced || undefined);

// --- commands ---

const commands = {
  open({ replica: name, url, board, token, clientId, user, patience }) {
    const doc = new Y.Doc();
    if (clientId !== null) doc.clientID = clientId;
    // BroadcastChannel would join the replicas of this process behind the server's back.
    const provider = new WebsocketProvider(url, board, doc, {
      protocols: [`harvestry.${token}`],
      WebSocketPolyfill: WebSocket,
      disableBc: true,
      connect: false,
    });
    const undo = new Y.UndoManager(doc.getMap('els'), { trackedOrigins: new Set([LOCAL]), captureTimeout: 0 });
    const replica = { doc, provider, undo, closes: [] };
    provider.on('connection-close', (event) => {
      if (event !== null) replica.closes.push({ code: event.code, reason: event.reason });
    });
    if (user !== null) provider.awareness.setLocalStateField('user', user);
    replicas.set(name, replica);
    provider.connect();
    return patience === 0 ? null : synced(replica, patience).then(() => doc.clientID);
  },
  clientId: ({ doc }) => doc.clientID,
  act({ doc }, { action }) {
    doc.transact(() => carryOut(doc, action), LOCAL);
  },
  undo: ({ undo }) => undo.undo() !== null,
  redo: ({ undo }) => undo.redo() !== null,
  values: ({ doc }) => valuesOf(doc),
  vector: ({ doc }) => vectorOf(doc),
  until({ doc }, { vector, values, patience }) {
    const wanted = { vector: vector && canonical(vector), values: values && canonical(values) };
    return waitFor('the wanted state', patience, [[doc, 'update']], () => {
      if (wanted.vector && canonical(vectorOf(doc)) !== wanted.vector) return undefined;
      if (wanted.values && canonical(valuesOf(doc)) !== wanted.values) return undefined;
      return true;
    });
  },
  disconnect: ({ provider }) => provider.disconnect(),
  connect(replica, { patience }) {
    replica.provider.connect();
    return synced(replica, patience);
  },
  // The end of the socket is an accident: the provider notices, and comes back by itself.
  cut(replica, { patience }) {
    const lost = waitFor('the loss', patience, [[replica.provider, 'status']], () =>
      replica.provider.wsconnected ? undefined : true,
    );
    replica.provider.ws.terminate();
    return lost.then(() => synced(replica, patience));
  },
  closed: ({ provider, closes }, { patience }) =>
    waitFor('the close', patience, [[provider, 'connection-close']], () => closes[0]),
  people: ({ provider }) => Object.fromEntries(provider.awareness.getStates()),
  setAwareness: ({ provider }, { state }) => provider.awareness.setLocalState(state),
  untilPerson({ provider }, { name, present, patience }) {
    return waitFor(`${name} to be ${present ? 'here' : 'gone'}`, patience, [[provider.awareness, 'change']], () => {
      const found = [...provider.awareness.getStates()].find(([, state]) => state.user?.name === name);
      return present ? found : found === undefined || undefined;
    });
  },
  sendRaw: ({ provider }, { hex }) => provider.ws.send(Buffer.from(hex, 'hex')),
  encode: ({ doc }) => Buffer.from(Y.encodeStateAsUpdate(doc)).toString('hex'),
  // What Yjs reads in bytes that somebody else wrote: a fresh document, update by update.
  read({ updates }) {
    const doc = new Y.Doc();
    for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, 'hex'));
    const pending = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
    return { values: valuesOf(doc), vector: vectorOf(doc), meta: plain(doc.getMap('meta').toJSON()), pending };
  },
  close({ provider, undo, doc }) {
    undo.destroy();
    provider.destroy();
    doc.destroy();
  },
};

const WITHOUT_REPLICA = new Set(['open', 'read']);

async function answer(line) {
  const command = JSON.parse(line);
  const reply = { n: command.n };
  try {
    const run = commands[command.do];
    if (run === undefined) throw new Error(`unknown command ${command.do}`);
    if (WITHOUT_REPLICA.has(command.do)) {
      reply.ok = (await run(command)) ?? null;
    } else {
      const replica = replicas.get(command.replica);
      if (replica === undefined) throw new Error(`no replica ${command.replica}`);
      reply.ok = (await run(replica, command)) ?? null;
      if (command.do === 'close') replicas.delete(command.replica);
    }
  } catch (error) {
    reply.error = String(error?.message ?? error);
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

readline.createInterface({ input: process.stdin }).on('line', answer).on('close', () => process.exit(0));
