/** One soft bell, for those who have asked for it: two low tones that swell and fade within a second and a half. */

import { settings } from '../../net/device.ts';

const TONES_HZ = [392, 587] as const;
const LOUDEST = 0.12;
const FADES_S = 1.4;

export class Bell {
  #context: AudioContext | null = null;

  /** Returns whether it rings; a browser that makes no sound before the first click stays silent. */
  ring(): boolean {
    if (!settings.peek().bell) return false;
    try {
      this.#context ??= new AudioContext();
      const context = this.#context;
      if (context.state !== 'running') {
        void context.resume();
        return false;
      }
      const begin = context.currentTime;
      for (const [index, hertz] of TONES_HZ.entries()) {
        const tone = new OscillatorNode(context, { type: 'sine', frequency: hertz });
        const loud = new GainNode(context, { gain: 0 });
        const at = begin + index * 0.18;
        loud.gain.linearRampToValueAtTime(LOUDEST / (index + 1), at + 0.05);
        loud.gain.exponentialRampToValueAtTime(0.000_1, at + FADES_S);
        tone.connect(loud).connect(context.destination);
        tone.start(at);
        tone.stop(at + FADES_S);
      }
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    void this.#context?.close();
    this.#context = null;
  }
}
