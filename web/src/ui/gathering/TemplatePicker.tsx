/** Choosing how the conversation runs: one choice, one button, and the board has its regions and steps. */

import '../styles/templates.css';
import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { ApiError } from '../../net/api.ts';
import type { Room } from '../../net/room.ts';
import { NEEDS, type Need, type Template, type TemplateLength, templates } from '../../net/templates.ts';
import { Dialog } from '../Dialog.tsx';
import type { Editor } from '../editor.ts';
import type { Services } from '../services.ts';
import { Sign } from './gatheringIcons.tsx';
import { Thumbnail } from './Thumbnail.tsx';
import { listed, minutesOf, NEED_WORDS, peopleOf, termsOf } from './templateWords.ts';

interface Props {
  readonly room: Pick<Room, 'command'>;
  readonly editor: Pick<Editor, 'fit'>;
  readonly services: Services;
  readonly close: () => void;
}

type Loaded = 'loading' | 'failed' | readonly Template[];

export function TemplatePicker({ room, editor, services, close }: Props) {
  const loaded = useSignal<Loaded>('loading');
  const need = useSignal<Need | null>(null);
  const chosen = useSignal('');
  const short = useSignal(false);
  const fault = useSignal('');
  const busy = useSignal(false);
  const name = useId();

  const fetchAll = async (): Promise<void> => {
    loaded.value = 'loading';
    try {
      const found = await templates();
      chosen.value = found[0]?.key ?? '';
      loaded.value = found;
    } catch {
      loaded.value = 'failed';
    }
  };
  useEffect(() => {
    void fetchAll();
  }, []);

  const use = async (template: Template, length: TemplateLength): Promise<void> => {
    busy.value = true;
    fault.value = '';
    try {
      await room.command('show.load', { template: length.key });
    } catch (error) {
      fault.value = error instanceof ApiError ? error.message : 'The template could not be used. Try again.';
      busy.value = false;
      return;
    }
    const steps = length.phases.length === 1 ? '1 step' : `${length.phases.length} steps`;
    services.announcer.say(
      `${template.title} is on the board: ${steps}, ${length.minutes} minutes. Nothing has begun yet.`,
    );
    close();
    // The frames have come with the answer; the board shows them once the dialog is gone.
    requestAnimationFrame(() => editor.fit());
  };

  const found = typeof loaded.value === 'string' ? [] : loaded.value;
  const shown = found.filter((template) => need.value === null || template.need === need.value);
  const template = shown.find(({ key }) => key === chosen.value) ?? shown[0];

  return (
    <Dialog
      title="Choose how the conversation runs"
      lead="Each template brings its prompts, times and rules. You can change every step that has not begun."
      wide
      close={close}
    >
      {loaded.value === 'loading' ? <p role="status">The templates are coming.</p> : null}
      {loaded.value === 'failed' ? (
        <p role="alert">
          The templates could not be fetched.{' '}
          <button type="button" class="btn" onClick={() => void fetchAll()}>
            Try again
          </button>
        </p>
      ) : null}
      {found.length === 0 ? null : (
        <div class="templates">
          <fieldset class="template-needs">
            <legend>What do you need?</legend>
            <NeedButton words="All templates" is={need.value === null} choose={() => (need.value = null)} />
            {NEEDS.map((each) => (
              <NeedButton
                key={each}
                words={NEED_WORDS[each]}
                is={need.value === each}
                choose={() => {
                  need.value = each;
                }}
              />
            ))}
          </fieldset>
          <fieldset class="template-cards">
            <legend class="sr">Templates</legend>
            {shown.map((each) => (
              <label key={each.key} class="template-card">
                <input
                  type="radio"
                  name={name}
                  checked={each.key === template?.key}
                  onChange={() => {
                    chosen.value = each.key;
                  }}
                />
                <span class="template-face">
                  <Thumbnail regions={each.regions} />
                  <span class="template-words">
                    <b>{each.title}</b>
                    <span>{each.description}</span>
                    <span class="template-minutes">
                      <Sign name="clock" small />
                      {minutesOf(each)}
                    </span>
                  </span>
                </span>
              </label>
            ))}
          </fieldset>
          {template === undefined ? null : (
            <Details
              template={template}
              short={short.value}
              setShort={(value) => {
                short.value = value;
              }}
              fault={fault.value}
              busy={busy.value}
              use={(length) => void use(template, length)}
            />
          )}
        </div>
      )}
    </Dialog>
  );
}

interface NeedButtonProps {
  readonly words: string;
  readonly is: boolean;
  readonly choose: () => void;
}

function NeedButton({ words, is, choose }: NeedButtonProps) {
  return (
    <button type="button" class="btn" aria-pressed={is} onClick={choose}>
      {words}
    </button>
  );
}

interface DetailsProps {
  readonly template: Template;
  readonly short: boolean;
  readonly setShort: (short: boolean) => void;
  readonly fault: string;
  readonly busy: boolean;
  readonly use: (length: TemplateLength) => void;
}

function Details({ template, short, setShort, fault, busy, use }: DetailsProps) {
  const heading = useId();
  const [full, brief] = template.lengths;
  const length = short && brief !== undefined ? brief : full;
  return (
    <section class="template-details" aria-labelledby={heading}>
      <h3 id={heading}>{template.title}</h3>
      <p>{template.about}</p>
      {brief === undefined ? (
        <p class="template-minutes">
          <Sign name="clock" small />
          {full.minutes} min
        </p>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: two buttons of which one is pressed are no form.
        <div class="template-lengths" role="group" aria-label="Length">
          <button type="button" class="btn" aria-pressed={length === brief} onClick={() => setShort(true)}>
            Short, {brief.minutes} min
          </button>
          <button type="button" class="btn" aria-pressed={length === full} onClick={() => setShort(false)}>
            Full, {full.minutes} min
          </button>
        </div>
      )}
      <div class="template-use">
        {fault === '' ? null : <p role="alert">{fault}</p>}
        <button type="button" class="btn main" disabled={busy} onClick={() => use(length)}>
          Use this template
        </button>
      </div>
      <ol class="template-steps">
        {length.phases.map((phase, index) => (
          <li key={index}>
            <b>{phase.title}</b>
            <span class="num">{phase.minutes} min</span>
            <small>{termsOf(phase)}</small>
          </li>
        ))}
      </ol>
      <dl>
        <dt>You leave with</dt>
        <dd>{listed(template.yields)}</dd>
        <dt>Works well for</dt>
        <dd>{peopleOf(template)}</dd>
      </dl>
    </section>
  );
}
