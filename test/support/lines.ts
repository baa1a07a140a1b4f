/** Numbered lines, and what of them arrived. */

export const numberedLine = (n: number): string => `line ${n} of a log that must arrive whole`

export const numberedLines = (from: number, to: number): string => {
  let text = ''
  for (let n = from; n < to; n++) text += `${numberedLine(n)}\n`
  return text
}

export interface Arrivals {
  readonly lost: readonly number[]
  readonly repeated: number
  /** Lines that nobody wrote. */
  readonly strange: readonly string[]
}

/** Holds what arrived against the lines 0 to `count`. */
export const arrivals = (lines: readonly string[], count: number): Arrivals => {
  const times = new Map<string, number>()
  for (const line of lines) times.set(line, (times.get(line) ?? 0) + 1)
  const lost: number[] = []
  let repeated = 0
  for (let n = 0; n < count; n++) {
    const seen = times.get(numberedLine(n)) ?? 0
    if (seen === 0) lost.push(n)
    else repeated += seen - 1
    times.delete(numberedLine(n))
  }
  return { lost, repeated, strange: [...times.keys()] }
}

/** Whether this is the beginning of a numbered line: what a kill leaves at the end of a file. */
export const isTorn = (line: string): boolean =>
  'line '.startsWith(line) || numberedLine(Number(/^line (\d+)/.exec(line)?.[1])).startsWith(line)
