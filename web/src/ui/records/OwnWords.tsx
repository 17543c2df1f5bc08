/** A line of one's own beside one's name: added, changed and taken away by its owner alone. */

import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Signed } from '../../model/records.ts';
import type { Attendance } from '../gathering/attendance.ts';
import type { Services } from '../services.ts';
import { LineField } from './LineField.tsx';

interface Props {
  readonly element: string;
  /** What the record says first: there may be many in a list. */
  readonly head: string;
  readonly mine: Signed;
  readonly attendance: Attendance;
  readonly services: Services;
}

/** As many letters as the server takes. */
const LONGEST = 140;

export function OwnWords({ element, head, mine, attendance, services }: Props) {
  const writing = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  const say = (own: string, said: string) => attendance.ask(services, 'record.say', { element, own }, said);
  if (writing.value) {
    return (
      <Writing
        before={mine.own}
        keep={(own) => say(own, own === '' ? 'Your words are gone.' : 'Your words stand beside your name.')}
        stop={() => {
          writing.value = false;
          requestAnimationFrame(() => opener.current?.focus());
        }}
      />
    );
  }
  return (
    <>
      <button
        ref={opener}
        type="button"
        class="btn"
        onClick={() => {
          writing.value = true;
        }}
      >
        {mine.own === '' ? 'Add words of your own' : 'Change your words'}
        <span class="sr">: “{head}”</span>
      </button>
      {mine.own === '' ? null : (
        <button type="button" class="btn" onClick={() => void say('', 'Your words are gone.')}>
          Take your words away<span class="sr">: “{head}”</span>
        </button>
      )}
    </>
  );
}

interface WritingProps {
  readonly before: string;
  readonly keep: (own: string) => Promise<boolean>;
  readonly stop: () => void;
}

function Writing({ before, keep, stop }: WritingProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const text = useSignal(before);
  const problem = useSignal('');
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="record-form own-words"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const own = text.value.trim();
        if (own === '' && before === '') {
          problem.value = 'Write something first.';
          field.current?.focus();
          return;
        }
        void keep(own).then((done) => {
          if (done) stop();
        });
      }}
    >
      <LineField
        id={id}
        field={field}
        label="In your own words"
        hint="One line beside your name. Everybody can read it, and only you change it or take it away."
        longest={LONGEST}
        text={text}
        problem={problem}
      />
      <div class="row">
        <button type="submit" class="btn">
          Keep them
        </button>
        <button type="button" class="btn" onClick={stop}>
          Leave it
        </button>
      </div>
    </form>
  );
}
