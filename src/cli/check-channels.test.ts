/** Channels of a file that Flume accepts, as `check` judges them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/agent.ts'
import { runCli } from '../../test/support/cli.ts'

/** What is said about an agent whose channel has these settings, and the exit code. */
const checked = async (...settings: readonly string[]): Promise<{ code: number; says: string[] }> => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'f')
  const flow = ['sources = r1', 'channels = c1', 'sinks = k1', 'sources.r1.type = seq', 'sources.r1.channels = c1']
  const sink = ['sinks.k1.type = null', 'sinks.k1.channel = c1']
  const lines = [...flow, ...sink, ...settings.map((setting) => `channels.c1.${setting}`)]
  writeFileSync(file, lines.map((line) => `a1.${line}\n`).join(''))
  const { code, out } = await runCli('check', file)
  return { code, says: out.replaceAll(`${file}:`, '').trimEnd().split('\n').slice(0, -1) }
}

const used = (least: number, instead: number, given = 0): string =>
  `${given} is below the least allowed, ${least}; ${instead} is used instead, as in Flume`

describe('numbers in place of which Flume uses others', () => {
  it.each([
    ['memory', 'capacity', 100],
    ['memory', 'transactionCapacity', 100],
    ['file', 'capacity', 1_000_000],
    ['file', 'transactionCapacity', 10_000],
    ['spillablememory', 'transactionCapacity', 10_000],
  ])('are warnings: %s, %s', async (type, setting, instead) => {
    for (const given of [0, -5])
      expect(await checked(`type = ${type}`, `${setting} = ${given}`)).toEqual({
        code: 0,
        says: [`9: warning: ${setting}: ${used(1, instead, given)}`],
      })
  })

  it.each(['file', 'spillablememory'])('are warnings: %s, minimumRequiredSpace', async (type) => {
    expect(await checked(`type = ${type}`, 'minimumRequiredSpace = 0')).toEqual({
      code: 0,
      says: [`9: warning: minimumRequiredSpace: ${used(1_048_576, 1_048_576)}`],
    })
  })

  it('count as what is used: a capacity below it is a fault', async () => {
    expect((await checked('type = memory', 'capacity = 10', 'transactionCapacity = 0')).says).toEqual([
      `10: warning: transactionCapacity: ${used(1, 100)}`,
      '10: transactionCapacity 100 is above capacity 10 (Raise capacity: it holds several batches.)',
    ])
  })

  it('are faults where they are no numbers', async () => {
    expect(await checked('type = memory', 'capacity = 1e-3')).toEqual({
      code: 2,
      says: ["9: capacity: '1e-3' is not a whole number"],
    })
  })
})

describe('a fault of one setting', () => {
  it.each(['file', 'spillablememory'])('of a %s channel hides none that stands whatever it is', async (type) => {
    const settings = ['keep-alive = x', 'encryption.activeKey = k', 'dataDirs = ,']
    const { code, says } = await checked(`type = ${type}`, ...settings)
    expect(code).toBe(2)
    expect(says).toEqual([
      "9: keep-alive: 'x' is not a whole number",
      expect.stringMatching(/^10: data files cannot be encrypted yet/),
      expect.stringMatching(/^11: dataDirs names no folder/),
    ])
  })

  it('leads to no other: what depends on it is not judged', async () => {
    expect((await checked('type = file', 'capacity = x', 'transactionCapacity = 2000000')).says).toEqual([
      "9: capacity: 'x' is not a whole number",
    ])
  })
})
