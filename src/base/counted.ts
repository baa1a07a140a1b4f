/** `1 event`, `2 events`, `12,345 events`: for sentences; a word whose plural only takes an `s`. */
export const counted = (count: number, word: string): string => `${thousands(count)} ${word}${count === 1 ? '' : 's'}`

/** Thousands set apart by commas. */
export const thousands = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')
