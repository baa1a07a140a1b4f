/** Files and folders that are not there, or are not what they should be: said once with what to do, and cured without a restart. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { bin, startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { numberedLine, numberedLines } from '../support/lines.ts'
import { outputLines } from '../support/output.ts'
import { fileRoll, fileToFiles, pipeline, taildir } from '../support/pipelines.ts'

const agentArguments = (file: string): string[] => ['agent', '-n', 'a1', '-f', file]

describe('an agent file', () => {
  it.each([
    ['that is a folder', (folder: string) => mkdtempSync(join(folder, 'conf')), /cannot be read: .*EISDIR.*/],
    [
      'that is a log given by mistake',
      (folder: string) => {
        const file = join(folder, 'access.log')
        writeFileSync(file, Buffer.alloc(17 * 1024 * 1024, numberedLines(0, 1000)))
        return file
      },
      /is larger than 16 MB/,
    ],
    [
      'of another agent',
      (folder: string) => {
        const file = join(folder, 'agent.properties')
        writeFileSync(file, fileToFiles(folder).replaceAll(/^a1\./gm, 'agent1.'))
        return file
      },
      /There is no agent a1 in .*\n?.*The agents there are: agent1\./,
    ],
  ])('%s is refused with what to do', async (_what, make, says) => {
    using folder = temporaryFolder()
    const child = new Child(bin('flume-ng'), agentArguments(make(folder.path)))
    expect([await child.exited, child.output]).toEqual([2, expect.stringMatching(says)])
  })
})

describe('what is not there', () => {
  it('a folder of followed files is waited for', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'out'))
    const logs = join(folder.path, 'logs')
    const source = taildir(logs, { positionFile: join(folder.path, 'positions.json') })
    await using agent = startAgentProcess(folder.path, pipeline({ source, sink: fileRoll(folder.path) }))
    await agent.printed(/WARN .*Folder .*logs can't be listed \(ENOENT\): its files are followed as soon as it can/)
    mkdirSync(logs)
    writeFileSync(join(logs, 'access.log'), numberedLines(0, 100))
    await until(() => outputLines(folder.path).length >= 100, 'the lines')
    expect(agent.times(/can't be listed/)).toBe(1)
  })

  it('a spool folder is asked for, once', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'out'))
    const spoolDir = join(folder.path, 'spool')
    const source = { type: 'spooldir', spoolDir }
    await using agent = startAgentProcess(folder.path, pipeline({ source, sink: fileRoll(folder.path) }))
    await agent.printed(/ERROR .*Source r1 cannot run: Directory does not exist: .*Create it, or correct spoolDir/)
    mkdirSync(spoolDir)
    writeFileSync(join(spoolDir, 'one.log'), numberedLines(0, 100))
    await until(() => outputLines(folder.path).length >= 100, 'the lines')
    await agent.printed(/INFO .*Source r1 runs again/)
    expect(agent.times(/Directory does not exist/)).toBe(1)
  })

  it('a program is asked for, once', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'out'))
    const source = { type: 'exec', command: 'no-such-program -x' }
    await using agent = startAgentProcess(folder.path, pipeline({ source, sink: fileRoll(folder.path) }))
    await agent.printed(/ERROR .*there is no program no-such-program. Correct the program's name or the PATH/)
    expect(await agent.stop()).toBe(143)
    expect(agent.times(/ERROR/)).toBe(1)
  })

  it('a folder for the output that is a file is said once, and the events wait', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'access.log'), numberedLines(0, 5000))
    const out = join(folder.path, 'out')
    writeFileSync(out, '')
    await using agent = startAgentProcess(folder.path, fileToFiles(folder.path))
    await agent.printed(/WARN .*Sink k1 cannot store events: .*out.*They wait in channel c1/)
    rmSync(out)
    await until(() => outputLines(folder.path).length >= 5000, 'the lines')
    expect(await agent.stop()).toBe(143)
    expect(outputLines(folder.path)).toEqual(Array.from({ length: 5000 }, (_, n) => numberedLine(n)))
    expect(agent.times(/cannot store events/)).toBe(1)
    expect(agent.times(/INFO .*Sink k1 stores events again/)).toBe(1)
  })
})
