/**
 * The file channel in an agent that is killed in a loop, and on a disk that fills: behind a source that cannot read again every line that was answered
 * with OK comes out. The accounts are printed.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { arrivals, isTorn, numberedLine } from '../support/lines.ts'
import { outputLines } from '../support/output.ts'
import { fileRoll, pipeline, type Settings } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'
import { smallDisk } from '../support/small-disk.ts'

const kills = 20
const window = 400

const agentFile = (folder: string, port: number, channel: Settings, sink: Settings = fileRoll(folder)): string =>
  pipeline({
    source: { type: 'netcat', bind: '127.0.0.1', port },
    channel: {
      type: 'file',
      capacity: 1_000_000,
      checkpointDir: `${folder}/checkpoint`,
      dataDirs: `${folder}/data1,${folder}/data2`,
      maxFileSize: 1_000_000,
      minimumRequiredSpace: 1_048_576,
      ...channel,
    },
    sink,
  })

/** A client that sends numbered lines, a window of them at a time, and counts what was answered. */
class Talker {
  /** Lines that were answered with OK, from the first on without a gap. */
  acknowledged = 0
  refusals = 0
  readonly #socket
  #sent: number
  #rest = ''

  constructor(port: number, from: number) {
    this.acknowledged = this.#sent = from
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('data', (chunk) => this.#heard(chunk.toString('latin1')))
    this.#socket.on('connect', () => this.#talk())
  }

  end(): void {
    this.#socket.destroy()
  }

  #heard(text: string): void {
    const replies = (this.#rest + text).split('\n')
    this.#rest = replies.pop() ?? ''
    for (const reply of replies) {
      if (reply === 'OK' && this.refusals === 0) this.acknowledged++
      else if (reply !== 'OK') this.refusals++
    }
    this.#talk()
  }

  #talk(): void {
    if (this.refusals > 0) return
    for (; this.#sent < this.acknowledged + window; this.#sent++) this.#socket.write(`${numberedLine(this.#sent)}\n`)
  }
}

const listening = /Source r1 listens on/

describe('kill -9 in a loop', () => {
  it('of an agent with a file channel: no line that was answered is lost', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    mkdirSync(join(path, 'out'), { recursive: true })
    const port = await freePort()
    const file = agentFile(path, port, {})
    let acknowledged = 0
    for (let round = 0; round < kills; round++) {
      await using agent = startAgentProcess(path, file)
      await agent.printed(listening)
      const talker = new Talker(port, acknowledged)
      const wanted = acknowledged + (round % 3 === 0 ? 1 : 2000)
      await until(() => talker.acknowledged >= wanted, 'the answers', 60_000)
      await agent.stop('SIGKILL')
      talker.end()
      acknowledged = talker.acknowledged
    }
    await using last = startAgentProcess(path, file)
    await last.printed(listening)
    await until(
      () => outputLines(path).some((line) => line === numberedLine(acknowledged - 1)),
      'the last line',
      60_000,
    )
    expect(await last.stop()).toBe(143)
    const lines = outputLines(path)
    const { lost, repeated, strange } = arrivals(lines, acknowledged)
    const invented = strange.filter((line) => !isTorn(line) && !/^line \d+ of a log/.test(line))
    console.log(
      `kill -9 of an agent with a file channel, ${kills} times: put ${acknowledged} acknowledged, taken ${lines.length}, lost ${lost.length}, repeated ${repeated}`,
    )
    expect({ lost, invented }).toEqual({ lost: [], invented: [] })
  })
})

describe('a full disk under the file channel', () => {
  it('refuses events, and gives back what it holds: every line that was answered comes out', async () => {
    using folder = temporaryFolder()
    using disk = smallDisk(64)
    const { path } = folder
    mkdirSync(join(path, 'out'))
    writeFileSync(join(path, 'file'), '')
    const port = await freePort()
    const channel = { checkpointDir: `${disk.path}/checkpoint`, dataDirs: `${disk.path}/data` }
    await using stuck = startAgentProcess(
      path,
      agentFile(path, port, channel, { type: 'file_roll', 'sink.directory': `${path}/file/out` }),
    )
    await stuck.printed(listening)
    const talker = new Talker(port, 0)
    await until(() => talker.acknowledged > 20_000, 'the first answers', 60_000)
    disk.fill()
    await until(() => talker.refusals > 0, 'a refusal', 60_000)
    expect(stuck.output).toMatch(/Channel c1 takes no events: .* must stay free/)
    const { acknowledged } = talker
    talker.end()
    await stuck.stop('SIGKILL')
    // The sink can store now, and the disk is still full.
    await using agent = startAgentProcess(path, agentFile(path, port, channel))
    await until(
      () => outputLines(path).some((line) => line === numberedLine(acknowledged - 1)),
      'the last line',
      60_000,
    )
    expect(await agent.stop()).toBe(143)
    const { lost } = arrivals(outputLines(path), acknowledged)
    console.log(`a full disk under the file channel: ${acknowledged} acknowledged, lost ${lost.length}`)
    expect(lost).toEqual([])
    disk.free()
  })
})
