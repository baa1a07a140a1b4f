import { readdirSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bin, startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { freePort } from '../support/port.ts'

const agent = (port: number): string => `a1.sources = r1
a1.channels = c1
a1.sinks = k1
a1.sources.r1.type = avro
a1.sources.r1.bind = 127.0.0.1
a1.sources.r1.port = ${port}
a1.sources.r1.channels = c1
a1.channels.c1.type = memory
a1.channels.c1.capacity = 1000
a1.sinks.k1.type = logger
a1.sinks.k1.channel = c1
`

const client = (port: number, args: readonly string[], input?: string | Uint8Array): Child =>
  new Child(
    bin('flume-ng'),
    ['avro-client', '-H', '127.0.0.1', '-p', String(port), ...args],
    input === undefined ? {} : { input },
  )

describe('flume-ng avro-client', () => {
  it('sends standard input, a file with headers, and a folder, a line each', async () => {
    using folder = temporaryFolder()
    const port = await freePort()
    await using running = startAgentProcess(folder.path, agent(port))
    await running.printed(/SOURCE, name: r1 started/)
    const lines = Array.from({ length: 250 }, (_, i) => `line ${i}`).join('\n')
    expect(await client(port, [], lines).exited).toBe(0)
    writeFileSync(join(folder.path, 'headers'), 'origin = here\n')
    writeFileSync(join(folder.path, 'text'), 'with header\r\n')
    expect(await client(port, ['-F', join(folder.path, 'text'), '-R', join(folder.path, 'headers')]).exited).toBe(0)
    const spool = join(folder.path, 'spool')
    mkdirSync(spool)
    writeFileSync(join(spool, 'one'), 'from one\n')
    writeFileSync(join(spool, 'two.COMPLETED'), 'sent before\n')
    expect(await client(port, ['--dirname', spool]).exited).toBe(0)
    expect(readdirSync(spool).toSorted()).toEqual(['one.COMPLETED', 'two.COMPLETED'])
    await running.printed(/from one/)
    expect(running.output).toMatch(/Event: \{ headers:\{origin=here\} body: .* with header \}/)
    await running.stop()
    expect(running.output).toContain('Events in 252, out 252, dropped 0, held 0')
  })

  it('ends with 1 when nobody takes the lines, and says so', async () => {
    const child = client(await freePort(), [], 'x\n')
    expect(await child.exited).toBe(1)
    expect(child.output).toContain('Unable to open connection to Flume: ')
  })
})
