/** How the page looks and speaks on this device. Every choice takes effect at once and is remembered here alone. */

import './styles/panels.css';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { changeSettings, type Settings, settings, TEXT_SIZES } from '../net/device.ts';
import { Dialog } from './Dialog.tsx';

interface Option<T> {
  readonly value: T;
  readonly label: string;
}

const THEMES: readonly Option<Settings['theme']>[] = [
  { value: 'system', label: 'As this device' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'contrast', label: 'High contrast' },
];

const MOTIONS: readonly Option<Settings['motion']>[] = [
  { value: 'system', label: 'As this device' },
  { value: 'reduced', label: 'Reduced' },
  { value: 'full', label: 'Full' },
];

const SPOKEN: readonly Option<Settings['spoken']>[] = [
  { value: 'everyone', label: 'What everyone does' },
  { value: 'mine', label: 'Only what I do' },
];

export function DisplaySettings({ close }: { readonly close: () => void }) {
  const current = settings.value;
  return (
    <Dialog title="Display" lead="These choices are for this device alone." close={close}>
      <div class="choices">
        <Choice legend="Colours" options={THEMES} value={current.theme} choose={(theme) => changeSettings({ theme })} />
        <Choice
          legend="Text size"
          options={TEXT_SIZES.map((value) => ({ value, label: `${value} %` }))}
          value={current.textSize}
          choose={(textSize) => changeSettings({ textSize })}
        />
        <Choice
          legend="Motion"
          options={MOTIONS}
          value={current.motion}
          choose={(motion) => changeSettings({ motion })}
        />
        <Choice
          legend="Read out by a screen reader"
          options={SPOKEN}
          value={current.spoken}
          choose={(spoken) => changeSettings({ spoken })}
        />
        <Switch on={current.cursors} change={(cursors) => changeSettings({ cursors })}>
          Show where others point
          <small>Their cursors and names on the board.</small>
        </Switch>
        <Switch on={current.bell} change={(bell) => changeSettings({ bell })}>
          A soft bell
          <small>One minute and ten seconds before the time of a step is up. It is written on the screen too.</small>
        </Switch>
        <Switch on={current.shortcuts} change={(shortcuts) => changeSettings({ shortcuts })}>
          Single-key shortcuts
          <small>Keys such as N for a note, while the board has the focus.</small>
        </Switch>
      </div>
    </Dialog>
  );
}

interface ChoiceProps<T> {
  readonly legend: string;
  readonly options: readonly Option<T>[];
  readonly value: T;
  readonly choose: (value: T) => void;
}

function Choice<T extends string | number>({ legend, options, value, choose }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value}>
            <input type="radio" name={name} checked={option.value === value} onChange={() => choose(option.value)} />
            <span class="choice-face">{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface SwitchProps {
  readonly on: boolean;
  readonly change: (on: boolean) => void;
  readonly children: ComponentChildren;
}

function Switch({ on, change, children }: SwitchProps) {
  return (
    <label class="switch">
      <span>{children}</span>
      <input type="checkbox" role="switch" aria-checked={on} checked={on} onChange={() => change(!on)} />
    </label>
  );
}
