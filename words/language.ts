/** The language of every word and the locale of every number, date and list. */
export const language = 'en-GB';
