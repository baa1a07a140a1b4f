import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/support/agent.ts'
import { runCli } from '../../test/support/cli.ts'

/** An agent with two flows: the settings of its sources, and of its channels. */
const twoFlows = (sources: readonly [string, string], channels: readonly [string, string]): string =>
  [0, 1]
    .flatMap((i) => [
      ...(sources[i] ?? '').split(', ').map((line) => `a1.sources.r${i}.${line}`),
      `a1.sources.r${i}.channels = c${i}`,
      ...(channels[i] ?? '').split(', ').map((line) => `a1.channels.c${i}.${line}`),
      `a1.sinks.k${i}.type = logger`,
      `a1.sinks.k${i}.channel = c${i}`,
    ])
    .concat('a1.sources = r0 r1', 'a1.channels = c0 c1', 'a1.sinks = k0 k1')
    .join('\n')

const seqs = ['type = seq', 'type = seq'] as const
const memories = ['type = memory', 'type = memory'] as const

const outputOf = async (text: string): Promise<string[]> => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'f')
  writeFileSync(file, text)
  return (await runCli('check', file)).out.replaceAll(file, 'f').trimEnd().split('\n')
}

const sound = 'agent a1 can start: 2 sources, 2 channels, 2 sinks; 0 faults, 0 warnings.'
const hint = (setting: string): string => `(only one can have it: set ${setting} of each to a path of its own)`

describe('two file channels of an agent', () => {
  it('on one folder are a fault at the setting that names it, whichever setting it is of the other', async () => {
    const channels = [
      'type = file, checkpointDir = /c0, dataDirs = /d0',
      'type = file, checkpointDir = /c0/, dataDirs = /d1,/d0',
    ] as const
    expect(await outputOf(twoFlows(seqs, channels))).toEqual([
      `f:11: channel c0 and channel c1 both use /c0 ${hint('checkpointDir')}`,
      `f:12: channel c0 and channel c1 both use /d0 ${hint('dataDirs')}`,
      'agent a1 cannot start; 2 faults, 0 warnings.',
    ])
    const crossed = [
      'type = file, checkpointDir = /c0, dataDirs = /d0',
      'type = file, checkpointDir = /d0, dataDirs = /d1',
    ]
    expect(await outputOf(twoFlows(seqs, [crossed[0] ?? '', crossed[1] ?? '']))).toContain(
      `f:11: channel c0 and channel c1 both use /d0 ${hint('checkpointDir')}`,
    )
  })

  it('that both leave the default folders are one, too, also where one spills over', async () => {
    const folder = join(homedir(), '.flume', 'file-channel')
    for (const type of ['file', 'spillablememory'])
      expect((await outputOf(twoFlows(seqs, ['type = file', `type = ${type}`]))).slice(0, 2)).toEqual([
        `f:8: channel c0 and channel c1 both use ${folder}/checkpoint ${hint('checkpointDir')}`,
        `f:8: channel c0 and channel c1 both use ${folder}/data ${hint('dataDirs')}`,
      ])
  })

  it('on folders of their own are sound, and so is one that touches no folder', async () => {
    const own = ['type = file', 'type = file, checkpointDir = /c1, dataDirs = /d1'] as const
    expect(await outputOf(twoFlows(seqs, own))).toEqual([sound])
    const memoryOnly = ['type = file', 'type = spillablememory, overflowCapacity = 0'] as const
    expect(await outputOf(twoFlows(seqs, memoryOnly))).toEqual([sound])
  })
})

describe('two sources of an agent', () => {
  const groups = 'filegroups = g, filegroups.g = /logs/.*'

  it('with one positionFile are a fault', async () => {
    const tails = [
      `type = TAILDIR, positionFile = /p.json, ${groups}`,
      'type = tail, file = /logs/x, positionFile = /p.json',
    ] as const
    expect(await outputOf(twoFlows(tails, memories))).toContain(
      `f:11: source r0 and source r1 both use /p.json ${hint('positionFile')}`,
    )
    const defaults = [`type = TAILDIR, ${groups}`, `type = TAILDIR, ${groups}`] as const
    expect(await outputOf(twoFlows(defaults, memories))).toContain(
      `f:8: source r0 and source r1 both use ${homedir()}/.flume/taildir_position.json ${hint('positionFile')}`,
    )
  })

  it('with one folder for what they must remember are a fault; without such a file they are sound', async () => {
    const spools = ['type = spooldir, spoolDir = /in', 'type = spooldir, spoolDir = /in'] as const
    expect(await outputOf(twoFlows(spools, memories))).toContain(
      `f:8: source r0 and source r1 both use /in/.flumespool ${hint('spoolDir')}`,
    )
    const tracked = [
      'type = spooldir, spoolDir = /in, trackerDir = /t',
      'type = spooldir, spoolDir = /other, trackerDir = /t',
    ] as const
    expect(await outputOf(twoFlows(tracked, memories))).toContain(
      `f:10: source r0 and source r1 both use /t ${hint('trackerDir')}`,
    )
    const plain = ['type = tail, file = /logs/x', 'type = tail, file = /logs/x'] as const
    expect(await outputOf(twoFlows(plain, memories))).toEqual([sound])
  })
})
