/** In the console: words among the host team and table hosts. */

import type { HostProps } from './Console.tsx';
import { Sign } from './gatheringIcons.tsx';
import { TeamTalk } from './TeamTalk.tsx';

export function HostsOnly({ attendance, services }: HostProps) {
  return (
    <section aria-labelledby="hosts-only">
      <h3 id="hosts-only">
        <Sign name="shield" small />
        Hosts only
      </h3>
      <TeamTalk attendance={attendance} services={services} />
    </section>
  );
}
