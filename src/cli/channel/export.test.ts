import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { numbered } from '../../../test/conformance/events.ts'
import { temporaryFolder } from '../../../test/support/agent.ts'
import { damage, openChannel, writtenByFlume } from '../../../test/support/channel-folder.ts'
import { runCli } from '../../../test/support/cli.ts'

const numbers = (from: number, to: number): string =>
  numbered(from, to)
    .map(({ body }) => `${String(body)}\n`)
    .join('')

const dataFile = (folder: string, id: number): string =>
  join(folder, id % 2 === 0 ? 'data' : 'data2', `events-000000000${id}.data`)

/** Four data files of ten events each; one record is damaged, and one file is missing. */
const broken = async (folder: string): Promise<void> => {
  const channel = await openChannel(folder, 100)
  for (const from of [10, 20, 30, 40]) await channel.put(numbered(from, from + 10))
  await channel[Symbol.asyncDispose]()
  damage(dataFile(folder, 2), '25')
  rmSync(dataFile(folder, 3))
}

describe('of a channel with a damaged and a missing data file', () => {
  it('export says what it has not exported, and ends with 1', async () => {
    using folder = temporaryFolder()
    await broken(folder.path)
    const { code, out, err } = await runCli('channel', 'export', folder.path)
    expect(code).toBe(1)
    expect(out).toBe(numbers(10, 20) + numbers(40, 50))
    expect(err).toContain(`${dataFile(folder.path, 2)}: `)
    expect(err).toMatch(/bytes at \d+ are no whole record$/m)
    expect(err).toMatch(/^20 events exported to stdout, 20 events that were acknowledged and not taken are lost\.$/m)
  })

  it('drain says what it could not take, and ends with 1', async () => {
    using folder = temporaryFolder()
    await broken(folder.path)
    const file = join(folder.path, 'lines')
    const { code, err } = await runCli('channel', 'drain', folder.path, '--to', file)
    expect(code).toBe(1)
    expect(readFileSync(file, 'utf8')).toBe(numbers(10, 20) + numbers(40, 50))
    expect(err).toContain(`20 events drained to ${file}, 20 events that were held are lost.\n`)
    expect(await runCli('channel', 'drain', folder.path)).toMatchObject({ code: 0 })
  })
})

it('a data file that is gone is missed by export where it is the only damage', async () => {
  using folder = temporaryFolder()
  const channel = await openChannel(folder.path, 100)
  for (const from of [10, 20, 30]) await channel.put(numbered(from, from + 10))
  await channel[Symbol.asyncDispose]()
  rmSync(dataFile(folder.path, 2))
  const { code, err } = await runCli('channel', 'export', folder.path)
  expect(code).toBe(1)
  expect(err).toMatch(/^Data file 2 \(.*\) is not there: 10 events lost$/m)
  expect(err).toContain('20 events exported to stdout, 10 events that were acknowledged and not taken are lost.\n')
})

it('a put that a crash has cut off is none that is missed', async () => {
  using folder = temporaryFolder()
  const copy = join(folder.path, 'copy')
  await using channel = await openChannel(join(folder.path, 'live'))
  await channel.put(numbered(10, 20))
  mkdirSync(copy)
  cpSync(join(folder.path, 'live'), copy, { recursive: true, filter: (path) => !path.endsWith('in_use.lock') })
  appendFileSync(dataFile(copy, 1), 'MEV2 and no more')
  const { code, out, err } = await runCli('channel', 'export', copy)
  expect([code, out]).toEqual([0, numbers(10, 20)])
  expect(err).toContain('looks the same)\n10 events exported to stdout.\n')
})

it.each(['export', 'drain'])('%s says which event of Flume’s cannot be read, and ends with 1', async (action) => {
  using folder = temporaryFolder()
  writtenByFlume(folder.path)
  damage(join(folder.path, 'data', 'log-1'), 'two')
  const { code, out, err } = await runCli('channel', action, folder.path)
  expect([code, out]).toEqual([1, 'one\nthree\n'])
  expect(err).toMatch(/log-1\b.*(?:cannot be read|is damaged)/)
})
