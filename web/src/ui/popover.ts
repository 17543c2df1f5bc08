/** Native popovers: the browser opens and closes them; what is chosen in one closes it first. */

/** Closes a popover and gives the focus back to the button that opened it, so that a dialog opened next can return it there. */
export function leavePopover(id: string): void {
  document.getElementById(id)?.hidePopover();
  document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(id)}"]`)?.focus();
}
