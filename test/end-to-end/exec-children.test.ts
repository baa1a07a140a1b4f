/** What the exec source starts ends with it, and whatever that has started. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemCode } from '../../src/base/faults.ts'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { outputLines } from '../support/output.ts'
import { fileRoll, pipeline } from '../support/pipelines.ts'

/** Process numbers whose command line has the word. */
const running = (word: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word)
      } catch (thrown) {
        // It has ended meanwhile.
        if (systemCode(thrown) === undefined) throw thrown
        return false
      }
    })

describe('the children of the exec source', () => {
  it.each([
    ['a pipe of a shell', (live: string) => `tail -n +1 -F ${live} | cat`, '/bin/sh -c'],
    ['one that ignores SIGTERM', (live: string) => `trap "" TERM; tail -n +1 -F ${live} & wait`, '/bin/bash -c'],
    ['a program without a shell', (live: string) => `tail -n +1 -F ${live}`, undefined],
  ])('are all gone after the stop: %s', async (_what, command, shell) => {
    using folder = temporaryFolder()
    const live = join(folder.path, 'followed-by-exec.log')
    writeFileSync(live, 'one\ntwo\n')
    mkdirSync(join(folder.path, 'out'))
    const source = {
      type: 'exec',
      command: command(live),
      ...(shell === undefined ? {} : { shell }),
      batchTimeout: 100,
      killTimeout: 500,
    }
    await using agent = startAgentProcess(folder.path, pipeline({ source, sink: fileRoll(folder.path) }))
    await until(() => outputLines(folder.path).length === 2, 'the lines')
    expect(running(live).length).toBeGreaterThan(0)
    expect(await agent.stop()).toBe(143)
    expect(running(live)).toEqual([])
    expect(agent.output).toContain('Events in 2, out 2, dropped 0, held 0;')
  })
})
