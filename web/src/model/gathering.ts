/**
 * The gathering as the server tells of it: what everybody of a role sees (`Gathering`), and what one seat sees beside that (`Own`).
 *
 * `docs/gathering.md` says what each field means; names are those of the wire. Reading is tolerant, because a newer server may say
 * more, and one that lacks an area says less: what is missing or not understood is as if it were nothing. Times are Unix
 * milliseconds of the server's clock.
 */

export type GatheringRole = 'host' | 'cohost' | 'harvester' | 'table' | 'participant' | 'observer' | 'display';
export type Stage = 'none' | 'ready' | 'live' | 'closed';
export type Writers = 'all' | 'table' | 'scribe' | 'host' | 'harvest';
export type Visibility = 'open' | 'table' | 'sealed-open' | 'sealed-table';
export type Attribution = 'named' | 'table' | 'none';
export type Moving = 'own' | 'table' | 'all' | 'nobody';
export type PollKind = 'dots' | 'consent' | 'fist' | 'rating';
export type Capture = 'named' | 'role' | 'chatham' | 'nothing';
export type Names = 'none' | 'commit' | 'lead';
/** What somebody takes upon themselves in a record. */
export type Part = 'commit' | 'lead' | 'help';
export type Asking = 'hand' | 'pause' | 'word';

/** A region that is open for writing, and on what terms. */
export interface Opening {
  readonly region: string;
  readonly writers: Writers;
  readonly visibility: Visibility;
  readonly attribution: Attribution;
  /** How many notes one person writes; 0 for as many as they like. */
  readonly limit: number;
  /** UTF-16 units of a note that is held. */
  readonly longest: number;
}

export interface PollPlan {
  readonly kind: PollKind;
  readonly question: string;
  readonly region: string | null;
  /** Dots each person has, and how many of them may go to one thing. */
  readonly budget: number;
  readonly most: number;
}

export interface Phase {
  readonly key: string;
  readonly title: string;
  readonly instruction: string;
  readonly minutes: number;
  readonly opens: readonly Opening[];
  readonly moving: Moving;
  readonly poll: PollPlan | null;
  /** People are asked with whom they would like to go on. */
  readonly connects: boolean;
  readonly cursors: 'hosts' | 'all' | 'nobody';
  /** Whoever hosts a table may show it its own notes before hosts do. */
  readonly tablesReveal: boolean;
  readonly yields: string;
  readonly check: string;
  readonly skipped: boolean;
  /** When it was opened last, and left; `null` before. */
  readonly opened: number | null;
  readonly left: number | null;
  /** How long it was open before it was opened last, and what was added to its minutes; ms. */
  readonly spent: number;
  readonly extra: number;
  readonly revealed: boolean;
}

/** One of the things that a record says. */
export interface RecordField {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly needed: boolean;
}

export interface Region {
  readonly key: string;
  readonly title: string;
  readonly prompt: string;
  readonly kind: string;
  /** Its frame on the board. */
  readonly element: string | null;
  readonly makes: string;
  /** What each record in it says; nothing where it is for notes. */
  readonly fields: readonly RecordField[];
  /** How people put their own names on these records. */
  readonly names: Names;
}

export interface Timer {
  /** `null` while the clock is stopped. */
  readonly ends: number | null;
  /** What is left while it is stopped, in ms. */
  readonly left: number;
}

export interface Show {
  readonly stage: Stage;
  readonly title: string;
  readonly purpose: string;
  /** The phase that goes on. */
  readonly at: string | null;
  readonly started: number | null;
  readonly closed: number | null;
  readonly timer: Timer | null;
  readonly capture: Capture;
  readonly phases: readonly Phase[];
  readonly regions: readonly Region[];
}

export interface AskedFor {
  readonly seat: string;
  readonly what: Asking;
  readonly at: number;
}

