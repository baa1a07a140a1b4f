import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realClock } from '../../src/io/clock.ts'
import { FakeTarget } from '../../test/fakes/channel.ts'
import { FakeClock } from '../../test/fakes/clock.ts'
import { type FakeContext, fakeContext } from '../../test/fakes/context.ts'
import { until } from '../../test/fakes/until.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { exec } from './exec.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'exec-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Run {
  readonly target: FakeTarget
  readonly context: FakeContext
  readonly ended: Promise<void>
  stop(): Promise<void>
}

const shell = { shell: '/bin/sh -c' }
const runs: Run[] = []

const start = async (
  given: Record<string, string>,
  { clock = realClock, target = new FakeTarget() } = {},
): Promise<Run> => {
  const stop = new AbortController()
  const grace = new AbortController()
  const context = fakeContext({ clock, grace: grace.signal })
  const source = await exec.create(valuesOf(exec.settings, given), context)
  const ended = source.run(target.deliver, stop.signal)
  ended.catch(() => undefined)
  const run = {
    target,
    context,
    ended,
    stop: async () => {
      stop.abort()
      target.release()
      grace.abort()
      await ended
    },
  }
  runs.push(run)
  return run
}

afterEach(async () => {
  for (const run of runs.splice(0)) await run.stop().catch(() => undefined)
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const pidIn = async (file: string): Promise<number> => {
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'), `a pid in ${file}`)
  return Number(readFileSync(file, 'utf8'))
}

describe('exec source', () => {
  it('delivers each line, the last one without an end too', async () => {
    const { target } = await start({ ...shell, command: "printf 'a\\r\\nb\\rc'" })
    await until(() => target.events.length === 3, 'three lines')
    expect(target.bodies).toEqual(['a', 'b', 'c'])
    expect(target.events[0]?.headers).toEqual({})
  })

  it('splits the command at blanks, and no more, without a shell', async () => {
    const { target } = await start({ command: 'echo   "a  b" | $HOME' })
    await until(() => target.events.length === 1, 'a line')
    expect(target.bodies).toEqual(['"a b" | $HOME'])
  })

  it('delivers fewer lines than a batch after the time-out', async () => {
    const clock = new FakeClock()
    const { target } = await start({ ...shell, command: 'echo a; sleep 1000' }, { clock })
    await until(() => clock.waiting > 0, 'the timer')
    expect(target.bodies).toEqual([])
    clock.advance(3000)
    await until(() => target.events.length > 0, 'the line')
    expect(target.bodies).toEqual(['a'])
    // The end of the program is looked for on the real clock.
    await Promise.all([runs.pop()?.stop(), clock.advanceSlowly(10_000, 20)])
  })

  it('stays idle after the end unless it is to restart', async () => {
    const { context } = await start({ ...shell, command: 'exit 3' })
    await until(() => context.log.of('info').length === 2, 'the end')
    expect(context.log.of('info')[1]).toContain('exited with 3')
  })

  it('runs the program again after the throttle, whatever it ended with', async () => {
    const { target, context } = await start({
      ...shell,
      command: 'echo a; kill -9 $$',
      restart: 'true',
      restartThrottle: '1',
    })
    await until(() => target.events.length >= 3, 'three runs')
    expect(context.log.of('info')).toContain('Restarting in 1ms, exit code 137')
  })

  it('ends everything that the program started, and kills what does not listen', async () => {
    const file = join(folder, 'pid')
    const command = `(trap '' TERM; sh -c 'echo $$ > ${file}; exec sleep 1000') & echo started; wait`
    const run = await start({ ...shell, command, batchSize: '1', killTimeout: '50' })
    const pid = await pidIn(file)
    await until(() => run.target.events.length === 1, 'the line')
    expect(isAlive(pid)).toBe(true)
    await run.stop()
    await until(() => !isAlive(pid), 'the end of the grandchild')
  })

  it('says when there is no such program', async () => {
    const { ended } = await start({ command: 'no-such-program -x', restart: 'true' })
    await expect(ended).rejects.toMatchObject({
      code: 'CANNOT_RUN',
      message: 'Cannot run no-such-program -x: there is no program no-such-program',
    })
  })

  it('logs errors when told to', async () => {
    const { context } = await start({ ...shell, command: 'echo one >&2; echo two >&2', logStdErr: 'true' })
    await until(() => context.log.of('info').some((line) => line.startsWith('StderrLogger[2]')), 'two lines')
    expect(context.log.of('info')).toContain("StderrLogger[1] = 'one'")
  })

  it('does not read while it is held back, and loses nothing', async () => {
    const target = new FakeTarget()
    target.hold()
    const file = join(folder, 'done')
    await start({ ...shell, command: `seq 1 200000; echo > ${file}` }, { target })
    for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(existsSync(file)).toBe(false)
    target.release()
    await until(() => target.events.length === 200_000, 'all lines')
    expect(target.bodies.every((body, i) => body === String(i + 1))).toBe(true)
  })

  it('reads other character sets', async () => {
    const { target } = await start({ ...shell, command: "printf '\\351\\n'", charset: 'ISO-8859-1' })
    await until(() => target.events.length === 1, 'a line')
    expect(target.bodies).toEqual(['é'])
  })

  it('waits at the stop for what it delivered to settle', async () => {
    const target = new FakeTarget()
    target.settleByHand()
    const stop = new AbortController()
    const context = fakeContext()
    const source = await exec.create(valuesOf(exec.settings, { command: 'echo a' }), context)
    let ended = false
    const running = source.run(target.deliver, stop.signal).then(() => (ended = true))
    await until(() => target.events.length === 1, 'the line')
    stop.abort()
    await until(() => context.log.of('info').length > 0, 'the log')
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(ended).toBe(false)
    target.settle()
    await running
  })

  it('warns of what only a shell understands', () => {
    const found = (given: Record<string, string>) => exec.check?.(valuesOf(exec.settings, given)) ?? []
    expect(found({ command: 'cat /var/log/a.log' })).toEqual([])
    expect(found({ command: 'cat a | grep b' })).toMatchObject([{ level: 'warning', setting: 'command' }])
    expect(found({ command: 'cat a | grep b', ...shell })).toEqual([])
  })

  it('notes what follows a file better', () => {
    const levels = (command: string) =>
      exec.check?.(valuesOf(exec.settings, { command, ...shell })).map(({ level }) => level)
    for (const command of ['tail -F /a', '/usr/bin/tail -n 0 -f /a', 'tail --follow=name /a', 'tail -qF /a | grep x'])
      expect(levels(command), command).toEqual(['note'])
    for (const command of ['tail -n 5 /a', 'tail /a-f', './retail -F x']) expect(levels(command), command).toEqual([])
  })
})
