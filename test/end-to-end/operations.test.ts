/** What an operator sees of an agent: its counters under Flume's names, its accounts at the end, its log as it was asked for. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { numberedLines } from '../support/lines.ts'
import { outputLines } from '../support/output.ts'
import { fileRoll, fileToFiles, pipeline, taildir } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

type Metrics = Readonly<Record<string, Readonly<Record<string, string>>>>

describe('an agent with -Dflume.monitoring.type=http', () => {
  it("serves every component's counters as Flume does", async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'out'))
    writeFileSync(join(path, 'access.log'), numberedLines(0, 2345))
    const port = await freePort()
    const more = ['-Dflume.monitoring.type=http', `-Dflume.monitoring.port=${port}`]
    await using agent = startAgentProcess(path, fileToFiles(path), { more })
    await agent.printed(/Metrics are served/)
    const ask = () => fetch(`http://127.0.0.1:${port}/metrics`)
    // A line in a file is counted a little later, when its take is committed.
    const taken = async () => ((await (await ask()).json()) as Metrics)['CHANNEL.c1']?.['EventTakeSuccessCount']
    await until(async () => (await taken()) === '2345', 'the lines to be counted')
    expect(outputLines(path)).toHaveLength(2345)
    const answer = await ask()
    expect(answer.headers.get('content-type')).toContain('application/json')
    const metrics = (await answer.json()) as Metrics
    const time = expect.stringMatching(/^\d{13}$/) as string
    expect(metrics['SOURCE.r1']).toMatchObject({
      Type: 'SOURCE',
      EventReceivedCount: '2345',
      EventAcceptedCount: '2345',
      AppendBatchReceivedCount: '5',
      AppendBatchAcceptedCount: '5',
      StartTime: time,
      StopTime: '0',
    })
    expect(metrics['CHANNEL.c1']).toMatchObject({
      Type: 'CHANNEL',
      ChannelCapacity: '20000',
      ChannelSize: '0',
      ChannelFillPercentage: '0.0',
      EventPutAttemptCount: '2345',
      EventPutSuccessCount: '2345',
      EventTakeSuccessCount: '2345',
      StartTime: time,
    })
    expect(metrics['SINK.k1']).toMatchObject({
      Type: 'SINK',
      EventDrainAttemptCount: '2345',
      EventDrainSuccessCount: '2345',
      StartTime: time,
    })
    expect((await fetch(`http://127.0.0.1:${port}/nothing`)).status).toBe(404)
  })

  it('goes on when the port is taken, and says so', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'out'))
    const port = await freePort()
    const more = ['-Dflume.monitoring.type=http', `-Dflume.monitoring.port=${port}`]
    await using first = startAgentProcess(path, fileToFiles(path), { more })
    await first.printed(/Metrics are served/)
    const second = fileToFiles(path).replace('positions.json', 'second.json')
    await using agent = startAgentProcess(path, second, { more })
    await agent.printed(new RegExp(`(WARN|ERROR) .*127.0.0.1:${port} is already in use`))
    writeFileSync(join(path, 'access.log'), numberedLines(0, 10))
    await until(() => outputLines(path).length === 20, 'the lines of both')
  })
})

describe('the accounts at the end', () => {
  it('balance for each component and for the agent, whatever became of the events', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'out'))
    writeFileSync(join(path, 'access.log'), numberedLines(0, 10_000))
    const source = taildir(path, {
      interceptors: 'i1',
      'interceptors.i1.type': 'regex_filter',
      'interceptors.i1.regex': '^line \\\\d*7 of',
      'interceptors.i1.excludeEvents': true,
    })
    await using agent = startAgentProcess(path, pipeline({ source, sink: fileRoll(path) }))
    await until(() => outputLines(path).length === 9000, 'the lines that are kept')
    expect(await agent.stop('SIGINT')).toBe(130)
    const [, line = ''] = await agent.printed(/(Events in .*)$/m)
    const accounts = [...line.matchAll(/(\w+) in ([\d,]+), out ([\d,]+), dropped ([\d,]+), held ([\d,]+)/g)]
    expect(accounts.map(([, name]) => name)).toEqual(['Events', 'r1'])
    for (const [whole, , ...numbers] of accounts) {
      const [into = 0, out = 0, dropped = 0, held = 0] = numbers.map((text) => Number(text.replaceAll(',', '')))
      expect(out + dropped + held, whole).toBe(into)
    }
    expect(line).toContain('Events in 10,000, out 9,000, dropped 1,000, held 0;')
    expect(line).toContain('all passed on: c1 9,000, k1 9,000')
  })
})

describe('a second signal', () => {
  it('ends at once, and says what the channels held', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    writeFileSync(join(path, 'access.log'), numberedLines(0, 1000))
    const sink = { type: 'avro', hostname: '127.0.0.1', port: await freePort() }
    // One batch: all of it is in the channel before the sink has any.
    const source = taildir(path, { batchSize: 1000 })
    await using agent = startAgentProcess(path, pipeline({ source, sink }))
    await agent.printed(/Sink k1 cannot store events/)
    agent.process.kill('SIGINT')
    await agent.printed(/the sinks drain/)
    await until(() => {
      agent.process.kill('SIGINT')
      return agent.output.includes('again: the agent ends at once')
    }, 'a signal that is no echo of the first')
    expect(await agent.exited).toBe(130)
    expect(agent.output).toMatch(/Channel c1 still holds 1,000 events: .*deliver them again at the next start/)
  })
})

describe('the log', () => {
  const missing = (folder: string): string =>
    pipeline({ source: taildir(`${folder}/nowhere`, { positionFile: `${folder}/p.json` }), sink: { type: 'null' } })

  it('of WARN,console has warnings and nothing less', async () => {
    using folder = temporaryFolder()
    const more = ['-Dflume.root.logger=WARN,console']
    await using agent = startAgentProcess(folder.path, missing(folder.path), { more })
    await agent.printed(/\[WARN - /)
    await agent.stop()
    expect(agent.times(/\[(INFO|DEBUG) - /)).toBe(0)
  })

  it("goes to the file of flume.log.dir and flume.log.file, in Flume's file layout, and the console is quiet", async () => {
    using folder = temporaryFolder()
    const more = [
      '-Dflume.root.logger=DEBUG,LOGFILE',
      `-Dflume.log.dir=${folder.path}/made/logs`,
      '-Dflume.log.file=my.log',
    ]
    await using agent = startAgentProcess(folder.path, missing(folder.path), { more })
    const file = join(folder.path, 'made', 'logs', 'my.log')
    const text = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')
    await until(() => text().includes("can't be listed"), 'the warning in the file')
    await agent.stop()
    expect(text()).toMatch(
      /^\d\d \w{3} \d{4} \d\d:\d\d:\d\d,\d{3} WARN  \[main\] \(org\.apache\.flume\.\S+\)  - Folder/m,
    )
    expect(text()).toMatch(/INFO {2}\[main\] .*Events in 0, out 0/)
    expect(agent.output.replaceAll(/^Info: .*\n/gm, '')).toBe('')
  })

  it('of a word that is neither level nor target says so and goes to the console', async () => {
    using folder = temporaryFolder()
    const more = ['-Dflume.root.logger=LOUD,printer']
    await using agent = startAgentProcess(folder.path, missing(folder.path), { more })
    await agent.printed(/WARN .*LOUD[\s\S]*WARN .*printer[\s\S]*can't be listed/)
  })
})
