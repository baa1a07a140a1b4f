/** What a dump found wrong, said at its end on standard error, in Kafka's words. */

import { resolve } from 'node:path'

type Pair = readonly [number, number]

const kinds = {
  index: { title: 'Mismatches in :', line: (a: number, b: number) => `  Index offset: ${a}, log offset: ${b}` },
  time: {
    title: 'Found timestamp mismatch in :',
    line: (a: number, b: number) => `  Index timestamp: ${a}, log timestamp: ${b}`,
  },
  order: {
    title: 'Found out of order timestamp in :',
    line: (a: number, b: number) => `  Index timestamp: ${a}, Previously indexed timestamp: ${b}`,
  },
  offset: {
    title: 'Shallow offset not found in :',
    line: (a: number, b: number) => `  Indexed offset: ${a}, found log offset: ${b}`,
  },
  gap: { title: 'Non-consecutive offsets in ', line: (a: number, b: number) => `  ${a} is followed by ${b}` },
} as const

export type FindingKind = keyof typeof kinds

/** So many of one kind are said of one file: a damaged one may have millions. */
const saidMax = 10_000

export class Findings {
  readonly #found = new Map<FindingKind, Map<string, Pair[]>>()

  add(kind: FindingKind, path: string, a: number, b: number): void {
    const file = resolve(path)
    const files = this.#found.get(kind) ?? new Map<string, Pair[]>()
    this.#found.set(kind, files)
    const pairs = files.get(file) ?? []
    files.set(file, pairs)
    if (pairs.length < saidMax) pairs.push([a, b])
  }

  get lines(): string[] {
    return (Object.keys(kinds) as FindingKind[]).flatMap((kind) =>
      Array.from(this.#found.get(kind) ?? []).flatMap(([path, pairs]) => [
        `${kinds[kind].title}${path}`,
        ...pairs.map(([a, b]) => kinds[kind].line(a, b)),
      ]),
    )
  }
}
