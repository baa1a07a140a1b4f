/** The order in which Java's HashMap lists string keys: people compare logger lines and grep for them. */

const stringHash = (text: string): number => {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/** Slots in the table that holds `entries`: it starts at 16 and doubles whenever it is filled above three quarters. */
const slotsFor = (entries: number): number => {
  let slots = 16
  while (entries > slots * 0.75) slots *= 2
  return slots
}

/** The names by table slot; names of one slot stay in the order given. */
export const javaMapOrder = (names: readonly string[]): string[] => {
  const mask = slotsFor(names.length) - 1
  const slotOf = (name: string): number => {
    const hash = stringHash(name)
    return (hash ^ (hash >>> 16)) & mask
  }
  return [...names].sort((a, b) => slotOf(a) - slotOf(b))
}
