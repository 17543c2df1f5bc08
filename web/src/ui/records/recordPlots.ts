/** Records on the board: how they are drawn and read out, what is made in their regions, and opening one. */

import type { BoardElement, ElementId, Rect } from '../../model/element.ts';
import { type BoardRecord, recordOf, recordRegion, recordWords } from '../../model/records.ts';
import type { Painter } from '../../render/painter.ts';
import type { Editor } from '../editor.ts';
import type { Attendance } from '../gathering/attendance.ts';
import { CARD_WIDTH, cardHeight, emptyRecord, paintRecord } from './recordCard.ts';

/** What the server takes for the harvest type of a card. */
const HARVEST_TYPE = /^[a-z][a-z0-9-]{0,23}$/u;

/** One for each state of the gathering that shows on records. */
export class RecordPlots {
  readonly #attendance: Attendance;
  readonly #editor: Editor;
  /** Elements are immutable values. */
  readonly #known = new WeakMap<BoardElement, BoardRecord | 'none'>();

  constructor(attendance: Attendance, editor: Editor) {
    this.#attendance = attendance;
    this.#editor = editor;
  }

  paint(painter: Painter, element: BoardElement, rect: Rect): boolean {
    const record = this.#recordOf(element);
    if (record === null) return false;
    paintRecord(painter, rect, record, (seat) => this.#attendance.nameOf(seat));
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

  reads(id: ElementId, isPlaced: boolean): string | null {
    const element = this.#editor.board.get(id);
    const record = element === undefined ? null : this.#recordOf(element);
    if (record === null) return null;
    const words = recordWords(record, (seat) => this.#attendance.nameOf(seat));
    return isPlaced ? `Card, in ${record.region.title}. ${words}` : words;
  }

  #recordOf(element: BoardElement): BoardRecord | null {
    if (element.kind !== 'card') return null;
    const known = this.#known.get(element);
    if (known !== undefined) return known === 'none' ? null : known;
    const { gathering, own } = this.#attendance;
    const record = recordOf(this.#editor.board, gathering.peek(), own.peek(), element);
    this.#known.set(element, record ?? 'none');
    return record;
  }
}
