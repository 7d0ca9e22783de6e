/** A text as filters compare it: without regard to case and to compatible forms of the same letters. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
