/**
 * Puts the cursor into the first field of a dialog that has opened, unless somebody was faster. With a finger it would
 * bring up the keyboard and cover half of the dialog.
 */
export function firstField(): void {
  if (window.matchMedia('(pointer: coarse)').matches) return;
  const dialog = Array.from(document.querySelectorAll<HTMLElement>('.el-dialog'))
    .filter((d) => d.getClientRects().length)
    .pop();
  const at = document.activeElement;
  if (!dialog || (at !== dialog && at !== document.body && dialog.contains(at))) return;
  dialog
    .querySelector<HTMLElement>('form input:not(:disabled):not([type=radio]):not([type=checkbox]), form textarea')
    ?.focus();
}
