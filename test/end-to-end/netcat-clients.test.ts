/** Clients of the netcat source as they are in the wild: they hang up early, send half a line, say nothing, or send what is no text. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { outputBytes, outputLines } from '../support/output.ts'
import { fileRoll, pipeline, type Settings } from '../support/pipelines.ts'
import { freePort } from '../support/port.ts'

const started = async (folder: string, more: Settings = {}, channel: Settings = {}) => {
  const port = await freePort()
  mkdirSync(join(folder, 'out'))
  const source = { type: 'netcat', bind: '127.0.0.1', port, ...more }
  const agent = startAgentProcess(folder, pipeline({ source, channel, sink: fileRoll(folder) }))
  await agent.printed(/Source r1 listens on/)
  return { agent, port }
}

/** A client that keeps its side open after the other one has closed, and what it was told. */
const client = async (port: number): Promise<{ socket: Socket; told: () => string }> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let told = ''
  socket.on('data', (chunk) => (told += chunk.toString('latin1')))
  await once(socket, 'connect')
  return { socket, told: () => told }
}

describe('a netcat client', () => {
  it('that closes its side at once still has its lines taken and answered', async () => {
    using folder = temporaryFolder()
    const { agent, port } = await started(folder.path)
    await using _agent = agent
    const { socket, told } = await client(port)
    socket.end('one\ntwo\nand no newline')
    await once(socket, 'close')
    expect(told()).toBe('OK\nOK\nOK\n')
    await until(() => outputLines(folder.path).length === 3, 'the lines')
    expect(outputBytes(folder.path).toString()).toBe('one\ntwo\nand no newline\n')
  })

  it('that hangs up without reading its answers costs nobody anything', async () => {
    using folder = temporaryFolder()
    const { agent, port } = await started(folder.path)
    await using _agent = agent
    const { socket } = await client(port)
    socket.write(numberedLines(0, 5000))
    await until(() => outputLines(folder.path).length > 0, 'the first lines')
    socket.resetAndDestroy()
    const { socket: next, told } = await client(port)
    next.end('still here\n')
    await once(next, 'close')
    expect(told()).toBe('OK\n')
    expect(agent.times(/\[(WARN|ERROR) /), agent.output).toBe(0)
  })

  it('that says nothing keeps no other waiting, and the stop does not wait for it', async () => {
    using folder = temporaryFolder()
    const { agent, port } = await started(folder.path)
    await using _agent = agent
    const silent = await client(port)
    const half = await client(port)
    half.socket.write('half a li')
    const { socket, told } = await client(port)
    socket.end('whole\n')
    await once(socket, 'close')
    expect(told()).toBe('OK\n')
    expect(await agent.stop()).toBe(143)
    for (const { socket: open } of [silent, half]) open.destroy()
    expect(outputLines(folder.path)[0]).toBe('whole')
    expect(agent.output).toMatch(/Events in (\d), out \1, dropped 0, held 0;/)
  })

  it('that sends a line above the limit is told and let go, and its earlier lines are kept', async () => {
    using folder = temporaryFolder()
    const { agent, port } = await started(folder.path)
    await using _agent = agent
    const { socket, told } = await client(port)
    socket.write(`short\n${'x'.repeat(10_000)}\nnever seen\n`)
    await once(socket, 'end')
    socket.destroy()
    expect(told()).toMatch(/^OK\nFAILED: .*512.*\n$/)
    await until(() => outputLines(folder.path).length > 0, 'the line')
    expect(outputLines(folder.path)).toEqual(['short'])
  })

  it('that sends faster than the sink writes is held back, and loses nothing', async () => {
    using folder = temporaryFolder()
    const { agent, port } = await started(folder.path, { 'ack-every-event': false }, { capacity: 1000 })
    await using _agent = agent
    const input = numberedLines(0, 200_000)
    // The shell's own way to open a connection, as no netcat need be there.
    const shell = new Child('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port} && cat >&3`], { input })
    expect(await shell.exited, shell.output).toBe(0)
    await until(() => outputBytes(folder.path).length >= input.length, 'all lines')
    expect(await agent.stop()).toBe(143)
    expect(arrivals(outputLines(folder.path), 200_000)).toEqual({ lost: [], repeated: 0, strange: [] })
  })
})
