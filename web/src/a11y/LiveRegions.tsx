/** The two live regions of the page. They exist from the first paint; a region made together with its text stays silent. */

import type { Announcer } from './announcer.ts';

export function LiveRegions({ announcer }: { readonly announcer: Announcer }) {
  return (
    <>
      <div class="sr" role="status" aria-live="polite" aria-atomic="true">
        {announcer.polite}
      </div>
      <div class="sr" role="alert" aria-live="assertive" aria-atomic="true">
        {announcer.assertive}
      </div>
    </>
  );
}
