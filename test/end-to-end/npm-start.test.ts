/** What `npm start` runs: the example that a new user sees first. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bin, temporaryFolder } from '../support/agent.ts'
import { Child, run } from '../support/child.ts'
import { freePort } from '../support/port.ts'

const start = (cwd: string, port: number): Child =>
  new Child(bin('millrace'), ['example', 'weblog-to-topic'], {
    cwd,
    env: { MILLRACE_BOOTSTRAP: `127.0.0.1:${port}` },
  })

describe('the example', () => {
  it('says what runs, tells when both flows are through, and ends with its accounts', async () => {
    using folder = temporaryFolder()
    await using example = start(folder.path, await freePort())
    const [said] = await example.printed(/^[\s\S]*The backlog is through/)
    expect(said).toMatch(
      /^Millrace runs an agent with two flows, in .*\. It\n {2}follows {6}data\/access\.log \(2000 made-up lines/,
    )
    const files = join(folder.path, 'data', 'weblog')
    const stored = readdirSync(files).map((name) => readFileSync(join(files, name), 'utf8'))
    expect(stored.join('')).toBe(readFileSync(join(folder.path, 'data', 'access.log'), 'utf8'))
    expect(await example.stop('SIGINT')).toBe(130)
    expect(example.output).toMatch(/^Events in 4,000, out 4,000, dropped 0, held 0; all passed on: weblog 2,000, .*$/m)
  })

  it('says commands that work in another terminal, wherever it was started and that is', async () => {
    using folder = temporaryFolder()
    const cwd = join(folder.path, 'a web log')
    mkdirSync(cwd)
    await using example = start(cwd, await freePort())
    const [, commands = ''] = await example.printed(/Try, in another terminal:\n([\s\S]*?)\n\n/)
    const output = await run('bash', ['-ec', `${commands} --max-messages 2001`], { cwd: '/' })
    expect(output).toContain('"GET /hello HTTP/1.0" 200 5\n')
    await example.stop('SIGINT')
  })

  it('says that its port is taken, and not that anything runs', async () => {
    using folder = temporaryFolder()
    const other = createServer((socket) => socket.destroy())
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    await using example = start(folder.path, port)
    expect(await example.exited).toBe(1)
    other.close()
    expect(example.stdout.toString()).toBe('')
    expect(example.output).toContain(`127.0.0.1:${port} is already in use`)
    expect(example.output).toContain(`Another port: MILLRACE_BOOTSTRAP=127.0.0.1:9192 ${bin('millrace')} example`)
  })
})
