/** Records on the board: how they are drawn and read out, what is made in their regions, and opening one. */

import { LINKS } from '../../model/cardFields.ts';
import type { BoardElement, ElementId, Rect } from '../../model/element.ts';
import { label } from '../../model/outline.ts';
import {
  type BoardRecord,
  recordOf,
  recordRegion,
  recordWords,
  type Serving,
  servedWords,
} from '../../model/records.ts';
import type { Painter } from '../../render/painter.ts';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { CARD_WIDTH, cardHeight, emptyRecord, paintRecord } from './recordCard.ts';
import { servingOn, spawn, spawningRegion, spawnWords } from './served.ts';

/** What the server takes for the harvest type of a card. */
const HARVEST_TYPE = /^[a-z][a-z0-9-]{0,23}$/u;

/** One for each state of the gathering that shows on records. */
export class RecordPlots {
  readonly #attendance: Attendance;
  readonly #editor: Editor;
  /** Elements are immutable values; but what one serves may change while it stays as it is. */
  readonly #known = new WeakMap<BoardElement, { readonly record: BoardRecord | null; readonly version: number }>();

  constructor(attendance: Attendance, editor: Editor) {
    this.#attendance = attendance;
    this.#editor = editor;
  }

  paint(painter: Painter, element: BoardElement, rect: Rect): boolean {
    const record = this.#recordOf(element);
    if (record === null) return false;
    const served = this.#servedBy(element.id).length;
    paintRecord(painter, rect, { record, served }, (seat) => this.#attendance.nameOf(seat));
    return true;
  }

  made(
    frame: ElementId | null,
    text: string,
  ): { readonly size: Pick<Rect, 'w' | 'h'>; readonly payload: unknown } | null {
    const region = recordRegion(this.#editor.board, this.#attendance.gathering.peek(), frame);
    if (region === null) return null;
    const said = emptyRecord(region, text);
    const payload = {
      ht: HARVEST_TYPE.test(region.makes) ? region.makes : 'record',
      ...(region.serves.length > 0 ? { [LINKS]: '' } : {}),
      ...Object.fromEntries(said.map(({ field, text: words }) => [field.key, words])),
    };
    return { size: { w: CARD_WIDTH, h: cardHeight(said, CARD_WIDTH, this.#editor.text.measurer) }, payload };
  }

  open(id: ElementId): boolean {
    const element = this.#editor.board.get(id);
    if (element === undefined || this.#recordOf(element) === null) return false;
    this.#editor.select([id]);
    this.#attendance.opened.value = id;
    return true;
  }

  /** What is done for a note; a record says so itself. */
  served(id: ElementId): string | null {
    const by = this.#servedBy(id);
    return by.length === 0 || this.#editor.board.get(id)?.kind !== 'note' ? null : servedWords(by);
  }

  also(id: ElementId): { readonly label: string; readonly run: () => void } | null {
    const region = spawningRegion(id, this.#attendance, this.#editor);
    return region === null ? null : { label: spawnWords(region), run: () => spawn(id, region, this.#editor) };
  }

  reads(id: ElementId, isPlaced: boolean): string | null {
    const element = this.#editor.board.get(id);
    const record = element === undefined ? null : this.#recordOf(element);
    const served = servedWords(this.#servedBy(id));
    if (record === null) {
      const isServed = !isPlaced && served !== '' && element?.kind === 'note';
      return isServed ? `${label(element)}. ${served}.` : null;
    }
    const said = recordWords(record, (seat) => this.#attendance.nameOf(seat));
    const words = served === '' ? said : `${said} ${served}.`;
    return isPlaced ? `Card, in ${record.region.title}. ${words}` : words;
  }

  #recordOf(element: BoardElement): BoardRecord | null {
    if (element.kind !== 'card') return null;
    const { board } = this.#editor;
    const version = board.version.peek();
    const known = this.#known.get(element);
    if (known !== undefined && (known.version === version || !known.record?.serves.length)) return known.record;
    const { gathering, own } = this.#attendance;
    const record = recordOf(board, gathering.peek(), own.peek(), element);
    this.#known.set(element, { record, version });
    return record;
  }

  #servedBy(id: ElementId): readonly Serving[] {
    const { board } = this.#editor;
    return servingOn(board, this.#attendance.gathering.peek()).get(id) ?? [];
  }
}
