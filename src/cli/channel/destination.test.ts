import { expect, it } from 'vitest'
import { numbered } from '../../../test/conformance/events.ts'
import { FakeDisk } from '../../../test/fakes/disk.ts'
import { destinationOf } from './destination.ts'

it('a new file is there after a loss of power, with all that counts as stored', async () => {
  // Which names a machine forgets that no sync covers is chance.
  for (let seed = 1; seed <= 20; seed++) {
    const disk = new FakeDisk({ seed, volumes: ['/out'] })
    const destination = await destinationOf('/out/lines', false, disk)
    await destination.write(numbered(0, 3))
    disk.kill()
    disk.restart('power')
    expect(String(disk.bytes('/out/lines'))).toBe('0\n1\n2\n')
  }
})

it.each(['topic://127.0.0.1:1/t', '/nowhere/events.avro'])(
  'JSON is refused for %s, which has a form of its own',
  async (to) => {
    await expect(destinationOf(to, true)).rejects.toMatchObject({
      code: 'WRONG_USAGE',
      message: expect.stringContaining('--json'),
    })
  },
)