export interface People {
  readonly lead: string | null;
  readonly seats: number;
  readonly roles: ReadonlyMap<string, GatheringRole>;
  readonly tables: ReadonlyMap<string, string>;
  /** The table of a seat. */
  readonly at: ReadonlyMap<string, string>;
  /** Told to hosts alone. */
  readonly consented: { readonly yes: number; readonly no: number; readonly open: number } | null;
  readonly lobby: boolean;
  /** Those who wait to be let in, by seat. Told to hosts alone, as is what follows. */
  readonly waiting: readonly string[];
  /** What those call themselves, who have no seat in the room yet. */
  readonly waitingNames: ReadonlyMap<string, string>;
  readonly asking: readonly AskedFor[];
  /** Since when a seat has been gone. */
  readonly away: ReadonlyMap<string, number>;
  /** The leading host has been gone for so long that others may lead. */
  readonly offer: { readonly lead: string; readonly at: number } | null;
}

export interface Sealing {
  /** In per cent, in quarters; `null` where it is not told. */
  readonly progress: number | null;
  /** Regions whose notes are with all their tables by now, and not yet with everybody. */
  readonly handed: readonly string[];
  readonly withdrawn: number;
  /** When something was withdrawn last; ms since 1970. */
  readonly withdrawnAt: number | null;
  /** Notes without a name that somebody asks hosts to withdraw; hosts alone are told. */
  readonly pleas: readonly string[];
}

/** Why somebody objected, or was concerned. */
export interface Objection {
  readonly id: string;
  readonly round: number;
  readonly reason: string;
  readonly met: boolean;
  /** The seat that gave it, if it wished its name to stand with it. */
  readonly by: string | null;
}

export interface Result {
  readonly n: number;
  /** Too few took part to tell what they chose. */
  readonly suppressed: boolean;
  /** By element, or by answer. */
  readonly totals: ReadonlyMap<string, number>;
  readonly mean: number | null;
  /** The lowest and the highest that was given. */
  readonly spread: readonly [number, number] | null;
  /** Means by element, where things are rated. */
  readonly means: ReadonlyMap<string, number>;
  readonly outcome: 'consented' | 'concerns' | 'objections' | null;
  /** Things whose words were changed after the round began. */
  readonly changed: readonly string[];
}

export interface Poll {
  readonly poll: string;
  readonly kind: PollKind;
  readonly question: string;
  readonly region: string | null;
  readonly budget: number;
  readonly most: number;
  readonly about: string | null;
  readonly phase: string | null;
  readonly open: boolean;
  readonly turnout: number;
  readonly of: number;
  readonly round: number;
  readonly objections: readonly Objection[];
  readonly concerns: readonly Objection[];
  readonly result: Result | null;
}

export interface Deciding {
  readonly polls: readonly Poll[];
}

export interface Summon {
  readonly by: string;
  readonly region: string | null;
  /** x, y, width, height in world units. */
  readonly view: readonly [number, number, number, number] | null;
  /** Until when the view is held; `null` if it is not. */
  readonly until: number | null;
  readonly hold: boolean;
}

export interface SetAside {
  readonly element: string;
  readonly region: string | null;
  readonly reason: string;
}

export interface PowerUsed {
  readonly at: number;
  readonly by: string;
  readonly what: string;
  readonly about: string | null;
}

