/** The nearest known word to a misspelt one. */

/** Damerau–Levenshtein (a swap of neighbours counts once), on lower case. */
const distance = (from: string, to: string): number => {
  const a = from.toLowerCase()
  const b = to.toLowerCase()
  let older: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const plain = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      row.push(swapped ? Math.min(plain, (older[j - 2] ?? 0) + 1) : plain)
    }
    older = last
    last = row
  }
  return last[b.length] ?? 0
}

/** Names longer than this are compared by no one: the cost grows with the square. */
const lengthMax = 200

/** The candidate nearest to `word`, if it is near enough to be what was meant: a third of its letters may be wrong. */
export const closest = (word: string, candidates: Iterable<string>): string | undefined => {
  if (word.length > lengthMax) return undefined
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const d = distance(word, candidate)
    if (d < bestDistance) {
      best = candidate
      bestDistance = d
    }
  }
  return best
}
