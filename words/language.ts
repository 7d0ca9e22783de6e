/** The language of all words, and the locale of numbers, dates and lists. */
export const language = 'en-GB';