export interface TeamWord {
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

export interface Rung {
  readonly at: number;
  readonly by: string;
}

export interface Moderating {
  readonly locked: readonly string[];
  readonly aside: readonly SetAside[];
  readonly rewording: readonly string[];
  readonly summon: Summon | null;
  readonly spotlight: string | null;
  readonly cursors: boolean;
  /** Whether displays show how to join. */
  readonly door: boolean;
  readonly powers: readonly PowerUsed[];
  readonly team: readonly TeamWord[];
  /** When the bell rang last. */
  readonly bell: Rung | null;
}

/** How many have finished: in quarters, or as a count; nothing where neither is told. */
export interface Finishing {
  readonly share: number | null;
  readonly count: number | null;
  readonly of: number | null;
}

/** Somebody of the host team sits in with a table, or is about to. */
export interface Visit {
  readonly seat: string;
  readonly table: string;
  /** From when on they see what the table sees. */
  readonly from: number;
  readonly here: boolean;
}

/** What only hosts do, and others ask them for. */
export interface Request {
  readonly request: string;
  readonly at: number;
  readonly by: string;
  readonly what: 'time' | 'stop' | 'move' | 'aside' | 'restore';
  readonly seconds: number;
  readonly stopped: boolean;
  /** Who is to move to `table`. */
  readonly who: string | null;
  readonly table: string | null;
  readonly element: string | null;
  readonly reason: string;
}

/** A time of one table within the step. */
export interface TableTimer {
  readonly ends: number;
  readonly seconds: number;
}

export interface Tables {
  /** Whether people choose where they sit. */
  readonly choosing: boolean;
  /** By table; told to the host team alone. */
  readonly timers: ReadonlyMap<string, TableTimer>;
  readonly summons: ReadonlyMap<string, Summon>;
}

/** A name that its owner put on a record. */
export interface RecordName {
  readonly seat: string;
  readonly part: Part;
  /** A digest of what the record promised then. */
  readonly words: string;
}

export interface Recording {
  /** By element; whoever came first in front. */
  readonly names: ReadonlyMap<string, readonly RecordName[]>;
  readonly agreed: readonly string[];
}

export interface Gathering {
  readonly show: Show;
  readonly people: People;
  readonly sealing: Sealing;
  readonly deciding: Deciding;
  readonly moderating: Moderating;
  /** Told to hosts alone. */
  readonly requests: readonly Request[];
  readonly tables: Tables;
  /** That all of it is to be erased, by whose wish, and when. */
  readonly erasing: { readonly by: string; readonly due: number } | null;
  readonly recording: Recording;
  readonly finishing: Finishing;
  readonly visits: readonly Visit[];
}

/** A note of one's own, or of one's table, that is held until the reveal. */
export interface SealedNote {
  readonly note: string;
  readonly region: string;
  readonly phase: string | null;
  readonly text: string;
  /** It missed its reveal. */
  readonly late: boolean;
  /** The table it is shared with; `null` if it is one's own alone. */
  readonly table: string | null;
  /** The seat that wrote it, where the table reads it with its name. */
  readonly by: string | null;
}

export interface Own {
  readonly people: {
    readonly role: GatheringRole | null;
    readonly table: string | null;
    /** Whether one's words may be kept for the harvest; `null` until one has said so. */
    readonly consent: boolean | null;
    readonly waiting: boolean;
    readonly asking: readonly Asking[];
  };
  readonly sealing: {
    readonly notes: readonly SealedNote[];
    /** Regions whose notes one's own table reads by now, and not yet everybody. */
    readonly handed: readonly string[];
  };
  readonly deciding: { readonly cast: readonly string[] };
  readonly requests: readonly Request[];
  readonly tables: { readonly timer: TableTimer | null; readonly summon: Summon | null };
  /** By seat: who would like to go on with one, with whom one would like to, and where both have said so. */
  readonly connecting: {
    readonly offered: readonly string[];
    readonly offering: readonly string[];
    readonly mutual: readonly string[];
  };
  readonly recording: {
    /** What one is asked to lead, and by whom. */
    readonly offered: readonly { readonly element: string; readonly by: string }[];
    /** What one has asked others to lead. */
    readonly offering: readonly { readonly element: string; readonly to: string; readonly declined: boolean }[];
  };
  readonly finished: boolean;
}

const ROLES = ['host', 'cohost', 'harvester', 'table', 'participant', 'observer', 'display'] as const;
const ASKINGS = ['hand', 'pause', 'word'] as const;
const POLL_KINDS = ['dots', 'consent', 'fist', 'rating'] as const;

export function readGathering(value: unknown): Gathering {
  const areas = fields(value);
  return {
    show: readShow(fields(areas.show)),
    people: readPeople(fields(areas.people)),
    sealing: readSealing(fields(areas.sealing)),
    deciding: { polls: each(fields(areas.deciding).polls, readPoll) },
    moderating: readModerating(fields(areas.moderating)),
    requests: each(fields(areas.requests).open, readRequest),
    tables: readTables(fields(areas.tables)),
    erasing: readErasing(fields(areas.erasing)),
    recording: {
      names: map(fields(areas.recording).names, (of) => each(of, readName)),
      agreed: each(fields(areas.recording).agreed, words),
    },
    finishing: readFinishing(fields(areas.finishing)),
    visits: readVisits(fields(areas.visiting)),
  };
}

export function readOwn(value: unknown): Own {
  const areas = fields(value);
  const people = fields(areas.people);
  return {
    people: {
      role: some(people.role, ROLES),
      table: words(people.table),
      consent: flag(people.consent),
      waiting: people.waiting === true,
      asking: each(people.asking, (what) => some(what, ASKINGS)),
    },
    sealing: {
      notes: each(fields(areas.sealing).notes, readSealedNote),
      handed: each(fields(areas.sealing).handed, words),
    },
    deciding: { cast: each(fields(areas.deciding).cast, words) },
    requests: each(fields(areas.requests).open, readRequest),
    tables: { timer: readTimer(fields(areas.tables).timer), summon: readSummon(fields(areas.tables).summon) },
    recording: readOffers(fields(areas.recording)),
    finished: fields(areas.finishing).finished === true,
    connecting: {
      offered: each(fields(areas.connecting).offered, words),
      offering: each(fields(areas.connecting).offering, words),
      mutual: each(fields(areas.connecting).mutual, words),
    },
  };
}

export const NO_GATHERING: Gathering = readGathering(null);
export const NOTHING_OWN: Own = readOwn(null);

// ── By area ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Fields = Readonly<Record<string, unknown>>;

function readShow(show: Fields): Show {
  const timer = fields(show.timer);
  const ends = number(timer.ends);
  return {
    stage: some(show.stage, ['none', 'ready', 'live', 'closed']) ?? 'none',
    title: words(show.title) ?? '',
    purpose: words(show.purpose) ?? '',
    at: words(show.at),
    started: number(show.started),
    closed: number(show.closed),
    timer: ends === null && number(timer.left) === null ? null : { ends, left: number(timer.left) ?? 0 },
    capture: some(show.capture, ['named', 'role', 'chatham', 'nothing']) ?? 'nothing',
    phases: each(show.phases, readPhase),
    regions: each(show.regions, readRegion),
  };
}

function readPhase(value: unknown): Phase | null {
  const phase = fields(value);
  const key = words(phase.key);
  if (key === null) return null;
  return {
    key,
    title: words(phase.title) ?? '',
    instruction: words(phase.instruction) ?? '',
    minutes: number(phase.minutes) ?? 0,
    opens: each(phase.opens, readOpening),
    moving: some(phase.moving, ['own', 'table', 'all', 'nobody']) ?? 'nobody',
    poll: readPollPlan(phase.poll),
    connects: phase.connects === true,
    cursors: some(phase.cursors, ['hosts', 'all', 'nobody']) ?? 'nobody',
    tablesReveal: phase.tables_reveal === true,
    yields: words(phase.yields) ?? '',
    check: words(phase.check) ?? '',
    skipped: phase.skipped === true,
    opened: number(phase.opened),
    left: number(phase.left),
    spent: number(phase.spent) ?? 0,
    extra: number(phase.extra) ?? 0,
    revealed: phase.revealed === true,
  };
}

/** Terms that are not understood are no terms to write under: the region counts as closed. */
function readOpening(value: unknown): Opening | null {
  const opening = fields(value);
  const region = words(opening.region);
  const writers = some(opening.writers, ['all', 'table', 'scribe', 'host', 'harvest']);
  const visibility = some(opening.visibility, ['open', 'table', 'sealed-open', 'sealed-table']);
  const attribution = some(opening.attribution, ['named', 'table', 'none']);
  if (region === null || writers === null || visibility === null || attribution === null) return null;
  return {
    region,
    writers,
    visibility,
    attribution,
    limit: number(opening.limit) ?? 0,
    longest: number(opening.longest) ?? 280,
  };
}

function readField(value: unknown): RecordField | null {
  const field = fields(value);
  const key = words(field.key);
  if (key === null) return null;
  return { key, label: words(field.label) ?? key, hint: words(field.hint) ?? '', needed: field.needed === true };
}

function readName(value: unknown): RecordName | null {
  const [seat, part, digest] = each(value, words);
  const known = some(part, ['commit', 'lead', 'help']);
  return seat === undefined || known === null || digest === undefined ? null : { seat, part: known, words: digest };
}

function readOffers(recording: Fields): Own['recording'] {
  return {
    offered: each(recording.offered, (value) => {
      const [element, by] = each(value, words);
      return element === undefined || by === undefined ? null : { element, by };
    }),
    offering: each(recording.offering, (value) => {
      const [element, to] = each(value, words);
      const declined = Array.isArray(value) && value[2] === true;
      return element === undefined || to === undefined ? null : { element, to, declined };
    }),
  };
}

function readPollPlan(value: unknown): PollPlan | null {
  const poll = fields(value);
  const kind = some(poll.kind, POLL_KINDS);
  if (kind === null) return null;
  return {
    kind,
    question: words(poll.question) ?? '',
    region: words(poll.region),
    budget: number(poll.budget) ?? 3,
    most: number(poll.most) ?? 1,
  };
}

function readRegion(value: unknown): Region | null {
  const region = fields(value);
  const key = words(region.key);
  if (key === null) return null;
  return {
    key,
    title: words(region.title) ?? '',
    prompt: words(region.prompt) ?? '',
    kind: words(region.kind) ?? 'notes',
    element: words(region.element),
    makes: words(region.makes) ?? '',
    fields: each(region.fields, readField),
    names: some(region.names, ['none', 'commit', 'lead']) ?? 'none',
  };
}

function readPeople(people: Fields): People {
  const consented = people.consented;
  const counts = fields(consented);
  const offer = fields(people.offer);
  return {
    lead: words(people.lead),
    seats: number(people.seats) ?? 0,
    roles: map(people.roles, (role) => some(role, ROLES)),
    tables: map(people.tables, words),
    at: map(people.at, words),
    consented:
      typeof consented === 'object' && consented !== null
        ? { yes: number(counts.yes) ?? 0, no: number(counts.no) ?? 0, open: number(counts.open) ?? 0 }
        : null,
    lobby: people.lobby === true,
    waiting: [...map(people.waiting, words).keys()],
    waitingNames: map(people.waiting, words),
    asking: each(people.asking, (value) => {
      const [seat, what, at] = each(value, (part) => part);
      const known = some(what, ASKINGS);
      return typeof seat === 'string' && known !== null ? { seat, what: known, at: number(at) ?? 0 } : null;
    }),
    away: map(people.away, number),
    offer: typeof offer.lead === 'string' ? { lead: offer.lead, at: number(offer.at) ?? 0 } : null,
  };
}

function readSealing(sealing: Fields): Sealing {
  return {
    progress: number(sealing.progress),
    handed: each(sealing.handed, words),
    withdrawn: number(sealing.withdrawn) ?? 0,
    withdrawnAt: number(sealing.withdrawn_at),
    pleas: each(sealing.pleas, words),
  };
}

function readSealedNote(value: unknown): SealedNote | null {
  const sealed = fields(value);
  const note = words(sealed.note);
  const region = words(sealed.region);
  if (note === null || region === null) return null;
  return {
    note,
    region,
    phase: words(sealed.phase),
    text: words(sealed.text) ?? '',
    late: sealed.late === true,
    table: words(sealed.table),
    by: words(sealed.seat),
  };
}

function readPoll(value: unknown): Poll | null {
  const poll = fields(value);
  const id = words(poll.poll);
  const kind = some(poll.kind, POLL_KINDS);
  if (id === null || kind === null) return null;
  return {
    poll: id,
    kind,
    question: words(poll.question) ?? '',
    region: words(poll.region),
    budget: number(poll.budget) ?? 3,
    most: number(poll.most) ?? 1,
    about: words(poll.about),
    phase: words(poll.phase),
    open: poll.open === true,
    turnout: number(poll.turnout) ?? 0,
    of: number(poll.of) ?? 0,
    round: number(poll.round) ?? 1,
    objections: each(poll.objections, readObjection),
    concerns: each(poll.concerns, readObjection),
    result: readResult(poll.result),
  };
}

function readObjection(value: unknown): Objection | null {
  const objection = fields(value);
  const id = words(objection.id);
  if (id === null) return null;
  const by = words(objection.by);
  return {
    id,
    round: number(objection.round) ?? 1,
    reason: words(objection.reason) ?? '',
    met: objection.met === true,
    by,
  };
}

function readResult(value: unknown): Result | null {
  if (typeof value !== 'object' || value === null) return null;
  const result = fields(value);
  const [lowest, highest] = each(result.spread, number);
  return {
    n: number(result.n) ?? 0,
    suppressed: result.suppressed === true,
    totals: map(result.totals, number),
    mean: number(result.mean),
    spread: lowest !== undefined && highest !== undefined ? [lowest, highest] : null,
    means: map(result.mean, number),
    outcome: some(result.outcome, ['consented', 'concerns', 'objections']),
    changed: each(result.changed, words),
  };
}

function readModerating(moderating: Fields): Moderating {
  return {
    locked: each(moderating.locked, words),
    aside: each(moderating.aside, (value) => {
      const aside = fields(value);
      const element = words(aside.element);
      const region = words(aside.region);
      return element === null ? null : { element, region, reason: words(aside.reason) ?? '' };
    }),
    rewording: each(moderating.rewording, words),
    summon: readSummon(moderating.summon),
    spotlight: words(moderating.spotlight),
    cursors: moderating.cursors === true,
    door: moderating.door === true,
    powers: each(moderating.powers, (value) => {
      const power = fields(value);
      const what = words(power.what);
      if (what === null) return null;
      return { at: number(power.at) ?? 0, by: words(power.by) ?? '', what, about: words(power.about) };
    }),
    team: each(moderating.team, (value) => {
      const word = fields(value);
      const text = words(word.text);
      return text === null ? null : { at: number(word.at) ?? 0, by: words(word.by) ?? '', text };
    }),
    bell: readRung(moderating.bell),
  };
}

function readRung(value: unknown): Rung | null {
  const rung = fields(value);
  const by = words(rung.by);
  return by === null ? null : { at: number(rung.at) ?? 0, by };
}

function readFinishing(finishing: Fields): Finishing {
  return { share: number(finishing.share), count: number(finishing.count), of: number(finishing.of) };
}

function readVisits(visiting: Fields): readonly Visit[] {
  const told = map(visiting.visits, (value) => {
    const visit = fields(value);
    const table = words(visit.table);
    return table === null ? null : { table, from: number(visit.from) ?? 0, here: visit.here === true };
  });
  return [...told].map(([seat, visit]) => ({ seat, ...visit }));
}

function readSummon(value: unknown): Summon | null {
  const summon = fields(value);
  const by = words(summon.by);
  if (by === null) return null;
  const [x, y, w, h] = each(summon.view, number);
  const view =
    x !== undefined && y !== undefined && w !== undefined && h !== undefined ? ([x, y, w, h] as const) : null;
  const hold = summon.hold === true || (number(summon.hold) ?? 0) > 0;
  return { by, region: words(summon.region), view, until: number(summon.until), hold };
}

function readRequest(value: unknown): Request | null {
  const asked = fields(value);
  const request = words(asked.request);
  const what = some(asked.what, ['time', 'stop', 'move', 'aside', 'restore']);
  if (request === null || what === null) return null;
  return {
    request,
    at: number(asked.at) ?? 0,
    by: words(asked.by) ?? '',
    what,
    seconds: number(asked.seconds) ?? 0,
    stopped: asked.stopped === true,
    who: words(asked.who),
    table: words(asked.table),
    element: words(asked.element),
    reason: words(asked.reason) ?? '',
  };
}

function readTables(tables: Fields): Tables {
  return {
    choosing: tables.choosing === true,
    timers: map(tables.timers, readTimer),
    summons: map(tables.summons, readSummon),
  };
}

function readErasing({ by, due }: Fields): Gathering['erasing'] {
  const at = number(due);
  return at === null ? null : { by: words(by) ?? '', due: at };
}

function readTimer(value: unknown): TableTimer | null {
  const ends = number(fields(value).ends);
  return ends === null ? null : { ends, seconds: number(fields(value).seconds) ?? 0 };
}

// ── Tolerant parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function words(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function flag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

function some<T extends string>(value: unknown, choices: readonly T[]): T | null {
  return choices.find((choice) => choice === value) ?? null;
}

/** What can be read of a list; `null` is left out. */
function each<T>(value: unknown, read: (item: unknown) => T | null): readonly T[] {
  return Array.isArray(value) ? value.map(read).filter((item) => item !== null) : [];
}

function map<T>(value: unknown, read: (item: unknown) => T | null): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return found;
  for (const [key, item] of Object.entries(value)) {
    const one = read(item);
    if (one !== null) found.set(key, one);
  }
  return found;
}
