/** kafka-dump-log of Apache Kafka before 3, on the files that a stop of the broker leaves. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

type Dump = (args: readonly string[]) => Promise<string>

/** What it prints of files that are not right, headings and lines below them. */
const complaint = /is[vV]alid: false|[Mm]ismatch|Found |onsecutive|is followed by|Index offset: |Exception/

const complaints = (printed: string): string[] =>
  printed
    .split('\n')
    .filter((line) => complaint.test(line))
    .toSorted()

/** Prints a partition's segments and indexes, record by record; all records are there, and the indexes are not empty. */
const dumped = async (dump: Dump, folder: string, count: number): Promise<string> => {
  const files = readdirSync(folder).filter((name) => /\.(?:log|index|timeindex)$/.test(name))
  const printed = await dump(['--deep-iteration', '--files', files.map((name) => join(folder, name)).join(',')])
  expect(printed.match(/^.*\boffset: \d+ .*is[vV]alid: true .*key[sS]ize/gm)).toHaveLength(count)
  expect(printed.match(/^offset: \d+ position: \d+$/gm)?.length).toBeGreaterThan(1)
  expect(printed.match(/^timestamp: \d+ offset: \d+$/gm)?.length).toBeGreaterThan(1)
  return printed
}

/** It finds nothing wrong. */
export const dumpsClean = async (dump: Dump, folder: string, count: number): Promise<void> => {
  expect(complaints(await dumped(dump, folder, count))).toEqual([])
}

/**
 * Of an index it says what 1.1 says of one that is right, and nothing else is wrong. A broker of 1.1 enters the first offset of a batch, later ones the
 * last, and its tool knows the former only: of every entry it names the last offset of the batch and the first. Both are taken here from the records that
 * it printed.
 */
export const dumpsWithFirstOffsets = async (dump: Dump, folder: string, count: number): Promise<void> => {
  const printed = await dumped(dump, folder, count)
  const batches = new Map<string, { first: string; last: string }>()
  for (const [, offset = '', position = ''] of printed.matchAll(/^offset: (\d+) position: (\d+) \w+Time: /gm))
    batches.set(position, { first: batches.get(position)?.first ?? offset, last: offset })
  const expected = Array.from(printed.matchAll(/^offset: \d+ position: (\d+)$/gm), ([, position = '']) => {
    const { first, last } = batches.get(position) ?? { first: 'none', last: 'none' }
    return `  Index offset: ${last}, log offset: ${first}`
  })
  const heading = `Mismatches in :${join(folder, '00000000000000000000.index')}`
  expect(complaints(printed)).toEqual([heading, ...expected].toSorted())
}
