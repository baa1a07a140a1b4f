/** Folders and files that one process must own, when a second one comes: it says who has them, touches nothing, and takes over when it may. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { bin, startAgentProcess, startBrokerProcess, temporaryFolder, writeServerProperties } from '../support/agent.ts'
import { Child, run } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { outputLines } from '../support/output.ts'
import { fileRoll, fileToFiles, fileToTopic, pipeline } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

const inUse = (path: string, by: Child): RegExp =>
  new RegExp(`ERROR .*Source r1 cannot run: .*${path} is in use by process ${by.process.pid}\\.`)

describe('two agents', () => {
  it('on one position file: the second one waits, says for whom, and takes over where the first one stopped', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'out'))
    mkdirSync(join(path, 'second', 'out'), { recursive: true })
    const live = join(path, 'access.log')
    writeFileSync(live, numberedLines(0, 1000))
    await using first = startAgentProcess(path, fileToFiles(path))
    await until(() => outputLines(path).length === 1000, 'the lines of the first agent')
    const properties = fileToFiles(path).replace(`${path}/out`, `${path}/second/out`)
    await using second = startAgentProcess(join(path, 'second'), properties)
    await second.printed(inUse('positions.json.lock', first))
    expect(second.output).toContain('or give this one a positionFile of its own')
    expect(await first.stop()).toBe(143)
    writeFileSync(live, numberedLines(1000, 1500), { flag: 'a' })
    await until(() => outputLines(join(path, 'second')).length >= 500, 'the lines of the second agent')
    expect(await second.stop()).toBe(143)
    const both = [...outputLines(path), ...outputLines(join(path, 'second'))]
    expect(arrivals(both, 1500)).toEqual({ lost: [], repeated: 0, strange: [] })
    expect(second.times(/is in use by process/)).toBe(1)
  })

  it('on one spool folder: the second one waits and says for whom', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'spool'))
    mkdirSync(join(path, 'out'))
    const properties = pipeline({ source: { type: 'spooldir', spoolDir: `${path}/spool` }, sink: fileRoll(path) })
    await using first = startAgentProcess(path, properties)
    await until(() => existsSync(join(path, 'spool/.flumespool/.millrace-spool.lock')), 'the lock of the first agent')
    await using second = startAgentProcess(path, properties)
    await second.printed(/ERROR .*Source r1 cannot run: .*spool.* is in use by process/)
    expect(second.output).toContain(`process ${first.process.pid}`)
    writeFileSync(join(path, 'spool', 'one'), numberedLines(0, 300))
    await until(() => existsSync(join(path, 'spool', 'one.COMPLETED')), 'the file to be completed')
    expect(arrivals(outputLines(path), 300)).toEqual({ lost: [], repeated: 0, strange: [] })
  })
})

describe('two brokers on one log folder', () => {
  /** Names, sizes and times of all that is there. */
  const stateOf = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name))
      return `${name} ${size} ${mtimeMs}`
    })

  it('the second one ends with status 1, says who has it, and touches nothing', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using first = await startBrokerProcess(writeServerProperties(folder.path, port))
    const logs = join(folder.path, 'kafka-logs')
    const before = stateOf(logs)
    const config = join(folder.path, 'second.properties')
    const text = readFileSync(join(folder.path, 'server.properties'), 'utf8')
    writeFileSync(config, text.replaceAll(String(port), String(await freePort())))
    const second = new Child(bin('kafka-server-start.sh'), [config])
    expect(await second.exited).toBe(1)
    expect(second.output).toMatch(
      new RegExp(
        `ERROR .*kafka-logs.* is in use by process ${first.process.pid}\\..* give this one a folder of its own`,
      ),
    )
    expect(stateOf(logs)).toEqual(before)
    await run(bin('kafka-topics.sh'), ['--bootstrap-server', `127.0.0.1:${port}`, '--list'])
  })

  it('an agent with --broker on the folder of a running broker opens no source', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using first = await startBrokerProcess(writeServerProperties(folder.path, port))
    writeFileSync(join(folder.path, 'access.log'), numberedLines(0, 10))
    const config = join(folder.path, 'second.properties')
    const text = readFileSync(join(folder.path, 'server.properties'), 'utf8')
    writeFileSync(config, text.replaceAll(String(port), String(await freePort())))
    const agent = startAgentProcess(folder.path, fileToTopic(folder.path, port), { broker: config })
    expect(await agent.exited).toBe(1)
    expect(agent.output).toContain(`is in use by process ${first.process.pid}`)
    expect(agent.output).not.toContain('SOURCE')
    expect(existsSync(join(folder.path, 'positions.json'))).toBe(false)
  })
})
