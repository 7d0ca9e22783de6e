/**
 * Where the keyboard focus belongs when it has no other place: on the button that brings everything back, while that can
 * be pressed, else in the list. If the list got the focus while none of its lines is chosen, it would choose the first one.
 */
export function findHome(isChosen: boolean): HTMLElement | null {
  return find('.bring-back:enabled') ?? (isChosen ? findList() : find('.page button:enabled'));
}

export function findList(): HTMLElement | null {
  return find('.snapshot-list');
}

function find(selector: string): HTMLElement | null {
  // Behind a search, the page of the chosen snapshot is there and cannot be seen.
  const all = [...document.querySelectorAll<HTMLElement>(selector)];
  return all.find((one) => one.checkVisibility()) ?? null;
}
