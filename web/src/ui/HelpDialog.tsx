/** Help: the few things worth knowing, and every key, generated from the table the board itself uses. */

import './styles/panels.css';
import { changeSettings, settings } from '../net/device.ts';
import { Dialog } from './Dialog.tsx';
import { chordName, SHORTCUTS, type Shortcut } from './shortcuts.ts';

const GROUPS: readonly Shortcut['group'][] = ['Write', 'Move about', 'Change', 'View'];

const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** The keys of a line as the help shows them, each once; those switched off are left out. */
export function listedKeys(shortcut: Shortcut, singleKeys: boolean, mac: boolean): readonly string[] {
  const chords = shortcut.does
    .flatMap(([, ...all]) => all)
    .filter((chord) => chord.unlisted !== true && (chord.single !== true || singleKeys));
  return [...new Set(chords.map((chord) => chordName(chord, mac)))];
}

export function HelpDialog({ close }: { readonly close: () => void }) {
  const mac = isMac();
  const { shortcuts: singleKeys } = settings.value;
  return (
    <Dialog
      title="Help"
      lead="Keys work while the board has the focus. Tab leads there, and out again."
      wide
      close={close}
    >
      <div class="keys">
        {GROUPS.map((group) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <dl>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map((shortcut) => {
                const keys = listedKeys(shortcut, singleKeys, mac);
                if (keys.length === 0) return null;
                return [
                  <dt key={shortcut.label}>{shortcut.label}</dt>,
                  <dd key={`${shortcut.label} keys`}>
                    {keys.map((name) => (
                      <kbd key={name}>{name}</kbd>
                    ))}
                  </dd>,
                ];
              })}
            </dl>
          </section>
        ))}
      </div>
      {singleKeys ? (
        <p>
          Single keys can be switched off.{' '}
          <button type="button" class="link" onClick={() => changeSettings({ shortcuts: false })}>
            Switch them off
          </button>
        </p>
      ) : (
        <p>
          Single-key shortcuts are switched off on this device.{' '}
          <button type="button" class="link" onClick={() => changeSettings({ shortcuts: true })}>
            Switch them on
          </button>
        </p>
      )}
      <ul class="help-list">
        <li>
          Everything on the board is in the outline too, as a list, with every action. You need no dragging there.
        </li>
        <li>
          What you write is kept on this device until the board has it. You can go on writing while you are offline.
        </li>
        <li>Undo takes back your own steps alone, never what somebody else wrote.</li>
      </ul>
    </Dialog>
  );
}
