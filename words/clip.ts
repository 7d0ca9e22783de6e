const LETTERS_PER_WORD = 9;

/** The first words of a text, with “…” where more follow. */
export function clip(text: string, most: number): string {
  const words = text.split(/\s+/u);
  const few = words.slice(0, most).join(' ');
  const longest = most * LETTERS_PER_WORD;
  const letters = [...few];
  if (letters.length > longest)
    return `${letters
      .slice(0, longest - 1)
      .join('')
      .trimEnd()}…`;
  return words.length > most ? `${few.replace(/[.,;:!?…—–-]+$/u, '')}…` : few;
}
