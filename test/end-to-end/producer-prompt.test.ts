/** When kafka-console-producer.sh prompts: `script` of Linux gives it a terminal. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bin } from '../support/agent.ts'
import { sharedBroker } from '../support/broker.ts'
import { Child } from '../support/child.ts'

const hasScript = process.platform === 'linux' && existsSync('/usr/bin/script')
const endOfInput = '\u0004'

describe.runIf(hasScript)('the prompt of kafka-console-producer.sh', () => {
  const { bootstrap, folder } = sharedBroker()

  const onTerminal = async (redirection: string): Promise<string> => {
    const command = `${bin('kafka-console-producer.sh')} --broker-list ${bootstrap()} --topic lines ${redirection}`
    const input = `a\nb\n${endOfInput}`
    await using child = new Child('/usr/bin/script', ['-qec', command, '/dev/null'], { input })
    expect(await child.exited, child.output).toBe(0)
    return String(child.stdout)
  }

  it('stands before each line that a person types', async () => {
    expect((await onTerminal('')).match(/>/g)).toHaveLength(3)
  })

  it('is in no file or pipe that its output goes to, or its lines come from, as in Kafka 2.8 to 4.3', async () => {
    const file = join(folder, 'printed')
    await onTerminal(`> '${file}'`)
    expect(readFileSync(file, 'utf8')).toBe('')
    expect(await onTerminal('< /dev/null')).not.toContain('>')
  })
})
